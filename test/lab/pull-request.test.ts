/** Comments of a pull request in a real git repository: both versions rendered by their own programs. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asked, isConfigured } from "../../preview/engine";
import { type CommandError, run } from "../../runner/run";
import { FILES, REPO } from "../support/documents";
import { recorded, saidIn } from "../support/preview-case";

let parent: string;
let clone: string;

const git = (...args: string[]): Promise<unknown> => run("git", args, { cwd: clone });
const commit = (words: string): Promise<unknown> =>
  git("-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-qam", words);

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "flower-monitoring-pull-"));
  clone = join(parent, "clone");
  // Without what neither an export nor the report reads.
  for (const file of FILES.filter((path) => !/^(test|python\/tests|docs|bench)\//.test(path))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(REPO, file), join(clone, file));
  }
  symlinkSync(join(REPO, "node_modules"), join(clone, "node_modules"));
  await run("git", ["init", "-q", "-b", "main"], { cwd: clone });
  await git("add", "--all");
  await commit("base");
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

function edit(path: string, change: (text: string) => string): void {
  const before = readFileSync(join(clone, path), "utf8");
  expect(change(before)).not.toBe(before);
  writeFileSync(join(clone, path), change(before));
}

/** A branch with one commit, and what is said of it: by its exit code and its comments. */
async function onBranch(
  name: string,
  change: () => void,
  path = process.env["PATH"],
): Promise<{ code: number; comments: Record<string, string> }> {
  await git("checkout", "-q", "-b", name, "main");
  change();
  await git("add", "--all");
  await commit(name);
  const out = join(parent, name);
  const words = ["--import", "tsx", "preview/pull-request.ts", "--base", "main", "--out", out];
  const code = await run(process.execPath, words, {
    cwd: clone,
    env: {
      ...{ PULUMI_BACKEND_URL: undefined, PULUMI_ACCESS_TOKEN: undefined, INIT_CWD: undefined },
      PATH: path,
    },
  }).then(
    () => 0,
    (error: CommandError) => error.code ?? -1,
  );
  const stacks = readdirSync(out);
  const comments = stacks.map((stack) => [
    stack,
    readFileSync(join(out, stack, "comment.md"), "utf8"),
  ]);
  return { code, comments: Object.fromEntries(comments) as Record<string, string> };
}

/** PATH on which there is nothing else. */
async function pathWith(...commands: string[]): Promise<string> {
  const bin = join(parent, "bin");
  mkdirSync(bin);
  for (const command of commands) {
    const { stdout } = await run("sh", ["-c", 'command -v "$0"', command]);
    symlinkSync(stdout.trim(), join(bin, command));
  }
  return bin;
}

