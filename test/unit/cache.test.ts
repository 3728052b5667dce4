import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cacheRoot, once } from "../../lab/cache";

const REPO = join(__dirname, "../..");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cache-test-"));
  vi.stubEnv("FLOWER_MONITORING_CACHE", root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const options = { label: "a thing", needMiB: 1, staleMs: 2_000 };
const names = () => readdirSync(join(root, "tools"));

/** Another process that builds `tools/thing-1`, notes that it did, and may take its time. */
function builder(seconds: number): ChildProcess {
  const script = join(root, "builder.ts");
  writeFileSync(
    script,
    `import { appendFileSync, writeFileSync } from "node:fs";
     import { once } from ${JSON.stringify(join(REPO, "lab/cache"))};
     void once("tools/thing-1", async (dir) => {
       appendFileSync(${JSON.stringify(join(root, "builds"))}, "built\\n");
       writeFileSync(dir + "/half", "");
       await new Promise((done) => setTimeout(done, ${seconds * 1000}));
       writeFileSync(dir + "/whole", "content");
     }, ${JSON.stringify(options)});`,
  );
  return spawn(process.execPath, ["--import", "tsx", script], { cwd: REPO, stdio: "inherit" });
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));

async function until(condition: () => boolean) {
  for (let i = 0; i < 500 && !condition(); i += 1) await sleep(20);
  expect(condition()).toBe(true);
}

describe("cacheRoot", () => {
  test("is the variable, else below XDG_CACHE_HOME, else below the home directory", () => {
    expect(cacheRoot()).toBe(root);
    vi.stubEnv("FLOWER_MONITORING_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", "/xdg");
    expect(cacheRoot()).toBe("/xdg/flower-monitoring");
    vi.stubEnv("XDG_CACHE_HOME", "");
    expect(cacheRoot()).toBe(join(homedir(), ".cache/flower-monitoring"));
  });
});

describe("once", () => {
  test("builds the first time and only returns the directory after that", async () => {
    const build = vi.fn((dir: string) => writeFile(join(dir, "file"), "x"));
    const first = await once("tools/thing-1", build, options);
    expect(first).toBe(join(root, "tools/thing-1"));
    expect(readFileSync(join(first, "file"), "utf8")).toBe("x");
    expect(await once("tools/thing-1", build, options)).toBe(first);
    expect(build).toHaveBeenCalledTimes(1);
    expect(names()).toEqual(["thing-1"]);
  });

  test("two callers in one process build once", async () => {
    const build = vi.fn(() => sleep(100));
    await Promise.all([1, 2, 3].map(() => once("tools/thing-1", build, options)));
    expect(build).toHaveBeenCalledTimes(1);
  });

  test("two processes at once build once and both get it", async () => {
    const children = [builder(1), builder(1)];
    expect(await Promise.all(children.map(ended))).toEqual([0, 0]);
    expect(readFileSync(join(root, "builds"), "utf8")).toBe("built\n");
    expect(readdirSync(join(root, "tools/thing-1")).sort()).toEqual(["half", "whole"]);
    expect(names()).toEqual(["thing-1"]);
  });

  test("a failed build leaves nothing, and the next call builds anew", async () => {
    const broken = async (dir: string) => {
      await mkdir(join(dir, "deep"));
      throw new Error("compiler says no");
    };
    await expect(once("tools/thing-1", broken, options)).rejects.toThrow("compiler says no");
    expect(names()).toEqual([]);
    const whole = await once("tools/thing-1", (dir) => writeFile(join(dir, "x"), ""), options);
    expect(readdirSync(whole)).toEqual(["x"]);
  });

  test("a killed builder leaves no entry; the next one takes over and cleans up", async () => {
    const child = builder(60);
    await until(() => existsSync(join(root, "builds")) && names().some((n) => n.includes(".tmp-")));
    child.kill("SIGKILL");
    await ended(child);
    expect(names()).not.toContain("thing-1");

    const path = await once("tools/thing-1", (dir) => writeFile(join(dir, "new"), ""), options);
    expect(readdirSync(path)).toEqual(["new"]);
    expect(names()).toEqual(["thing-1"]);
  });

  test("a sibling's temporary directory is not taken for a leftover", async () => {
    await mkdir(join(root, "tools/.thing-10.tmp-1-abc"), { recursive: true });
    await once("tools/thing-1", () => Promise.resolve(), options);
    expect(names()).toContain(".thing-10.tmp-1-abc");
  });

  test("too little disk space is said before anything starts", async () => {
    const build = vi.fn(() => Promise.resolve());
    const huge = { ...options, needMiB: 10 ** 9 };
    await expect(once("tools/thing-1", build, huge)).rejects.toThrow(
      /a thing: needs 1000000000 MiB free in .*tools, which has \d+ MiB.*FLOWER_MONITORING_CACHE/,
    );
    expect(build).not.toHaveBeenCalled();
    expect(names()).toEqual([]);
  });
});
