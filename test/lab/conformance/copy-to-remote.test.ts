import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pluginsUnderTest, TestStack } from "../../support/engine-tools";
import { sshdHere, startSshd, type Sshd } from "../../support/sshd";

describe.runIf(sshdHere).each(pluginsUnderTest("command"))(
  "the $kind command plugin, CopyToRemote",
  (plugins) => {
    let sshd: Sshd;
    let stack: TestStack;
    let dir: string;

    beforeAll(async () => {
      sshd = await startSshd();
      stack = await TestStack.make(plugins, { SSH_AUTH_SOCK: "" });
      dir = await mkdtemp(join(tmpdir(), "flower-monitoring-conformance-"));
    });
    afterAll(async () => {
      await stack.remove();
      await sshd.stop();
      await rm(dir, { recursive: true });
    });

    test("copies when the content changed, not when the connection did; deletes nothing", async () => {
      const source = join(dir, "bundle.bin");
      const target = join(dir, "there", "bundle.bin");
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
      const program = (dialErrorLimit: number) => () => {
        new command.remote.CopyToRemote("f", {
          connection: {
            host: sshd.host,
            port: sshd.port,
            user: sshd.user,
            privateKey: sshd.privateKey,
            hostKey: sshd.hostKey,
            dialErrorLimit,
          },
          source: new pulumi.asset.FileAsset(source),
          remotePath: target,
        });
        return Promise.resolve({});
      };
      await writeFile(source, bytes);
      const first = await stack.up(program(0));
      expect(first.error).toBeUndefined();
      expect((await readFile(target)).equals(bytes)).toBe(true);

      await writeFile(target, "changed by hand");
      const second = await stack.up(program(0));
      const reconnected = await stack.up(program(1));
      expect(second.changes).toEqual({ same: 2 });
      expect(reconnected.changes).toMatchObject({ update: 1 });
      expect(await readFile(target, "utf8")).toBe("changed by hand");

      await writeFile(source, "new content");
      const changed = await stack.up(program(1));
      expect(changed.changes).toMatchObject({ update: 1 });
      expect(await readFile(target, "utf8")).toBe("new content");

      await stack.destroy();
      expect(await readFile(target, "utf8")).toBe("new content");
    });
  },
);