describe("a pull request that changes", () => {
  it("a threshold has one comment, which says that", async () => {
    const { code, comments } = await onBranch("threshold", () =>
      edit("Pulumi.dev.yaml", (text) =>
        text.replace("thresholds: {}", "thresholds: { hostDriftFor: 1m }"),
      ),
    );
    expect(code).toBe(0);
    expect(Object.keys(comments)).toEqual(["dev"]);
    expect(comments["dev"]).not.toContain("pictures");
    const said = saidIn(comments["dev"] ?? "");
    expect(said.slice(0, -1)).toEqual([
      "**1 alert changed.**",
      "- **Restarts**: nothing",
      "- **Hosts touched**: none",
      "# Rules: 1 alert changed",
      "- **`HostDrift`**: for `30s` → `1m`",
    ]);
    expect(said.at(-1)).toMatch(/^<sub>[0-9a-f]{7,} → [0-9a-f]{7,}<\/sub>$/);
  });

  it("the code of a dashboard is compared with the base's own code, also without a browser", async () => {
    const { code, comments } = await onBranch(
      "dashboard",
      () =>
        edit("dashboards/slugs.ts", (text) => text.replace(/hosts: "Hosts"/, 'hosts: "All hosts"')),
      await pathWith("git"),
    );
    expect(code).toBe(0);
    const none = /\n_No pictures of .+\n/.exec(comments["dev"] ?? "")?.[0];
    expect(none).toMatch(/^\n_No pictures of dashboards:_ `no browser: none of .+`\n$/);
    const said = saidIn(comments["dev"] ?? "").join("\n");
    expect(said).toContain("- **`All hosts`**: title `Hosts` → `All hosts`");
    expect(said).not.toContain("# Rules");
    expect(said).not.toContain("# Hosts:");
  });

  it("nothing but a new stack says that all of it is new, and of the others nothing", async () => {
    const { comments } = await onBranch("stack", () => {
      cpSync(join(clone, "Pulumi.dev.yaml"), join(clone, "Pulumi.more.yaml"));
    });
    expect(comments["more"]).toContain("There is nothing to compare with: all of it is new.");
    expect(comments["dev"]).toContain("**Nothing changes.**");
  });

  it("a stack into one that cannot be rendered tells its faults, and fails", async () => {
    const { code, comments } = await onBranch("broken", () =>
      edit("Pulumi.dev.yaml", (text) => text.replace("federation: demo", "federation: No Good")),
    );
    expect(code).toBe(1);
    expect(comments["dev"]).toContain("**The stack's files cannot be rendered.**");
    expect(comments["dev"]).toContain('federation: got "No Good"');
  });

  it("leaves no work tree behind", async () => {
    const { stdout } = await run("git", ["worktree", "list"], { cwd: clone });
    expect(stdout.trim().split("\n")).toHaveLength(1);
  });
});

describe("the engine", () => {
  /** A repository whose runner says what was recorded, and a pulumi that tells the stack's secrets. */
  function fake(config: string, preview: string): string {
    const repo = mkdtempSync(join(parent, "fake-"));
    mkdirSync(join(repo, "runner"));
    symlinkSync(join(REPO, "node_modules"), join(repo, "node_modules"));
    writeFileSync(join(repo, "preview.txt"), preview);
    writeFileSync(
      join(repo, "runner", "main.ts"),
      `import { readFileSync } from "node:fs";\nprocess.stdout.write(readFileSync("preview.txt", "utf8"));\n`,
    );
    writeFileSync(join(repo, "pulumi"), `#!/bin/sh\n${config}\n`);
    chmodSync(join(repo, "pulumi"), 0o755);
    return repo;
  }

  async function ask(repo: string): ReturnType<typeof asked> {
    const path = process.env["PATH"];
    process.env["PATH"] = [repo, path].join(delimiter);
    try {
      return await asked("trial", repo);
    } finally {
      process.env["PATH"] = path;
    }
  }

  it("is asked where a backend is configured", () => {
    expect(isConfigured({})).toBe(false);
    expect(isConfigured({ PULUMI_BACKEND_URL: "" })).toBe(false);
    expect(isConfigured({ PULUMI_BACKEND_URL: "file://x" })).toBe(true);
    expect(isConfigured({ PULUMI_ACCESS_TOKEN: "t" })).toBe(true);
  });

  it("has its plan read without the stack's secrets", async () => {
    const config = JSON.stringify({ a: { value: "monitoring-prometheus", secret: true } });
    const { plan, redact } = await ask(fake(`echo '${config}'`, recorded("runner-replace.json")));
    expect(plan?.changes.map(({ op, name }) => `${op} ${name}`)).toEqual([
      "replace [secret]-container",
    ]);
    expect(redact("monitoring-prometheus")).toBe("[secret]");
  });

  it("is not asked where the secrets cannot be known", async () => {
    const said = await ask(fake("echo canary >&2; exit 1", recorded("runner-replace.json")));
    expect(said.plan).toBeUndefined();
    expect(said.failed).toMatch(/^Pulumi was not asked/);
    expect(said.failed).not.toContain("canary");
  });
});
