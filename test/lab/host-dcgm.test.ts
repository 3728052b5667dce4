import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dcgmBundle, giveDriver, giveImage, giveSuperNode, giveToolkit } from "./host-dcgm.kit";
import { makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

const NAME = "flower-monitoring-dcgm-exporter";
const UNIT = `${NAME}.service`;

afterAll(() => TestHost.stopAll());

/** Waits until a command on the host answers as it should. */
async function eventually(host: TestHost, command: string, wanted: string): Promise<void> {
  await host.sh(
    `for i in $(seq 100); do [ "$(${command} 2>&1)" = "${wanted}" ] && exit; sleep 0.5; done; ${command}; exit 1`,
  );
}

interface Container {
  Config: { Hostname: string; Image: string };
  HostConfig: Record<string, unknown>;
}

async function inspected(host: TestHost): Promise<Container> {
  const [container] = JSON.parse(await host.sh(`docker inspect ${NAME}`)) as Container[];
  if (container === undefined) throw new Error("no container");
  return container;
}

// In order: each test starts from what the one before left, as a host's life does.
describe("the DCGM exporter beside a SuperNode", () => {
  let host: TestHost;
  let before: string;
  let bundle: TestBundle;
  /** Later ones find the image on the host: an archive takes its time on each way. */
  let light: TestBundle;

  beforeAll(async () => {
    host = await TestHost.start();
    await giveDriver(host);
    await giveToolkit(host);
    await giveSuperNode(host);
    before = await host.listing();
    bundle = await dcgmBundle();
    light = await dcgmBundle({}, { carried: false });
  }, IMAGE_MILLISECONDS);

  const answers = (): Promise<void> =>
    eventually(
      host,
      `curl -so /dev/null -w '%{http_code}' http://${host.address}:9400/metrics`,
      "200",
    );
  const superNodePid = (): Promise<string> =>
    host.sh("systemctl show -p MainPID --value flower-supernode");

  it("is installed with the image that the bundle carries, and tells of each GPU", async () => {
    expect(await host.install(bundle)).toBe(`ok host=h1 bundle=${bundle.id} changed=3`);

    const metrics = await host.metrics(9400);
    expect(metrics).toMatch(
      /^DCGM_FI_DEV_GPU_TEMP\{gpu="1",UUID="GPU-[^"]+",pci_bus_id="[^"]+",device="nvidia1",modelName="Stand-in GPU",Hostname="h1",DCGM_FI_DRIVER_VERSION="[\d.]+"\} \d+$/m,
    );
    expect(metrics).toContain("DCGM_EXP_XID_ERRORS_COUNT{");
    expect(metrics).not.toContain("DCGM_FI_PROF_");
    expect((await host.try("curl -fsS http://127.0.0.1:9400/metrics")).code).not.toBe(0);
  });

  it("runs in a container that may do little and take little", async () => {
    const { Config, HostConfig } = await inspected(host);

    expect(Config.Hostname).toBe("h1");
    expect(HostConfig).toMatchObject({
      CapAdd: null,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges", "label=disable"],
      ReadonlyRootfs: true,
      Privileged: false,
      NetworkMode: "default",
      AutoRemove: true,
      DeviceRequests: [expect.objectContaining({ Count: -1, Capabilities: [["gpu"]] })],
      PortBindings: { "9400/tcp": [{ HostIp: host.address, HostPort: "9400" }] },
      Memory: 512 * 1024 ** 2,
      MemorySwap: 512 * 1024 ** 2,
      PidsLimit: 256,
      CpuShares: 102,
      OomScoreAdj: 500,
      LogConfig: { Type: "none" },
    });
    expect(await host.sh(`docker exec ${NAME} grep CapEff /proc/1/status`)).toMatch(/\t0{16}$/);
  });

  it("writes nothing and restarts nothing when run again", async () => {
    const found = [await host.footprint(), await host.units()];

    expect(await host.session(bundle)).toEqual({
      code: 0,
      stdout: `ok host=h1 bundle=${bundle.id} changed=0\n`,
      stderr: "",
    });
    expect([await host.footprint(), await host.units()]).toEqual(found);
    expect(await host.sh("/opt/flower-monitoring/current/install.sh verify")).toMatch(/changed=0$/);
  });

  it("stops, starts and restarts with the SuperNode", async () => {
    await host.sh("systemctl stop flower-supernode");
    await eventually(host, `systemctl is-active ${UNIT}`, "inactive");
    expect(await host.sh("docker ps -aq")).toBe("");

    await host.sh("systemctl start flower-supernode");
    await answers();

    const pid = await host.mainPid("dcgm-exporter");
    await host.sh("systemctl restart flower-supernode");
    await answers();
    expect(await host.mainPid("dcgm-exporter")).not.toBe(pid);
  });

  it("comes back by itself when it dies, and the SuperNode does not notice", async () => {
    const pid = await superNodePid();
    await host.sh(`docker kill ${NAME}`);
    await eventually(host, `systemctl is-active ${UNIT}`, "activating");
    await answers();

    expect(await superNodePid()).toBe(pid);
  });

  it("clears away what is left of a client that was killed", async () => {
    await host.sh(`kill -9 $(systemctl show -p MainPID --value ${UNIT})`);
    expect(await host.sh("docker ps -q | wc -l")).toBe("1");
    await host.sh(`systemctl restart ${UNIT}`);
    await answers();
  });

  it("gets SYS_ADMIN, and profiling metrics with it, only where the stack asks for them", async () => {
    const profiling = await dcgmBundle({ profiling: true }, { carried: false });
    expect(await host.install(profiling)).toBe(`ok host=h1 bundle=${profiling.id} changed=1`);

    expect(await host.metrics(9400)).toMatch(/^DCGM_FI_PROF_SM_ACTIVE\{gpu="0"/m);
    expect((await inspected(host)).HostConfig).toMatchObject({
      CapAdd: ["SYS_ADMIN"],
      CapDrop: ["ALL"],
      SecurityOpt: ["label=disable"],
    });
    await host.install(light);
    expect(await host.metrics(9400)).not.toContain("DCGM_FI_PROF_");
  });

  it("runs on, untouched, when something else of the host changes", async () => {
    const pid = await host.mainPid("dcgm-exporter");
    const other = await dcgmBundle(
      {},
      {
        carried: false,
        edit: ({ path, content }) =>
          path === "units/flower-monitoring-node-exporter.service"
            ? content
                .toString()
                .replace("--no-collector.arp", "--no-collector.arp --no-collector.xfs")
            : undefined,
      },
    );

    expect(await host.install(other)).toBe(`ok host=h1 bundle=${other.id} changed=1`);

    expect(await host.mainPid("dcgm-exporter")).toBe(pid);
    expect(
      await host.sh(`docker exec ${NAME} head -c 1 /etc/dcgm-exporter/flower-monitoring.csv`),
    ).toBe("#");
    await host.install(light);
  });

  it("follows the SuperNode to another unit, and needs none", async () => {
    const elsewhere = await dcgmBundle({ unit: "supernode@1.service" }, { carried: false });
    expect(await host.install(elsewhere)).toContain("changed=1");

    expect(await host.sh("ls -d /etc/systemd/system/*supernode*.wants")).toBe(
      "/etc/systemd/system/supernode@1.service.wants",
    );
    await host.sh("systemctl stop flower-supernode");
    expect(await host.sh(`systemctl is-active ${UNIT}`)).toBe("active");
    await host.sh("systemctl start flower-supernode");
  });

  it("goes with its container and the image that came with it", async () => {
    const without = await makeBundle("supernode");
    expect(await host.install(without)).toBe(`ok host=h1 bundle=${without.id} changed=0`);
    expect(await host.sh("docker ps -aq; docker images -q; ls /var/lib/flower-monitoring")).toBe(
      "facts\ngood\njournal\nremover\nrunning\ntextfile",
    );

    await host.install(bundle);
    expect(await host.session(bundle, "remove")).toMatchObject({ code: 0, stderr: "" });
    expect(await host.listing()).toBe(before);
    expect(await host.sh("docker ps -aq; docker images -q")).toBe("");
  });

  it("leaves an image that was there before it", async () => {
    await giveImage(host);
    expect(await host.install(light)).toContain("changed=3");
    await host.session(light, "remove");

    expect(await host.sh("docker images -q | wc -l; docker ps -aq")).toBe("1");
  });
});
