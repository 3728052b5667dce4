import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { versions } from "../../components/versions";
import { run } from "../../runner/run";
import { docker, stopDocker } from "../../lab/toolchain/docker";
import { findOnPath } from "../../lab/toolchain/find";
import { climb, type Way } from "../../lab/toolchain/ladder";
import { machine } from "../../lab/toolchain/machine";
import { pluginMode, plugins, standInPath } from "../../lab/toolchain/plugins";
import { pulumi } from "../../lab/toolchain/pulumi";
import type { Tool } from "../../lab/toolchain/types";
import { isCompatible, isSameMinor } from "../../lab/toolchain/version";

let root: string;
let bin: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "toolchain-test-"));
  bin = join(root, "bin");
  mkdirSync(bin);
  vi.stubEnv("FLOWER_MONITORING_CACHE", join(root, "cache"));
  vi.stubEnv("PULUMI_HOME", join(root, "pulumi-home"));
  vi.stubEnv("PATH", `${bin}:/usr/bin:/bin`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

/** An executable of that name that runs this shell script. */
function fake(name: string, script = "", dir = bin): string {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("what PATH counts for", () => {
  test("the first executable wins; a plain file is none", () => {
    writeFileSync(join(bin, "thing"), "not executable");
    const second = fake("thing", "", join(root, "second"));
    expect(findOnPath("thing", [], `${bin}:${join(root, "second")}`)).toBe(second);
    expect(findOnPath("thing-that-nobody-has")).toBeUndefined();
  });

  test("our own cache and ignored directories are not the machine's", () => {
    const cached = join(root, "cache/tools/x");
    fake("thing", "", cached);
    expect(findOnPath("thing", [], cached)).toBeUndefined();
    fake("thing");
    expect(findOnPath("thing", [bin])).toBeUndefined();
  });

  test("the engine from PATH is taken when it is Pulumi 3 and not older than ours", async () => {
    const path = fake("pulumi", "echo v3.999.1");
    expect(await pulumi()).toEqual({ path, version: "3.999.1", rung: "path" });
  });

  test.each(["v3.10.0", "v4.0.0", "nonsense"])("an engine that says %s is not", async (said) => {
    fake("pulumi", `echo ${said}`);
    const dir = join(root, "cache/tools", `pulumi-${versions.pulumi}`);
    fake("pulumi", "", dir);
    writeFileSync(join(dir, ".rung"), "registry\n");
    const path = join(dir, "pulumi");
    expect(await pulumi()).toEqual({ path, version: versions.pulumi, rung: "registry" });
  });

  test("versions compare by number", () => {
    expect(isCompatible("v3.300.0", "3.259.0")).toBe(true);
    expect(isCompatible("3.259.0", "3.259.0")).toBe(true);
    expect(isCompatible("3.99.0", "3.259.0")).toBe(false);
    expect(isCompatible("4.0.0", "3.259.0")).toBe(false);
    expect(isSameMinor("3.15.9", "3.15.0")).toBe(true);
    expect(isSameMinor("3.1.5", "3.15.0")).toBe(false);
  });

  test("another system is refused by name, with what works there", () => {
    expect(() => machine("darwin", "arm64")).toThrow(/this is darwin on arm64.*pulumi up/);
    expect(machine("linux", "arm64").go).toBe("arm64");
  });
});

describe("the ladder", () => {
  const broken: Way = {
    rung: "download",
    name: "official release",
    fill: async (dir) => {
      await writeFile(join(dir, "half.tar.gz"), "half");
      throw new Error("server says no");
    },
  };
  const good: Way = {
    rung: "registry",
    name: "Go modules",
    fill: (dir) => writeFile(join(dir, "tool"), "whole"),
  };
  const options = { label: "a tool", needMiB: 1 };

  test("takes the next way when one fails, without its leftovers, and remembers which", async () => {
    const { dir, rung } = await climb("tools/a-1", [broken, good], options);
    expect(rung).toBe("registry");
    expect(readdirSync(dir).sort()).toEqual([".rung", "tool"]);
    expect((await climb("tools/a-1", [], options)).rung).toBe("registry");
  });

  test("gives the reason of every way when none works", async () => {
    await expect(climb("tools/a-1", [broken, broken], options)).rejects.toThrow(
      /a tool cannot be had:\n- official release: server says no\n- official release: server/,
    );
    expect(existsSync(join(root, "cache/tools/a-1"))).toBe(false);
  });
});

describe("LAB_PLUGINS", () => {
  const engine = (): Tool => ({
    path: fake("fake-engine", "echo no such plugin >&2; exit 1"),
    version: "3",
    rung: "path",
  });

  test("is auto by default and refuses anything else, naming what is allowed", () => {
    expect(pluginMode(undefined)).toBe("auto");
    expect(pluginMode("")).toBe("auto");
    expect(pluginMode("official")).toBe("official");
    expect(() => pluginMode("fake")).toThrow(/"fake".*official, stand-in, auto/);
  });

  test("stand-in takes stand-ins even where an official plugin is on PATH", async () => {
    fake("pulumi-resource-docker");
    const chosen = await plugins(engine(), "stand-in");
    expect(chosen.docker.kind).toBe("stand-in");
    expect(chosen.docker.path).toMatch(/lab\/plugins\/bin\/pulumi-resource-docker$/);
  });

  test("auto chooses plugin by plugin, and PATH then hides no official one", async () => {
    const path = fake("pulumi-resource-docker");
    const chosen = await plugins(engine(), "auto");
    expect(chosen.docker).toMatchObject({ path, kind: "official" });
    expect(chosen.command.kind).toBe("stand-in");
    const dir = await standInPath(chosen);
    expect(readdirSync(dir ?? "").sort()).toEqual([
      "pulumi-resource-command",
      "pulumi-resource-grafana",
    ]);
  });

  test("a plugin that the engine has installed already is official", async () => {
    const version = (await plugins(engine(), "stand-in")).command.version;
    const home = join(root, "pulumi-home/plugins", `resource-command-v${version}`);
    const path = fake("pulumi-resource-command", "", home);
    const chosen = await plugins(engine(), "auto");
    expect(chosen.command).toEqual({ path, kind: "official", version });
  });

  test("official fails where one cannot be had, naming the plugin and what to do", async () => {
    await expect(plugins(engine(), "official")).rejects.toThrow(
      /LAB_PLUGINS=official, but the plugin docker [\d.]+ cannot be had: .*LAB_PLUGINS=auto/s,
    );
  });

  test("the entry on PATH hands its arguments to the stand-in", async () => {
    const standIn = fake("pulumi-resource-docker", 'echo "got $1"', join(root, "stand-ins"));
    const one = { path: standIn, kind: "stand-in", version: "1" } as const;
    const other = { ...one, kind: "official" } as const;
    const dir = await standInPath({ docker: one, command: other, grafana: other });
    const { stdout } = await run(join(dir ?? "", "pulumi-resource-docker"), ["127.0.0.1:4000"]);
    expect(stdout).toBe("got 127.0.0.1:4000\n");
    expect(await standInPath({ docker: other, command: other, grafana: other })).toBeUndefined();
  });
});

describe("docker", () => {
  test("an engine that answers is used as it is", async () => {
    const path = fake("docker", "echo 99.1.2");
    expect(await docker()).toEqual({ path, version: "99.1.2", rung: "path" });
  });

  test("a DOCKER_HOST that does not answer is an error, never a reason to start one here", async () => {
    fake("docker", "echo cannot connect >&2; exit 1");
    vi.stubEnv("DOCKER_HOST", "tcp://192.0.2.1:2375");
    await expect(docker()).rejects.toThrow(
      /DOCKER_HOST is tcp:\/\/192\.0\.2\.1:2375 and does not answer: cannot connect/,
    );
  });

  test("stopping leaves alone what the lab did not start", async () => {
    expect(await stopDocker()).toBe(false);
    mkdirSync(join(root, "cache/docker"), { recursive: true });
    // A number that now belongs to another program: this one.
    writeFileSync(join(root, "cache/docker/dockerd.pid"), String(process.pid));
    expect(await stopDocker()).toBe(false);
  });
});
