import { tmpdir } from "node:os";
import * as command from "@pulumi/command";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pluginsUnderTest, TestStack } from "../../support/engine-tools";

describe.each(pluginsUnderTest("command"))("the $kind command plugin, local", (plugins) => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.make(plugins);
  });
  afterAll(() => stack.remove());

  const program = (args: command.local.CommandArgs) => () => {
    const { stdout, stderr } = new command.local.Command("l", args);
    return Promise.resolve({ stdout, stderr });
  };

  test("runs in its directory, with its environment, interpreter and stdin", async () => {
    const args = {
      create: 'echo "$PWD $WORD $(cat)"; echo problem >&2',
      dir: tmpdir(),
      environment: { WORD: "hello" },
      interpreter: ["/bin/sh", "-c"],
      stdin: "input",
    };
    const first = await stack.up(program(args));
    const second = await stack.up(program(args));
    expect(first.outputs).toEqual({ stdout: `${tmpdir()} hello input`, stderr: "problem" });
    expect(second.changes).toEqual({ same: 2 });
  });

  test("an update finds the previous output in its environment", async () => {
    const run = await stack.up(program({ create: 'echo "was: $PULUMI_COMMAND_STDERR"' }));
    expect(run.steps.filter((s) => s.op === "update")).toHaveLength(1);
    expect(run.outputs["stdout"]).toBe("was: problem");
  });

  test("a failure names the exit status, the command and its output", async () => {
    const run = await stack.up(program({ create: "echo seen; exit 4" }));
    const said = run.messages.join("\n");
    expect(said).toContain('exit status 4: running "echo seen; exit 4"');
    expect(said).toMatch(/^seen$/m);
  });
});
