import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directory, inUnit, makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

/** As a broken disk leaves it; a program that runs cannot be written to in place. */
const DAMAGE = `cd /opt/flower-monitoring/current/bin
head -c 1000000 node_exporter > half; chmod 755 half; mv half node_exporter`;

// In order: each test starts from what the one before left, as a host's life does.
describe("the installer on a real systemd host", () => {
  let host: TestHost;
  let before: string;
  let first: TestBundle;
  let otherFlag: TestBundle;

  beforeAll(async () => {
    host = await TestHost.start();
    before = await host.listing();
    first = await makeBundle("superlink");
    otherFlag = await makeBundle(
      "superlink",
      inUnit("node-exporter", "--no-collector.arp", "--no-collector.arp --no-collector.xfs"),
    );
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  it("installs both exporters from nothing, with Flower down", async () => {
    const line = await host.install(first);

    expect(line).toBe(`ok host=h1 bundle=${first.id} changed=3`);
    const node = await host.metrics(9100);
    expect(node).toContain(`flower_monitoring_bundle_info{hash="${first.id}",version="0.1.0"} 1`);
    expect(node).toContain('node_scrape_collector_success{collector="timex"} 1');
    expect(await host.metrics(9101)).toMatch(/^fl_exporter_build_info\{/m);
    expect(await host.sh("getent passwd flower-monitoring")).toMatch(/:\/usr\/sbin\/nologin$/);
    expect(await host.sh("ps -o user:32= -C node_exporter")).toBe("flower-monitoring");
  });

  it("gives the Flower exporter a memory of its own, and a socket that every hook can reach", async () => {
    const memory = "/var/lib/flower-monitoring/flower-exporter";
    expect(await host.sh(`stat -c '%U %a' ${memory}`)).toBe("flower-monitoring 700");
    const socket = "/run/flower-monitoring-flower-exporter/events.sock";
    expect(await host.sh(`stat -c '%F %a' ${socket}; stat -c %a ${dirname(socket)}`)).toBe(
      "socket 666\n755",
    );
    const pid = await host.mainPid("flower-exporter");
    // Flower's Python may have the hook, which is for Flower's own processes.
    expect(await host.sh(`tr '\\0' '\\n' < /proc/${pid}/environ`)).toContain(
      "FL_MONITORING_HOOK=off",
    );
    await host.sh(`echo kept > ${memory}/mark`);
  });

  it("listens on the host's address only", async () => {
    const outcome = await host.try("curl -fsS --max-time 2 http://127.0.0.1:9100/metrics");

    expect(outcome.code).not.toBe(0);
  });

  it("leaves nothing where the bundle came in, and keeps what removal needs", async () => {
    expect(
      await host.sh(
        "find /run /opt/flower-monitoring -maxdepth 1 -name '*flower-monitoring.[0-9]*' -o -maxdepth 1 -name '.*'",
      ),
    ).toBe("");
    expect(await host.sh("ls /var/lib/flower-monitoring/remover")).toContain("install.sh");
  });

  it("writes nothing and restarts nothing when run again", async () => {
    const [files, units] = [await host.footprint(), await host.units()];

    const outcome = await host.session(first);

    expect(outcome).toEqual({
      code: 0,
      stdout: `ok host=h1 bundle=${first.id} changed=0\n`,
      stderr: "",
    });
    expect(await host.footprint()).toBe(files);
    expect(await host.units()).toBe(units);
  });

  it("can be checked by hand", async () => {
    const checked = await host.sh("/opt/flower-monitoring/current/install.sh verify");

    expect(checked).toBe(`ok host=h1 bundle=${first.id} changed=0`);
  });

  it("restarts only the exporter whose unit changed", async () => {
    const flower = await host.mainPid("flower-exporter");
    const node = await host.mainPid("node-exporter");

    expect(await host.install(otherFlag)).toBe(`ok host=h1 bundle=${otherFlag.id} changed=1`);

    expect(await host.mainPid("flower-exporter")).toBe(flower);
    expect(await host.mainPid("node-exporter")).not.toBe(node);
    expect(await host.sh("ls /opt/flower-monitoring/releases")).toBe(otherFlag.id);
    expect(await host.sh("cat /var/lib/flower-monitoring/flower-exporter/mark")).toBe("kept");
  });

  it("returns to the last good release when the new one does not answer", async () => {
    const broken = await makeBundle(
      "superlink",
      inUnit("node-exporter", "--no-collector.arp", "--no-such-flag"),
    );
    const flower = await host.mainPid("flower-exporter");

    const outcome = await host.session(broken);

    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      /^flower-monitoring: h1: verify: node-exporter does not answer .*no-such-flag.*; read journalctl/m,
    );
    expect(outcome.stderr).toContain(`h1: rollback: release ${otherFlag.id} is in place again`);
    expect(await host.sh("ls /opt/flower-monitoring/releases")).toBe(otherFlag.id);
    expect(await host.mainPid("flower-exporter")).toBe(flower);
    expect(await host.metrics(9100)).toContain(`hash="${otherFlag.id}"`);
    expect(await host.session(otherFlag)).toMatchObject({ code: 0 });
  });

  it("returns to the last good address when a new one cannot be listened on", async () => {
    const outcome = await host.session(otherFlag, "install", { address: "203.0.113.9" });

    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/verify: node-exporter does not answer on http:\/\/203/);
    expect(await host.metrics(9100)).toContain("node_exporter_build_info");
    expect((await host.session(otherFlag)).stdout).toContain("changed=0");
  });

  it("repairs a damaged file, a damaged binary and a hand-edited unit", async () => {
    await host.sh("echo broken > /opt/flower-monitoring/current/etc/flower-exporter.json");
    await host.sh(DAMAGE);
    await host.sh("echo '# mine' >> /etc/systemd/system/flower-monitoring-node-exporter.service");

    expect(await host.session(otherFlag)).toMatchObject({ code: 0, stderr: "" });

    expect(await host.sh("cat /opt/flower-monitoring/current/etc/*.json")).toContain("control_api");
    expect(await host.sh("cat /etc/systemd/system/flower-monitoring-*")).not.toContain("# mine");
    expect((await host.session(otherFlag)).stdout).toContain("changed=0");
  });

  it("starts a stopped exporter and leaves the other alone", async () => {
    const node = await host.mainPid("node-exporter");
    await host.sh("systemctl stop flower-monitoring-flower-exporter");

    expect((await host.session(otherFlag)).stdout).toContain("changed=1");

    expect(await host.mainPid("node-exporter")).toBe(node);
  });

  it("lets one installer in at a time; the second waits and then finds nothing to do", async () => {
    const both = await Promise.all([host.session(first), host.session(first)]);

    expect(both.map(({ stderr }) => stderr)).toEqual(["", ""]);
    expect(both.map(({ stdout }) => /changed=\d/.exec(stdout)?.[0]).sort()).toEqual([
      "changed=0",
      "changed=1",
    ]);
  });

  it("drops the exporter that a new role does not have", async () => {
    const supernode = await makeBundle("supernode");
    const node = await host.mainPid("node-exporter");

    expect(await host.install(supernode)).toContain("changed=0");

    expect(await host.sh("ls /etc/systemd/system | grep -o 'flower-monitoring-.*'")).toBe(
      ["facts.service", "facts.timer", "node-exporter.service"]
        .map((unit) => `flower-monitoring-${unit}`)
        .join("\n"),
    );
    expect(await host.sh("ls /var/lib/flower-monitoring | grep exporter || true")).toBe("");
    expect(await host.mainPid("node-exporter")).toBe(node);
  });

  it("is sent the binary only where it is missing or damaged", async () => {
    const blob = join(directory, "blobs", `${otherFlag.blobs[0]?.sha256}.tar.gz`);
    await rename(blob, `${blob}.away`);
    try {
      expect(await host.install(otherFlag)).toContain("changed=2");
      await host.sh(DAMAGE);
      const outcome = await host.session(otherFlag);
      expect(outcome.stderr).toBe(
        `flower-monitoring: h1: ${blob} is not there; run pulumi up again, which makes it\n`,
      );
    } finally {
      await rename(`${blob}.away`, blob);
    }
    // What ran from a damaged release is started anew.
    expect((await host.session(otherFlag)).stdout).toContain("changed=3");
  });

  it("stays when its host has another name by now, and its old name is removed after that", async () => {
    expect((await host.session(first, "install", { name: "h2" })).stdout).toContain("ok host=h2");

    expect(await host.session(first, "remove")).toMatchObject({
      code: 0,
      stdout: "ok host=h1 left: this machine is h2 now\n",
      stderr: "",
    });

    expect((await host.session(first, "install", { name: "h2" })).stdout).toContain("changed=0");
    expect((await host.session(first)).stdout).toContain("ok host=h1");
  });

  it("leaves the host as it was when removed, also when asked twice", async () => {
    expect(await host.session(first, "remove")).toMatchObject({ code: 0 });
    expect(await host.listing()).toBe(before);

    expect(await host.session(first, "remove")).toMatchObject({ code: 0, stderr: "" });
    expect(await host.listing()).toBe(before);
  });

  it("is removed from the journal when its own files are gone", async () => {
    await host.install(first);
    await host.sh("rm -rf /opt/flower-monitoring");

    expect(await host.session(first, "remove")).toMatchObject({ code: 0, stderr: "" });

    expect(await host.listing()).toBe(before);
  });
});
