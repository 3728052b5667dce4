import * as docker from "@pulumi/docker";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../../runner/run";
import { pluginsUnderTest, TestStack } from "../../support/engine-tools";
import { sshdHere, startSshd } from "../../support/sshd";
import { makeTinyImage, tinyImage } from "../../support/tiny-image";
import { dockerHere, dockerHost, inspect, leftovers, prefix, service } from "./docker-kit";

describe.runIf(dockerHere).each(pluginsUnderTest("docker"))(
  "the $kind docker plugin",
  (plugins) => {
    let stack: TestStack;
    beforeAll(async () => {
      await makeTinyImage();
      stack = await TestStack.make(plugins, { DOCKER_HOST: dockerHost });
    });
    afterAll(async () => {
      await stack.remove();
      expect(await leftovers()).toEqual([]);
    });
    beforeEach(async () => {
      await stack.destroy();
    });

    test("a volume's changed label replaces it, and its data is gone", async () => {
      const name = `${prefix}-v`;
      const program = (value: string) => () => {
        new docker.Volume("v", { name, labels: [{ label: "l", value }] });
        return Promise.resolve({});
      };
      await stack.up(program("1"));
      await run("docker", [
        "run",
        "--rm",
        "-v",
        `${name}:/d`,
        tinyImage,
        "sh",
        "-c",
        "echo > /d/f",
      ]);
      const changed = await stack.up(program("2"));
      expect(changed.changes).toMatchObject({ replace: 1 });
      const ops = changed.steps.map((s) => s.op);
      expect(ops.indexOf("delete-replaced")).toBeLessThan(ops.indexOf("create-replacement"));
      const { stdout } = await run("docker", [
        ...["run", "--rm", "-v", `${name}:/d`, tinyImage],
        ...["sh", "-c", "echo /d/*"],
      ]);
      expect(stdout.trim()).toBe("/d/*");
    });

    test("a network's changed label replaces it, the old one first", async () => {
      const program = (value: string) => () => {
        const labels = [{ label: "l", value }];
        return Promise.resolve({ id: new docker.Network("n", { name: `${prefix}-n`, labels }).id });
      };
      const first = await stack.up(program("1"));
      const changed = await stack.up(program("2"));
      const ops = changed.steps.map((s) => s.op);
      expect(changed.error).toBeUndefined();
      expect(ops.indexOf("delete-replaced")).toBeLessThan(ops.indexOf("create-replacement"));
      expect(changed.outputs["id"]).not.toBe(first.outputs["id"]);
    });

    test("a network and a volume that are gone are seen by refresh", async () => {
      const program = () => {
        new docker.Network("n", { name: `${prefix}-n` });
        new docker.Volume("v", { name: `${prefix}-v` });
        return Promise.resolve({});
      };
      await stack.up(program);
      await run("docker", ["network", "rm", `${prefix}-n`]);
      await run("docker", ["volume", "rm", `${prefix}-v`]);
      expect((await stack.refresh()).changes).toMatchObject({ delete: 2 });
      expect((await stack.up(program)).changes).toMatchObject({ create: 2 });
    });

    test("a present image is not pulled, and stays when kept locally", async () => {
      const run_ = await stack.up(() => {
        const image = new docker.RemoteImage("i", { name: tinyImage, keepLocally: true });
        return Promise.resolve({ id: image.imageId });
      });
      await stack.destroy();
      const { stdout } = await run("docker", ["image", "inspect", "-f", "{{.Id}}", tinyImage]);
      expect(run_.error).toBeUndefined();
      expect(run_.outputs["id"]).toBe(stdout.trim());
    });

    test("an image that cannot be pulled fails and is named", async () => {
      const name = "127.0.0.1:9/none/such:1";
      const failed = await stack.up(() => {
        new docker.RemoteImage("i", { name });
        return Promise.resolve({});
      });
      expect(failed.messages.join("\n")).toContain(`unable to pull image ${name}`);
    });

    test("without an engine at its socket a preview fails too", async () => {
      const program = () => {
        const provider = new docker.Provider("p", { host: "unix:///nowhere/docker.sock" });
        new docker.Volume("v", { name: `${prefix}-v` }, { provider });
        return Promise.resolve({});
      };
      const preview = await stack.preview(program);
      expect(preview.messages.join("\n")).toContain("failed to connect to any docker daemon");
    });

    test.runIf(sshdHere)("ssh:// goes through the local ssh with its options", async () => {
      const sshd = await startSshd();
      const options = [
        ...["-i", sshd.keyFile, "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes"],
        ...["-o", `UserKnownHostsFile=${sshd.knownHostsFile}`],
      ];
      const program = (sshOpts: string[]) => () => {
        const host = `ssh://${sshd.user}@${sshd.host}:${sshd.port}`;
        const provider = new docker.Provider("p", { host, sshOpts });
        service({}, { provider });
        return Promise.resolve({});
      };
      try {
        const first = await stack.up(program(options));
        expect(first.error).toBeUndefined();
        expect(await inspect(`${prefix}-c`)).toMatchObject({ State: { Running: true } });
        expect((await stack.up(program(options))).changes).toEqual({ same: 3 });
        expect((await stack.refresh()).changes).toEqual({ same: 3 });
        expect(sshd.log()).toContain("Accepted publickey");
        await stack.destroy();

        const stranger = options.map((o) => o.replace(sshd.knownHostsFile, "/dev/null"));
        const refused = await stack.up(program(stranger));
        expect(refused.messages.join("\n")).toContain("Host key verification failed");
      } finally {
        await stack.destroy();
        await sshd.stop();
      }
    });
  },
);
