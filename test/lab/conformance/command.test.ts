import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pluginsUnderTest, secretKey, TestStack } from "../../support/engine-tools";
import { freePort, sshdHere, startSshd, type Sshd } from "../../support/sshd";

if (!sshdHere) console.log("skipped: no /usr/sbin/sshd (apt-get install openssh-server)");

describe.runIf(sshdHere).each(pluginsUnderTest("command"))(
  "the $kind command plugin, remote",
  (plugins) => {
    let sshd: Sshd;
    let stack: TestStack;
    let dir: string;
    let trace: string;

    beforeAll(async () => {
      sshd = await startSshd();
      // An agent of the developer's must not be asked.
      stack = await TestStack.make(plugins, { SSH_AUTH_SOCK: "" });
    });
    afterAll(async () => {
      await stack.remove();
      await sshd.stop();
    });
    beforeEach(async () => {
      await stack.destroy();
      dir = await mkdtemp(join(tmpdir(), "flower-monitoring-conformance-"));
      trace = join(dir, "trace");
      await writeFile(trace, "");
      return () => rm(dir, { recursive: true });
    });

    const traced = async (): Promise<string[]> =>
      (await readFile(trace, "utf8")).split("\n").filter((line) => line !== "");
    const connection = (more: object = {}) => ({
      host: sshd.host,
      port: sshd.port,
      user: sshd.user,
      privateKey: pulumi.secret(sshd.privateKey),
      hostKey: sshd.hostKey,
      dialErrorLimit: 0,
      perDialTimeout: 5,
      ...more,
    });
    const note = (word: string): string =>
      `echo ${word} >> ${trace}; cat >> ${trace}; echo out-${word}`;
    const program =
      (args: Partial<command.remote.CommandArgs> = {}, opts: pulumi.CustomResourceOptions = {}) =>
      (): Promise<object> => {
        const resource = new command.remote.Command(
          "c",
          {
            connection: connection(),
            create: note("create"),
            delete: note("delete"),
            addPreviousOutputInEnv: false,
            logging: "none",
            ...args,
          },
          opts,
        );
        return Promise.resolve({ stdout: resource.stdout, stderr: resource.stderr });
      };

    test("create runs once with its stdin; unchanged, neither up nor refresh connects", async () => {
      const first = await stack.up(program({ stdin: "given\n" }));
      const logins = sshd.log().split("Accepted publickey").length;
      const second = await stack.up(program({ stdin: "given\n" }));
      const refreshed = await stack.refresh();

      expect(first.error).toBeUndefined();
      expect(first.outputs).toEqual({ stdout: "out-create", stderr: "" });
      expect(second.changes).toEqual({ same: 2 });
      expect(refreshed.changes).toEqual({ same: 2 });
      expect(await traced()).toEqual(["create", "given"]);
      expect(sshd.log().split("Accepted publickey")).toHaveLength(logins);
    });

    test("changed stdin runs update, or else create, and destroy runs delete with the last stdin", async () => {
      await stack.up(program({ stdin: "1\n" }));
      const again = await stack.up(program({ stdin: "2\n" }));
      const updated = await stack.up(program({ stdin: "3\n", update: note("update") }));
      await stack.destroy();

      expect(again.steps.filter((s) => s.op === "update")).toMatchObject([
        { type: "command:remote:Command", diff: ["stdin"] },
      ]);
      expect(updated.outputs["stdout"]).toBe("out-update");
      expect(await traced()).toEqual(["create", "1", "create", "2", "update", "3", "delete", "3"]);
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

    test("a preview connects to nothing", async () => {
      const closed = connection({ port: await freePort() });
      const run = await stack.preview(program({ connection: closed }));
      expect(run.error).toBeUndefined();
      expect(run.changes).toMatchObject({ create: 2 });
    });

    test("a failed create prints command and output, not stdin, and leaves nothing behind", async () => {
      const failing = { create: "cat >/dev/null; echo seen; exit 3", stdin: "hidden-word" };
      const run = await stack.up(program(failing));
      const said = run.messages.join("\n");
      expect(run.error).toBeDefined();
      expect(said).toContain("Process exited with status 3: running");
      expect(said).toContain("cat >/dev/null; echo seen; exit 3");
      expect(said).toMatch(/^seen$/m);
      expect(`${run.error ?? ""}${said}`).not.toContain("hidden-word");
      const kept = (await stack.resources()).map((r) => r.type);
      expect(kept).not.toContain("command:remote:Command");
    });

    test("a failed update keeps the old state, so the next up tries again", async () => {
      await stack.up(program());
      const failed = await stack.up(program({ update: "exit 1", stdin: "x" }));
      const preview = await stack.preview(program({ update: "exit 1", stdin: "x" }));
      expect(failed.error).toBeDefined();
      expect(preview.changes).toMatchObject({ update: 1 });
    });

    test("the connection and a secret stdin are secret in the state, output is not", async () => {
      await stack.up(program({ stdin: pulumi.secret("hidden-word") }));
      const state = (await stack.resources()).find((r) => r.type === "command:remote:Command");
      expect(state?.["inputs"]).toMatchObject({
        connection: { [secretKey]: expect.anything() as unknown },
      });
      expect(state?.["outputs"]).toMatchObject({
        connection: { [secretKey]: expect.anything() as unknown },
        stdin: { [secretKey]: expect.anything() as unknown },
        stdout: "out-create",
      });
    });

    test("another host key than the pinned one is refused", async () => {
      const other =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJBGLVmMZzF7ZUdzkCTHjPqoBqNMEn0gFzJOjLeCbmI8 other";
      const run = await stack.up(program({ connection: connection({ hostKey: other }) }));
      expect(run.messages.join("\n")).toContain("ssh: host key mismatch");
      expect(await traced()).toEqual([]);
    });

    test("a refused port is dialed again as often as dialErrorLimit says", async () => {
      const port = await freePort();
      const run = await stack.up(program({ connection: connection({ port, dialErrorLimit: 2 }) }));
      expect(run.messages.join("\n")).toMatch(
        new RegExp(`after 2 failed attempts: .*127.0.0.1:${port}.*connection refused`),
      );
    });

    test("an environment that sshd does not accept fails the command", async () => {
      const run = await stack.up(program({ environment: { GREETING: "hello" } }));
      expect(run.messages.join("\n")).toMatch(/could not set environment variable "GREETING"/);
    });

    test("a host that is gone at destroy fails it and keeps the resource", async () => {
      const doomed = await startSshd();
      const { port, privateKey, hostKey } = doomed;
      await stack.up(program({ connection: connection({ port, privateKey, hostKey }) }));
      await doomed.stop();
      const destroyed = await stack.destroy();
      const kept = (await stack.resources()).map((r) => r.type);
      await stack.forget();
      expect(destroyed.messages.join("\n")).toContain("connection refused");
      expect(kept).toContain("command:remote:Command");
      expect(await traced()).toEqual(["create"]);
    });

    test("a misspelt property is refused by name, without its value", async () => {
      const args = { creat: "hidden-word" } as Partial<command.remote.CommandArgs>;
      const run = await stack.up(() => {
        const c = { connection: connection() };
        const options = { ...c, ...args };
        class Raw extends pulumi.CustomResource {}
        new Raw("command:remote:Command", "c", { ...options });
        return Promise.resolve({});
      });
      expect(run.error).toBeDefined();
      expect(run.messages.join("\n")).toContain("creat");
    });
  },
);
