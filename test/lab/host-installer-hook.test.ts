import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { FlowerConfig } from "../../components/config/schema";
import type { HostBundleSpec } from "../../components/host-bundle";
import { FLOWER, inUnit, makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

/** Where the image's Flower keeps its packages. */
const SITE = "/opt/flower/lib/python3.11/site-packages";
const PTH = `${SITE}/flower-monitoring.pth`;
const UNIT = "flower-supernode.service";

const json = { ...CONTEXT_DEFAULTS, logFormat: "json" } as const;
const news = "running Flower services follow at their next start";

/** A SuperNode's bundle with the hook. */
function hooked(
  flower: Partial<FlowerConfig> = {},
  spec: Partial<HostBundleSpec> = {},
  edit?: Parameters<typeof makeBundle>[1],
): Promise<TestBundle> {
  return makeBundle("supernode", edit, { flower: { ...FLOWER, hook: true, ...flower }, ...spec });
}

// In order: each test starts from what the one before left, as a host's life does.
describe("the hook on a real host", () => {
  let host: TestHost;
  let before: string;
  let text: TestBundle;
  let asJson: TestBundle;

  beforeAll(async () => {
    host = await TestHost.start();
    await host.sh(`cat > /etc/systemd/system/${UNIT} <<'END'
[Service]
ExecStart=/bin/sleep infinity
END
systemctl daemon-reload; systemctl start ${UNIT}
useradd -m flower`);
    before = await host.listing();
    text = await hooked();
    asJson = await hooked({}, { context: json });
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  const flowerPid = () => host.sh(`systemctl show -p MainPID --value ${UNIT}`);

  it("is one file in Flower's environment, and then in every Python of it", async () => {
    expect(await host.flowerSays()).toMatch(/^no hook\n/);
    await host.sh("touch /run/mark");
    const pid = await flowerPid();

    expect(await host.install(text)).toBe(
      `ok host=h1 bundle=${text.id} changed=2 hook=changed; ${news}`,
    );

    expect(await host.sh("find /opt/flower -newer /run/mark ! -type d")).toBe(PTH);
    expect(await host.flowerSays()).toMatch(/^hook\n.*INFO.*hello/s);
    expect(await flowerPid()).toBe(pid);
  });

  it("has its bytecode, which Flower's user could not write", async () => {
    const compiled = await host.sh(
      "find /opt/flower-monitoring/hook/current/ -name '*.pyc' -user root | grep -c hook/.*cpython-311",
    );
    expect(Number(compiled)).toBeGreaterThan(5);
    const loaded = await host.sh(
      "/opt/flower/bin/python -B -v -c '' 2>&1 | grep -c 'hook/.*matches .*flower_monitoring'",
    );
    expect(Number(loaded)).toBeGreaterThan(2);
  });

  it("writes nothing when run again, and can be checked by hand", async () => {
    const found = [await host.footprint(), await host.sh(`stat -c '%i %Z' ${PTH}`)];

    expect((await host.session(text)).stdout).toBe(`ok host=h1 bundle=${text.id} changed=0\n`);

    expect([await host.footprint(), await host.sh(`stat -c '%i %Z' ${PTH}`)]).toEqual(found);
    expect(await host.sh("/opt/flower-monitoring/current/install.sh verify")).toContain("ok host");
  });

  it("takes a changed setting to new processes, and leaves running ones and their files alone", async () => {
    const pid = await flowerPid();
    const old = await host.sh("readlink -f /opt/flower-monitoring/hook/current");
    const node = await host.mainPid("node-exporter");

    expect(await host.install(asJson)).toBe(
      `ok host=h1 bundle=${asJson.id} changed=1 hook=changed; ${news}`,
    );

    const line = (await host.flowerSays()).split("\n")[1] ?? "";
    expect(JSON.parse(line)).toMatchObject({ message: "hello" });
    expect(await flowerPid()).toBe(pid);
    expect(await host.mainPid("node-exporter")).toBe(node);
    expect(await host.sh(`ls ${old}/flower_monitoring/hook/boot.py`)).toContain(old);
  });

  it("is not touched by a change of anything else", async () => {
    const stat = `stat -c '%i %Z' ${PTH}; readlink -f /opt/flower-monitoring/hook/current`;
    const found = await host.sh(stat);
    const other = await hooked(
      { restart: [UNIT] },
      { context: json },
      inUnit("node-exporter", "--no-collector.arp", "--no-collector.arp --no-collector.xfs"),
    );
    const pid = await flowerPid();

    expect(await host.install(other)).toBe(`ok host=h1 bundle=${other.id} changed=1`);

    expect(await host.sh(stat)).toBe(found);
    expect(await flowerPid()).toBe(pid);
  });

  it("restarts Flower's units where the stack asks for it, and starts none that is stopped", async () => {
    const asked = await hooked({ restart: [UNIT, "cron.service"] });
    const pid = await flowerPid();
    await host.sh(
      "printf '[Service]\\nExecStart=/bin/sleep 9\\n' > /run/systemd/system/cron.service",
    );
    await host.sh("systemctl daemon-reload");

    expect(await host.install(asked)).toBe(
      `ok host=h1 bundle=${asked.id} changed=2 hook=changed restarted=${UNIT},cron.service`,
    );

    expect(await flowerPid()).not.toBe(pid);
    expect(await host.sh("systemctl is-active cron.service || true")).toBe("inactive");
    await host.sh("rm /run/systemd/system/cron.service; systemctl daemon-reload");
    expect(await host.flowerSays()).toMatch(/^hook\n.*INFO.*hello/s);
  });

  it("refuses a unit to restart that is not there", async () => {
    const wrong = await hooked({ restart: ["flower.service"] });

    expect((await host.session(wrong)).stderr).toContain(
      "preflight: there is no unit flower.service on this host; correct restart in flower of this host",
    );
  });

  it("comes back whole when its files or the .pth file were changed or removed", async () => {
    await host.install(text);
    await host.sh(
      "echo '# mine' >> /opt/flower-monitoring/hook/current/flower_monitoring/hook/boot.py",
    );
    expect((await host.session(text)).code).toBe(0);
    await host.sh(`rm ${PTH}`);
    expect((await host.session(text)).code).toBe(0);

    expect(await host.sh("grep -rl mine /opt/flower-monitoring/hook || true")).toBe("");
    expect(await host.flowerSays()).toMatch(/^hook\n/);
    expect((await host.session(text)).stdout).toContain("changed=0");
  });

  it("returns to the earlier hook when the new release does not answer", async () => {
    const deaf = await hooked(
      {},
      { context: json },
      inUnit("node-exporter", "--no-collector.arp", "--no-such-flag"),
    );
    const found = await host.sh("readlink /opt/flower-monitoring/hook/current");

    expect(await host.session(deaf)).toMatchObject({ code: 1 });

    expect(await host.sh("readlink /opt/flower-monitoring/hook/current")).toBe(found);
    expect(await host.flowerSays()).toMatch(/^hook\n.*INFO.*hello/s);
    expect((await host.session(text)).stdout).toContain("changed=0");
  });

  it("moves with flower.python, into an environment of another user as that user's file", async () => {
    await host.sh(`cd /home/flower
      runuser -u flower -- python3 -m venv --without-pip venv
      runuser -u flower -- sh -c 'echo ${SITE} > venv/lib/python3.11/site-packages/flower.pth'`);
    const python = "/home/flower/venv/bin/python";
    const there = "/home/flower/venv/lib/python3.11/site-packages/flower-monitoring.pth";
    // What root would write through, if it were root that writes, or if it were written through.
    await host.sh(`runuser -u flower -- ln -s /etc/planted ${there}.new`);
    const moved = await hooked({ python });
    expect(await host.install(moved)).toContain("hook=changed");
    expect(await host.sh("ls /etc/planted 2>&1 || true")).toContain("No such file");

    expect(await host.sh(`stat -c %U:%a ${there}; ls ${PTH} 2>&1 || true`)).toMatch(
      /^flower:644\n.*No such file/,
    );
    expect(await host.flowerSays()).toMatch(/^no hook\n/);
    expect(
      await host.sh(`runuser -u flower -- ${python} -c 'import sys; print(sys.meta_path)'`),
    ).toContain("flower_monitoring");
    expect((await host.session(moved)).stdout).toContain("changed=0");
  });

  it("goes when the host has it no more, also out of an environment that is gone", async () => {
    await host.sh("rm -r /home/flower/venv");

    const without = await hooked({ hook: false });
    expect(await host.install(without)).toBe(
      `ok host=h1 bundle=${without.id} changed=1 hook=removed; running Flower services drop it at their next start`,
    );
    expect(await host.sh("ls -A /opt/flower-monitoring")).toBe("current\nreleases");
    expect(await host.sh("grep pth /var/lib/flower-monitoring/journal || true")).toBe("");
  });

  it("is refused where its file cannot be, with what to do, and leaves what there was", async () => {
    await host.sh(`mount --bind ${SITE} ${SITE} && mount -o remount,bind,ro ${SITE}`);
    try {
      expect((await host.session(text)).stderr).toContain(
        `preflight: ${SITE} cannot be written to (mounted read-only?), and the hook needs one file there`,
      );
    } finally {
      await host.sh(`umount ${SITE}`);
    }
    const wrong = await hooked({ python: "/usr/bin/python3" });
    expect((await host.session(wrong)).stderr).toContain(
      "python /usr/bin/python3 has no flwr; set",
    );
    expect(await host.metrics(9100)).toContain("node_exporter_build_info");
  });

  it("reaches other users also where root's files are its own by default", async () => {
    await host.session(text, "remove");

    expect(await host.session(text, "install", { umask: "077" })).toMatchObject({ code: 0 });
    expect(await host.flowerSays()).toMatch(/^hook\n/);
  });

  it("goes with everything else when the host is taken out", async () => {
    expect(await host.session(text, "remove")).toMatchObject({ code: 0, stderr: "" });
    expect(await host.listing()).toBe(before);
    expect(await host.flowerSays()).toMatch(/^no hook\n/);
  });
});
