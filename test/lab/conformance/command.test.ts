import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pluginsUnderTest, secretKey, TestStack } from "../../support/engine-tools";

const TYPE = "command:local:Command";

describe.each(pluginsUnderTest("command"))("the $kind command plugin", (plugins) => {
  let stack: TestStack;
  let dir: string;
  let trace: string;

  beforeAll(async () => {
    stack = await TestStack.make(plugins);
  });
  afterAll(() => stack.remove());
  beforeEach(async () => {
    await stack.destroy();
    dir = await mkdtemp(join(tmpdir(), "flower-monitoring-conformance-"));
    trace = join(dir, "trace");
    await writeFile(trace, "");
    return () => rm(dir, { recursive: true });
  });

  const traced = async (): Promise<string[]> =>
    (await readFile(trace, "utf8")).split("\n").filter((line) => line !== "");
  const note = (word: string): string =>
    `echo ${word} >> ${trace}; cat >> ${trace}; echo out-${word}`;
  const program =
    (args: command.local.CommandArgs = {}, opts: pulumi.CustomResourceOptions = {}) =>
    (): Promise<object> => {
      const given = {
        create: note("create"),
        delete: note("delete"),
        addPreviousOutputInEnv: false,
        logging: command.local.Logging.None,
      };
      const resource = new command.local.Command("c", { ...given, ...args }, opts);
      return Promise.resolve({ stdout: resource.stdout, stderr: resource.stderr });
    };

  test("create runs once with its stdin; unchanged, neither up nor refresh runs it", async () => {
    const first = await stack.up(program({ stdin: "given\n" }));
    const second = await stack.up(program({ stdin: "given\n" }));
    const refreshed = await stack.refresh();

    expect(first.error).toBeUndefined();
    expect(first.outputs).toEqual({ stdout: "out-create", stderr: "" });
    expect(second.changes).toEqual({ same: 2 });
    expect(refreshed.changes).toEqual({ same: 2 });
    expect(await traced()).toEqual(["create", "given"]);
  });

  test("changed stdin runs update, or else create, and destroy runs delete with the last stdin", async () => {
    await stack.up(program({ stdin: "1\n" }));
    const again = await stack.up(program({ stdin: "2\n" }));
    const updated = await stack.up(program({ stdin: "3\n", update: note("update") }));
    await stack.destroy();

    expect(again.steps.filter((s) => s.op === "update")).toMatchObject([
      { type: TYPE, diff: ["stdin"] },
    ]);
    expect(updated.outputs["stdout"]).toBe("out-update");
    expect(await traced()).toEqual(["create", "1", "create", "2", "update", "3", "delete", "3"]);
  });

  test("without delete, taking the resource out runs nothing: how a lost host is let go", async () => {
    await stack.up(program({ stdin: "1\n" }));
    await stack.up(() => {
      new command.local.Command("c", { create: "echo lost" });
      return Promise.resolve({});
    });
    const gone = await stack.destroy();

    expect(gone.error).toBeUndefined();
    expect(await traced()).toEqual(["create", "1"]);
  });

  test("changed triggers replace: the new one first, then the old", async () => {
    await stack.up(program({ triggers: ["a"] }));
    const run = await stack.up(program({ triggers: ["b"] }));
    expect(run.changes).toMatchObject({ replace: 1 });
    expect(run.steps.map((s) => s.op)).toEqual(
      expect.arrayContaining(["create-replacement", "replace", "delete-replaced"]),
    );
    expect(await traced()).toEqual(["create", "create", "delete"]);
  });

  test("a preview runs nothing", async () => {
    const run = await stack.preview(program());
    expect(run.changes).toMatchObject({ create: 2 });
    expect(await traced()).toEqual([]);
  });

  test("a failed create prints command and output, not stdin, and leaves nothing behind", async () => {
    const failing = { create: "cat >/dev/null; echo seen; exit 3", stdin: "hidden-word" };
    const run = await stack.up(program(failing));
    const said = run.messages.join("\n");
    expect(run.error).toBeDefined();
    expect(said).toContain("exit status 3: running");
    expect(said).toContain("cat >/dev/null; echo seen; exit 3");
    expect(said).toMatch(/^seen$/m);
    expect(`${run.error ?? ""}${said}`).not.toContain("hidden-word");
    const kept = (await stack.resources()).map((r) => r.type);
    expect(kept).not.toContain(TYPE);
  });

  test("a failed update keeps the old state, so the next up tries again", async () => {
    await stack.up(program());
    const failed = await stack.up(program({ update: "exit 1", stdin: "x" }));
    const preview = await stack.preview(program({ update: "exit 1", stdin: "x" }));
    expect(failed.error).toBeDefined();
    expect(preview.changes).toMatchObject({ update: 1 });
  });

  test("a custom timeout ends a command that hangs", async () => {
    const started = performance.now();
    const run = await stack.up(
      program({ create: "sleep 60" }, { customTimeouts: { create: "2s" } }),
    );
    expect(run.error).toBeDefined();
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test("one long line blocks nothing when nothing is logged", async () => {
    const line = "head -c 200000 /dev/zero | tr '\\0' x";
    const run = await stack.up(program({ create: line }));
    expect(run.error).toBeUndefined();
    expect(String(run.outputs["stdout"])).toHaveLength(200_000);
  });

  test("a secret stdin is secret in the state, output is not", async () => {
    await stack.up(program({ stdin: pulumi.secret("hidden-word") }));
    const state = (await stack.resources()).find((r) => r.type === TYPE);
    // The export decrypts what the state has encrypted; the mark stays.
    const secret = { [secretKey]: expect.anything() as unknown };
    expect(state?.["inputs"]).toMatchObject({ stdin: secret });
    expect(state?.["outputs"]).toMatchObject({ stdin: secret, stdout: "out-create" });
  });

  test("a misspelt property is refused by name", async () => {
    const run = await stack.up(() => {
      class Raw extends pulumi.CustomResource {}
      new Raw(TYPE, "c", { creat: "hidden-word" });
      return Promise.resolve({});
    });
    expect(run.error).toBeDefined();
    expect(run.messages.join("\n")).toContain("creat");
  });
});
