import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootstrapScript } from "../../components/host-bundle";
import { downloadingBundle, inUnit, makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

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

  it("takes the bundle out of the home directory and keeps it below /var/lib", async () => {
    expect(await host.sh("ls -A /root | grep flower || true")).toBe("");
    expect(await host.sh("ls /var/lib/flower-monitoring/bundles")).toBe(`${first.id}.tar.gz`);
  });

  it("writes nothing and restarts nothing when run again", async () => {
    const [files, units] = [await host.footprint(), await host.units()];

    const outcome = await host.bootstrap(first);

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
    await host.copy(broken);

    const outcome = await host.bootstrap(broken);

    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      /^flower-monitoring: h1: verify: node-exporter does not answer .*no-such-flag.*; read journalctl/m,
    );
    expect(outcome.stderr).toContain(`h1: rollback: release ${otherFlag.id} is in place again`);
    expect(await host.sh("ls /opt/flower-monitoring/releases")).toBe(otherFlag.id);
    expect(await host.mainPid("flower-exporter")).toBe(flower);
    expect(await host.metrics(9100)).toContain(`hash="${otherFlag.id}"`);
    // The failed bundle waits in the home directory for the next try; success clears it away.
    expect(await host.bootstrap(otherFlag)).toMatchObject({ code: 0 });
  });

  it("returns to the last good address when a new one cannot be listened on", async () => {
    const outcome = await host.bootstrap(otherFlag, "install", { address: "203.0.113.9" });

    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/verify: node-exporter does not answer on http:\/\/203/);
    expect(await host.metrics(9100)).toContain("node_exporter_build_info");
    expect((await host.bootstrap(otherFlag)).stdout).toContain("changed=0");
  });

  it("repairs a damaged file and a hand-edited unit from what the host keeps", async () => {
    await host.sh("echo broken > /opt/flower-monitoring/current/etc/flower-exporter.json");
    await host.sh("echo '# mine' >> /etc/systemd/system/flower-monitoring-node-exporter.service");

    expect(await host.bootstrap(otherFlag)).toMatchObject({ code: 0, stderr: "" });

    expect(await host.sh("cat /opt/flower-monitoring/current/etc/*.json")).toContain("control_api");
    expect(await host.sh("cat /etc/systemd/system/flower-monitoring-*")).not.toContain("# mine");
    expect((await host.bootstrap(otherFlag)).stdout).toContain("changed=0");
  });

  it("starts a stopped exporter and leaves the other alone", async () => {
    const node = await host.mainPid("node-exporter");
    await host.sh("systemctl stop flower-monitoring-flower-exporter");

    expect((await host.bootstrap(otherFlag)).stdout).toContain("changed=1");

    expect(await host.mainPid("node-exporter")).toBe(node);
  });

  it("lets one installer in at a time; the second waits and then finds nothing to do", async () => {
    await host.copy(first);

    const both = await Promise.all([host.bootstrap(first), host.bootstrap(first)]);

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

  it("says how to get a bundle that is nowhere on the host", async () => {
    const outcome = await host.bootstrap(otherFlag);

    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toBe(
      "flower-monitoring: h1: bundle: its file is not here (was this host set up anew?); " +
        "copy it again: pulumi up --replace '**::h1-bundle'\n",
    );
  });

  it("leaves the host as it was when removed, also when asked twice", async () => {
    expect(await host.bootstrap(first, "remove")).toMatchObject({ code: 0 });
    expect(await host.listing()).toBe(before);

    expect(await host.bootstrap(first, "remove")).toMatchObject({ code: 0, stderr: "" });
    expect(await host.listing()).toBe(before);
  });

  it("downloads what the bundle does not carry, and nothing but those bytes", async () => {
    const carried = await makeBundle("supernode");
    await host.copy(carried);
    const sum = await host.sh(`
      mkdir -p /tmp/www/release && cd /tmp/www && rm -f release.tar.gz
      gzip -dc /root/.flower-monitoring-*.tar.gz | tar -xf - -C release --strip-components=1 bin/node_exporter
      tar -czf release.tar.gz release && rm /root/.flower-monitoring-*
      systemd-run -q --unit=www --working-directory=/tmp/www python3 -m http.server 8099 && sleep 2
      sha256sum < release.tar.gz | cut -d' ' -f1`);
    const url = "http://127.0.0.1:8099/release.tar.gz";

    const other = await downloadingBundle(url, "0".repeat(64));
    await host.copy(other);
    expect((await host.bootstrap(other)).stderr).toContain(
      `install: ${url} does not have the SHA-256 000`,
    );
    expect(await host.sh("ls -A /opt")).toBe("flower");

    const right = await downloadingBundle(url, sum);
    expect(await host.install(right)).toBe(`ok host=h1 bundle=${right.id} changed=2`);
    await host.sh("systemctl stop www; rm -r /tmp/www");
    expect((await host.bootstrap(right)).stdout).toContain("changed=0");
    await host.bootstrap(right, "remove");
  });

  it("works for a user with sudo, from that user's home", async () => {
    await host.sh(`useradd -m ops; echo 'ops ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ops`);
    const supernode = await makeBundle("supernode");
    await host.copy(supernode, "/home/ops");
    const script = bootstrapScript({ name: "h1", address: host.address }, supernode);

    const outcome = await host.try(
      `su - ops -c 'exec sudo -n timeout 300 sh -s -- install' <<'END_OF_BOOTSTRAP'\n${script}\nEND_OF_BOOTSTRAP\n`,
    );

    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toBe(`ok host=h1 bundle=${supernode.id} changed=2\n`);
  });
});
