/**
 * The installer's life on every distribution that an image can be made of; docs/support.md says what
 * that proves. All of them run with cgroup v2, and but for Debian 12 without Docker.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostImage } from "../../lab/images/host";
import { debian12, otherSystems, type HostSystem } from "../../lab/images/host-systems";
import { docker } from "../../lab/toolchain/docker";
import { wheels } from "../../lab/toolchain/wheels";
import { FLOWER, inUnit, makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

/** Where Flower runs, a SuperLink with the hook and both exporters; else a bare SuperNode. */
function bundleFor({ python }: HostSystem, edit?: Parameters<typeof makeBundle>[1]) {
  if (python === undefined) return makeBundle("supernode", edit);
  const control = { address: "127.0.0.1:8000", insecure: true };
  return makeBundle("superlink", edit, { flower: { ...FLOWER, hook: true, control } });
}

/**
 * Why there is no image of Ubuntu, where its archive cannot be reached; Debian's must always be.
 * @throws when making the image failed for another reason
 */
async function unreachable(system: HostSystem): Promise<string | undefined> {
  try {
    await hostImage({ docker: await docker(), wheels: await wheels(system.python) }, system);
    return undefined;
  } catch (error) {
    const reason = /^.*(Failed to fetch|Could not (resolve|connect)|Unable to connect).*$/m.exec(
      (error as Error).message,
    );
    if (system.vendor === "debian" || reason === null) throw error;
    return `${system.title}: its archive cannot be reached (${reason[0]})`;
  }
}

// In order: each test starts from what the one before left, as a host's life does.
describe.each([debian12, ...otherSystems])("the installer on $title", (system) => {
  // node_exporter, the timer of the facts, and where Flower is the Flower exporter.
  const active = system.python === undefined ? 2 : 3;
  let missing: string | undefined;
  let host: TestHost;
  let before: string;
  let first: TestBundle;
  let otherFlag: TestBundle;

  beforeAll(async () => {
    missing = await unreachable(system);
    if (missing !== undefined) return;
    host = await TestHost.start(system);
    // Root's login is off on Ubuntu: people come as a user with sudo.
    await host.sh("useradd -m ops; echo 'ops ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ops");
    before = await host.listing();
    first = await bundleFor(system);
    otherFlag = await bundleFor(
      system,
      inUnit("node-exporter", "--no-collector.arp", "--no-collector.arp --no-collector.xfs"),
    );
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });

  it("is what the table says, with systemd on cgroup v2", async () => {
    const [name, version] = system.title.split(" ");
    const facts = await host.sh(`. /etc/os-release; echo $NAME $VERSION_ID
      systemctl is-system-running --wait; stat -fc %T /sys/fs/cgroup`);

    expect(facts).toMatch(new RegExp(`^${name}.* ${version}\\n(running|degraded)\\ncgroup2fs$`));
  });

  it("installs from nothing", async () => {
    const line = await host.install(first);

    expect(line).toContain(`ok host=h1 bundle=${first.id} changed=`);
    expect(await host.metrics(9100)).toContain(`bundle_info{hash="${first.id}"`);
    expect(await host.sh("getent passwd flower-monitoring")).toMatch(/:\/usr\/sbin\/nologin$/);
    expect(await host.sh("ps -o user:32= -C node_exporter")).toBe("flower-monitoring");
  });

  // Where there is no Python for Flower there is no SuperLink either: docs/support.md says so.
  if (system.python !== undefined)
    it("asks the SuperLink, and hooks its Python", async () => {
      expect(await host.metrics(9101)).toMatch(/^fl_exporter_build_info\{/m);
      expect(await host.flowerSays()).toMatch(/^hook\n.*INFO.*hello/s);
      const tag = `cpython-${(system.python ?? "").replace(".", "")}`;
      const compiled = `find /opt/flower-monitoring/hook/current/ -name '*.${tag}.pyc'`;
      expect(await host.sh(compiled)).not.toBe("");
    });

  it("can be checked by hand, by a user with sudo", async () => {
    const verify = "sudo -n /opt/flower-monitoring/current/install.sh verify";

    expect(await host.sh(`su - ops -c '${verify}'`)).toBe(
      `ok host=h1 bundle=${first.id} changed=0`,
    );
  });

  it("has units in which systemd finds no fault", async () => {
    const units = await host.sh(
      "systemd-analyze verify /etc/systemd/system/flower-monitoring-*.service 2>&1 || echo failed",
    );

    expect(units).toBe("");
  });

  it("writes nothing and restarts nothing when run again", async () => {
    const [files, units] = [await host.footprint(), await host.units()];

    expect(await host.session(first)).toEqual({
      code: 0,
      stdout: `ok host=h1 bundle=${first.id} changed=0\n`,
      stderr: "",
    });

    expect(await host.footprint()).toBe(files);
    expect(await host.units()).toBe(units);
  });

  it("restarts only the exporter whose unit changed", async () => {
    const pid = (part: string) => host.mainPid(part);
    const [node, flower] = [await pid("node-exporter"), await pid("flower-exporter")];

    expect(await host.install(otherFlag)).toBe(`ok host=h1 bundle=${otherFlag.id} changed=1`);

    expect(await pid("node-exporter")).not.toBe(node);
    expect(await pid("flower-exporter")).toBe(flower);
    expect((await host.units()).match(/ActiveState=active/g)).toHaveLength(active);
  });

  it("leaves the host as it was when removed", async () => {
    expect(await host.session(otherFlag, "remove")).toMatchObject({ code: 0, stderr: "" });

    expect(await host.listing()).toBe(before);
  });
});
