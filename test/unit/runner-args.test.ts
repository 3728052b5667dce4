import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { COMMANDS, HELP, parseCommand } from "../../runner/args";
import { UsageError } from "../../runner/errors";
import { limit } from "../../runner/limit";
import { explained } from "../../runner/stack";

const parse = (args: string[], env: NodeJS.ProcessEnv = {}) => parseCommand(args, "/repo", env);

function refusal(args: string[]): string {
  try {
    parse(args);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error("it was taken");
}

describe("the command line", () => {
  it("writes an export where it was called, by the stack's name", () => {
    const env = { INIT_CWD: "/home/op" };
    const out = (...more: string[]) => parse(["export", "-s", "us/fl/prod", ...more], env);
    expect(out()).toMatchObject({ out: "/home/op/export/us-fl-prod" });
    expect(out("--out", "files")).toMatchObject({ out: "/home/op/files" });
  });

  it("takes a stack, from the option or the environment, and the project's directory", () => {
    expect(parse(["doctor", "--stack", "dev"])).toMatchObject({
      ...{ command: "doctor", stack: "dev", projectDir: "/repo", json: false, parallel: 16 },
    });
    expect(parse(["doctor"], { PULUMI_STACK: "prod" })).toMatchObject({ stack: "prod" });
    const elsewhere = { FLOWER_MONITORING_PROJECT_DIR: "/lab" };
    expect(parse(["doctor", "-s", "dev"], elsewhere)).toMatchObject({ projectDir: "/lab" });
    expect(parse(["doctor", "-s", "dev", "--cwd", "/own"], elsewhere)).toMatchObject({
      projectDir: "/own",
    });
  });

  it("starts a relative directory where npm was called", () => {
    const env = { INIT_CWD: "/home/op" };
    expect(parse(["up", "-s", "dev", "--cwd", "stacks"], env)).toMatchObject({
      projectDir: "/home/op/stacks",
    });
    expect(parse(["up", "-s", "dev"], env)).toMatchObject({ projectDir: "/repo" });
  });

  it("has what one command alone takes", () => {
    expect(parse(["up", "-s", "dev"])).toMatchObject({ preflight: true, yes: false });
    expect(parse(["up", "-s", "dev", "--no-preflight"])).toMatchObject({ preflight: false });
    expect(parse(["destroy", "-s", "dev", "--yes"])).toMatchObject({ yes: true });
  });

  it("has help for each command, which names the exit codes", () => {
    expect(parse([])).toEqual({ help: undefined });
    for (const command of COMMANDS) {
      expect(parse([command, "--help"])).toEqual({ help: command });
      expect(HELP[command]).toContain(`npm run ${command} -- --stack NAME`);
      expect(HELP[command]).toContain("Exit code: 0");
      expect(HELP.all).toContain(`  ${command} `);
    }
  });

  it("refuses the rest in one line that says what is allowed and what to do", () => {
    const refusals = {
      command: refusal(["dcotor"]),
      "--stack": refusal(["doctor"]),
      options: refusal(["doctor", "--stak", "dev"]),
      doctor: refusal(["doctor", "dev"]),
      "--keys": refusal(["up", "-s", "dev", "--keys"]),
      "--out": refusal(["up", "-s", "dev", "--out", "files"]),
      "--yes": refusal(["up", "-s", "dev", "--yes"]),
      "--parallel": refusal(["doctor", "-s", "dev", "--parallel", "0"]),
    };
    for (const [key, words] of Object.entries(refusals)) {
      expect(words).toMatch(new RegExp(`^${key}: got .+; allowed: .+; do: .+$`));
    }
    expect(refusals.options).toContain("'--stak'");
    expect(refusal(["doctor", "-s", "dev", "--parallel", "many"])).toContain('"many"');
  });
});

describe("Pulumi's words for a mistake", () => {
  const at = { stack: "dev", projectDir: "/repo" };
  it.each([
    ["spawn pulumi ENOENT", "pulumi: got no such command"],
    ["error: no stack named 'dev' found", '--stack: got "dev"'],
    ["error: no Pulumi.yaml project file found", "--cwd: got /repo"],
    ["error: incorrect passphrase", "PULUMI_CONFIG_PASSPHRASE: got"],
  ])("%s", (words, start) => {
    const error = explained(new Error(words), at);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message.startsWith(start)).toBe(true);
  });

  it("is left as it is where it is nothing of the caller's", () => {
    const error = new Error("disk on fire");
    expect(explained(error, at)).toBe(error);
  });
});

describe("a bound", () => {
  it("keeps to it, in order, also when tasks fail", async () => {
    const atOnce = limit(3);
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        atOnce(async () => {
          begun.push(index);
          most = Math.max(most, ++running);
          await sleep(index % 4);
          running--;
          if (index % 5 === 0) throw new Error(String(index));
          return index;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(all.filter(({ status }) => status === "rejected")).toHaveLength(4);
  });
});
