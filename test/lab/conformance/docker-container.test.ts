import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../../runner/run";
import { pluginsUnderTest, secretKey, TestStack } from "../../support/engine-tools";
import { makeTinyImage, tinyImage } from "../../support/tiny-image";
import { dockerHere, dockerHost, inspect, leftovers, prefix, service } from "./docker-kit";

if (!dockerHere) console.log(`skipped: no Docker engine at ${dockerHost}`);

describe.runIf(dockerHere).each(pluginsUnderTest("docker"))(
  "the $kind docker plugin, containers",
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

    type More = Partial<docker.ContainerArgs>;
    const only =
      (more: More = {}, opts: pulumi.CustomResourceOptions = {}) =>
      () =>
        Promise.resolve({ id: service(more, opts).id });
    const name = `${prefix}-c`;
    /** The official plugin names the item that differs, the stand-in the whole list. */
    const topLevel = (path: string): string => path.replace(/[[.].*/, "");

    test("a hardened service on a network with a volume is clean after up, refresh and up", async () => {
      const program = () => {
        const network = new docker.Network("n", { name: `${prefix}-n` });
        const volume = new docker.Volume("v", { name: `${prefix}-v` });
        const image = new docker.RemoteImage("i", { name: tinyImage, keepLocally: true });
        const container = service({
          image: image.name,
          networksAdvanced: [{ name: network.name, aliases: ["tiny"] }],
          ports: [{ internal: 80, external: 28080, ip: "127.0.0.1", protocol: "tcp" }],
          volumes: [{ volumeName: volume.name, containerPath: "/data", readOnly: false }],
          healthcheck: {
            tests: ["CMD", "true"],
            interval: "1s",
            timeout: "5s",
            startPeriod: "1m0s",
            retries: 6,
          },
          wait: true,
          waitTimeout: 30,
          destroyGraceSeconds: 1,
        });
        return Promise.resolve({ digest: image.repoDigest, networks: container.networkDatas });
      };
      const first = await stack.up(program);
      const second = await stack.up(program);
      const refreshed = await stack.refresh();
      const third = await stack.up(program);
      expect(first.error).toBeUndefined();
      expect(first.outputs["networks"]).toMatchObject([{ networkName: `${prefix}-n` }]);
      expect([second.changes, refreshed.changes, third.changes]).toEqual(
        Array(3).fill({ same: 5 }),
      );
      expect(await inspect(name)).toMatchObject({ State: { Health: { Status: "healthy" } } });
    });

    test("memory and restart change in place, on the running container", async () => {
      const { outputs } = await stack.up(only());
      const changed = await stack.up(only({ memory: 96, memorySwap: 96, restart: "always" }));
      expect(changed.changes).toMatchObject({ update: 1 });
      expect(changed.outputs).toEqual(outputs);
      expect(await inspect(name)).toMatchObject({
        HostConfig: { Memory: 96 * 1024 * 1024, RestartPolicy: { Name: "always" } },
      });
    });

    test("a changed environment replaces, the old one first", async () => {
      await stack.up(only());
      const changed = await stack.up(only({ envs: ["A=2"] }));
      expect(changed.error).toBeUndefined();
      const ops = changed.steps.filter((s) => s.name === "c").map((s) => s.op);
      expect(ops.indexOf("delete-replaced")).toBeLessThan(ops.indexOf("create-replacement"));
      expect(changed.steps.find((s) => s.op === "replace")?.diff.map(topLevel)).toEqual(["envs"]);
    });

    test("a changed tmpfs is reported as updated and not applied", async () => {
      await stack.up(only());
      const changed = await stack.up(only({ tmpfs: { "/other": "" } }));
      expect(changed.changes).toMatchObject({ update: 1 });
      expect(await inspect(name)).toMatchObject({
        HostConfig: { Tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m" } },
      });
    });

    test("memory without memorySwap is a change in every preview", async () => {
      const program = only({ memorySwap: undefined as unknown as number });
      await stack.up(program);
      const again = await stack.preview(program);
      expect(again.changes).toMatchObject({ update: 1 });
      expect(again.steps.find((s) => s.op === "update")?.diff.map(topLevel)).toEqual([
        "memorySwap",
      ]);
    });

    test("a duration in another form than Go's is a change in every preview", async () => {
      const healthcheck = { tests: ["CMD", "true"], interval: "60s", timeout: "5s", retries: 3 };
      const program = only({ healthcheck });
      await stack.up(program);
      expect((await stack.preview(program)).changes).toMatchObject({ update: 1 });
    });

    test("a stopped container is seen by refresh only, and started by the next up", async () => {
      await stack.up(only());
      await run("docker", ["stop", "-t", "0", name]);
      const unaware = await stack.up(only());
      const refreshed = await stack.refresh();
      const repaired = await stack.up(only());
      expect(unaware.changes).toEqual({ same: 2 });
      expect(refreshed.changes).toMatchObject({ update: 1 });
      expect(repaired.changes).toMatchObject({ update: 1 });
      expect(await inspect(name)).toMatchObject({ State: { Running: true } });
    });

    test("a removed container is seen by refresh and made again", async () => {
      await stack.up(only());
      await run("docker", ["rm", "-f", name]);
      const refreshed = await stack.refresh();
      const repaired = await stack.up(only());
      expect(refreshed.changes).toMatchObject({ delete: 1 });
      expect(repaired.changes).toMatchObject({ create: 1 });
    });

    test("one that does not get healthy fails, is kept, and is replaced by the next up", async () => {
      const checked = (test: string): More => ({
        healthcheck: { tests: ["CMD", test], interval: "1s", timeout: "5s", retries: 1 },
        wait: true,
        waitTimeout: 4,
      });
      const failed = await stack.up(only(checked("/bin/no-such")));
      const kept = (await stack.resources()).map((r) => r.type);
      const repaired = await stack.up(only(checked("/bin/true")));
      expect(failed.error).toBeDefined();
      expect(failed.messages.join("\n")).toContain("healthy state");
      expect(kept).toContain("docker:index/container:Container");
      expect(repaired.error).toBeUndefined();
      expect(repaired.changes).toMatchObject({ replace: 1 });
      expect((await stack.preview(only(checked("/bin/true")))).changes).toEqual({ same: 2 });
    });

    test("destroyGraceSeconds lets it end by itself; without, it is killed at once", async () => {
      const volume = `${prefix}-grace`;
      await run("docker", ["volume", "create", volume]);
      const script = `trap 'sleep 1; echo ended > /data/${"$"}WORD; exit 0' TERM; while :; do sleep 1 & wait; done`;
      const waiting = (word: string, seconds: number): More => ({
        user: "0:0",
        command: ["sh", "-c", script],
        envs: [`WORD=${word}`],
        volumes: [{ volumeName: volume, containerPath: "/data" }],
        destroyGraceSeconds: seconds,
      });
      await stack.up(only(waiting("graceful", 10)));
      await stack.destroy();
      await stack.up(only(waiting("killed", 0)));
      await stack.destroy();
      const { stdout } = await run("docker", [
        ...["run", "--rm", "-v", `${volume}:/data`, tinyImage],
        ...["sh", "-c", "echo /data/*"],
      ]);
      await run("docker", ["volume", "rm", volume]);
      expect(stdout.trim()).toBe("/data/graceful");
    });

    test("a name in use and a missing image are refused in the daemon's words", async () => {
      await run("docker", ["create", "--name", name, tinyImage, "true"]);
      const taken = await stack.up(only());
      await run("docker", ["rm", name]);
      const missing = await stack.up(only({ image: "flower-monitoring-test/none:1" }));
      expect(taken.messages.join("\n")).toMatch(/Unable to create container: .*already in use/);
      expect(missing.messages.join("\n")).toMatch(
        /Unable to create container with image flower-monitoring-test\/none:1: unable to pull/,
      );
    });

    test("secret environment is secret in the state", async () => {
      await stack.up(only({ envs: pulumi.secret(["TOKEN=hidden-word"]) }));
      const state = (await stack.resources()).find((r) => r.type.endsWith(":Container"));
      const secret = { [secretKey]: expect.anything() as unknown };
      expect(state).toMatchObject({ inputs: { envs: secret }, outputs: { envs: secret } });
    });

    test("an unknown property is refused by name", async () => {
      const run = await stack.up(only({ memry: 5 } as More));
      class Raw extends pulumi.CustomResource {}
      const raw = await stack.up(() => {
        new Raw("docker:index/container:Container", "c", { image: tinyImage, memry: 5 });
        return Promise.resolve({});
      });
      // The SDK drops what it does not know, so only a raw resource shows what the plugin does.
      expect(run.error).toBeUndefined();
      expect(raw.error).toBeDefined();
      expect(raw.messages.join("\n")).toContain("memry");
    });
  },
);
