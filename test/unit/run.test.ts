import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CommandError, run } from "../../runner/run";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "run-test-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const sh = (script: string, options = {}) => run("sh", ["-c", script], options);

/** The error of a command that has to fail. */
async function failure(work: Promise<unknown>): Promise<CommandError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CommandError);
  return error as CommandError;
}

describe("run", () => {
  test("returns both streams of a command that ends well", async () => {
    expect(await sh("echo out; echo err >&2")).toEqual({ stdout: "out\n", stderr: "err\n" });
  });

  test("uses no shell: an argument stays one argument", async () => {
    const { stdout } = await run("printf", ["%s|", "a b", "$HOME; ls"]);
    expect(stdout).toBe("a b|$HOME; ls|");
  });

  test("names the command, the exit code and the last 20 lines when it fails", async () => {
    const error = await failure(sh("seq 1 30; echo broken >&2; exit 3"));
    expect(error.code).toBe(3);
    const [first, ...lines] = error.message.split("\n");
    expect(first).toContain("sh -c seq 1 30");
    expect(first).toContain("exit code 3");
    expect(lines).toHaveLength(20);
    expect(lines.join("\n")).toContain("broken");
  });

  test("says so when the command does not exist", async () => {
    const error = await failure(run("no-such-command-here", ["--flag"]));
    expect(error.message).toContain("no-such-command-here --flag: did not start");
    expect(error.code).toBeUndefined();
  });

  test("ends a command that takes too long, also when a grandchild keeps its pipes", async () => {
    const started = Date.now();
    const error = await failure(sh("sleep 8 & wait", { timeoutMs: 300 }));
    expect(error.message).toContain("took more than 0.3 s");
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test("gives input, takes a variable away and works where it is told", async () => {
    const env = { RUN_TEST_A: "yes", HOME: undefined };
    const script = 'cat; printf "%s" "${RUN_TEST_A-unset} ${HOME-unset} $PWD"';
    const { stdout } = await sh(script, { input: "given\n", env, cwd: dir });
    expect(stdout).toBe(`given\nyes unset ${dir}`);
  });

  test("does not fail because a command leaves its input unread", async () => {
    await expect(run("true", [], { input: "x".repeat(1_000_000) })).resolves.toBeDefined();
  });

  test("hands over whole lines as they come, those of a progress bar too", async () => {
    const lines: string[] = [];
    await sh("printf 'one\\rtwo\\r\\nthr'; sleep 0.1; printf 'ee'", {
      onLine: (line: string) => lines.push(line),
    });
    expect(lines).toEqual(["one", "two", "three"]);
  });

  test("appends both streams to the log file", async () => {
    const logFile = join(dir, "log");
    await sh("echo first; echo second >&2", { logFile });
    await sh("echo third", { logFile });
    const lines = readFileSync(logFile, "utf8").trim().split("\n");
    expect(lines.sort()).toEqual(["first", "second", "third"]);
  });
});
