import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { FlowerConfig } from "../../components/config/schema";
import { HOOK_DIRECTORY } from "../../components/host-bundle-hook";
import { makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

const flower: FlowerConfig = { runtime: "container", hook: true, restart: [] };
const MOUNT = "/opt/flower-monitoring/hook";

/** uid of `app` in Flower's images. */
const APP = 49999;

/**
 * A container as docs/hook.md describes it. Its image has no files: Flower and the system come from
 * the host, read-only like an image's layers.
 */
const CONTAINER = `
mkdir -p /run/image/opt /run/image/tmp && cd /run/image && chmod 1777 tmp
for link in bin lib lib64; do ln -s usr/$link $link; done
tar -c . | docker import - flower-superexec >/dev/null
docker run --detach --name superexec --user ${APP}:${APP} --network none --read-only --tmpfs /tmp \\
  --volume /usr:/usr:ro --volume /opt/flower:/opt/flower:ro \\
  --volume ${MOUNT}:${MOUNT}:ro --env PYTHONPATH=${HOOK_DIRECTORY} \\
  --env FLWR_HOME=/tmp --env FLWR_TELEMETRY_ENABLED=0 --env FLWR_DISABLE_UPDATE_CHECK=1 \\
  flower-superexec /opt/flower/bin/flower-superexec --insecure \\
  --runtime-api-address 127.0.0.1:8000 >/dev/null`;

const HOOKED = `import sys
print(any(type(f).__module__.startswith("flower_monitoring") for f in sys.meta_path))`;

describe("the hook for Flower in containers", () => {
  let host: TestHost;
  let text: TestBundle;
  let json: TestBundle;

  beforeAll(async () => {
    host = await TestHost.start();
    const context = { ...CONTEXT_DEFAULTS, logFormat: "json" } as const;
    text = await makeBundle("supernode", undefined, { flower });
    json = await makeBundle("supernode", undefined, { flower, context });
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  /** Whether a new Python in the running container has the hook. */
  const hooked = () => host.sh(`docker exec superexec /opt/flower/bin/python -c '${HOOKED}' 2>&1`);

  it("is a directory that the image's user can read, and nothing in Flower's environment", async () => {
    await host.sh("touch /run/mark");

    expect(await host.install(json)).toContain("changed=2 hook=changed");

    expect(await host.sh("find /opt/flower -newer /run/mark")).toBe("");
    const open = `setpriv --reuid=${APP} --regid=${APP} --clear-groups`;
    expect(
      await host.sh(`${open} find ${MOUNT}/ -type f ! -readable; ${open} ls ${HOOK_DIRECTORY}`),
    ).toBe("flower_monitoring\nflower_monitoring.conf\nsitecustomize.py\nsums");
  });

  it("is in the container's processes by mount and PYTHONPATH alone", async () => {
    await host.sh(CONTAINER);

    expect(await hooked()).toBe("True");
    const line = await host.sh(
      "for i in $(seq 60); do docker logs superexec 2>&1 | grep -m 1 SuperExec && exit; sleep 0.5; done; docker logs superexec 2>&1",
    );
    expect(JSON.parse(line)).toMatchObject({ level: "INFO", logger: "flwr" });
  });

  it("changes under a running container, for its next process", async () => {
    await host.install(text);

    expect(await hooked()).toBe("True");
    const settings = `docker exec superexec /usr/bin/cat ${HOOK_DIRECTORY}/flower_monitoring.conf`;
    expect(await host.sh(settings)).toContain("FL_LOG_FORMAT=text");
    expect(
      await host.sh("docker inspect -f '{{.State.Running}} {{.RestartCount}}' superexec"),
    ).toBe("true 0");
  });

  it("is gone after the removal, and the container's next process starts without a word", async () => {
    expect(await host.session(text, "remove")).toMatchObject({ code: 0, stderr: "" });

    expect(await hooked()).toBe("False");
    expect(await host.sh(`ls -A /opt`)).toBe("flower");
    await host.sh("docker rm -f superexec");
  });

  it("takes over the directory that Docker makes where containers were started first", async () => {
    await host.sh(`${CONTAINER.replace(/^mkdir(.*\n)*?docker/m, "docker")}`);
    expect(await hooked()).toBe("False");

    await host.install(text);

    expect(await hooked()).toBe("True");
  });
});
