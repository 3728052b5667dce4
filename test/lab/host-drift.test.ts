import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { versions } from "../../components/versions";
import { busybox } from "../../lab/images/busybox";
import { run } from "../../lab/run";
import { prometheusTools } from "../../lab/toolchain/prometheus";
import { EVALUATION_SECONDS } from "../../rules/grafana-rules";
import { thresholds } from "../../rules/thresholds";
import { FLOWER, makeBundle, type TestBundle } from "./host-bundles.kit";
import { drift, facts, FACTS, metric, number, ours } from "./host-drift.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

const RELEASE = "/opt/flower-monitoring/current";
const UNITS = "/etc/systemd/system";
const PTH = "/opt/flower/lib/python3.11/site-packages/flower-monitoring.pth";
const TIMER = "flower-monitoring-facts.timer";

/** A CA and a chain whose second certificate ends first. */
const CERTIFICATES = `
mkdir -p /etc/flower && cd /etc/flower
for days in 3650 90 30; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj /CN=$days \\
    -keyout /dev/null -out $days.crt 2>/dev/null
done
mv 3650.crt ca.crt
cat 90.crt 30.crt > chain.crt`;

// In order: each test starts from what the one before left, as a host's life does.
describe("a host that was changed by hand", () => {
  let host: TestHost;
  let before: string;
  let bundle: TestBundle;

  beforeAll(async () => {
    host = await TestHost.start();
    await host.sh(CERTIFICATES);
    before = await host.listing();
    const control = { address: "127.0.0.1:8000", caFile: "/etc/flower/ca.crt", insecure: false };
    const certificates = ["/etc/flower/chain.crt", "/etc/flower/none.crt", "/etc/hostname"];
    bundle = await makeBundle("superlink", undefined, {
      flower: { ...FLOWER, hook: true, control, certificates },
    });
    await host.install(bundle);
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  const repair = async (): Promise<void> => {
    expect(await host.session(bundle)).toMatchObject({ code: 0, stderr: "" });
  };

  it("differs in nothing before", async () => {
    const lines = await facts(host);

    expect(drift(lines)).toEqual([]);
    expect(metric(lines, "part_up").sort()).toEqual([
      '{part="facts",unit="flower-monitoring-facts.timer"} 1',
      '{part="flower-exporter",unit="flower-monitoring-flower-exporter.service"} 1',
      '{part="node-exporter",unit="flower-monitoring-node-exporter.service"} 1',
    ]);
    expect(metric(lines, "part_info")).toHaveLength(3);
    expect(metric(lines, "installer_running")).toEqual(["0"]);
    expect(metric(lines, "bundle_info")).toEqual([`{hash="${bundle.id}",version="0.1.0"} 1`]);
    const [written] = metric(lines, "facts_timestamp_seconds");
    expect(Number(await host.sh("date +%s")) - Number(written)).toBeLessThan(3);
  });

  it("tells Flower's version, and when certificates expire, the first of a chain", async () => {
    const lines = await facts(host);

    expect(metric(lines, "flower_info")).toEqual([`{version="${versions.flower}"} 1`]);
    const expiry = (file: string) =>
      host.sh(
        `date -d "$(openssl x509 -noout -enddate -in /etc/flower/${file} | cut -d= -f2)" +%s`,
      );
    expect(metric(lines, "certificate_expiry_timestamp_seconds")).toEqual([
      `{path="/etc/flower/ca.crt"} ${await expiry("ca.crt")}`,
      `{path="/etc/flower/chain.crt"} ${await expiry("30.crt")}`,
    ]);
    expect(metric(lines, "fact_missing")).toEqual([
      '{fact="certificate:/etc/flower/none.crt",reason="no such file"} 1',
      '{fact="certificate:/etc/hostname",reason="not a PEM certificate"} 1',
    ]);
  });

  it("follows a certificate that is renewed", async () => {
    await host.sh("cp -p /etc/flower/90.crt /etc/flower/chain.crt");

    const lines = await facts(host);

    const days =
      (Number(metric(lines, "certificate_expiry_timestamp_seconds")[1]?.split(" ")[1]) -
        Date.now() / 1000) /
      86400;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThan(90);
    await host.sh("cd /etc/flower; cat 90.crt 30.crt > chain.crt");
  });

  it.each<[what: string, change: string, ...differences: string[]]>([
    [
      "a unit is edited",
      `echo '# mine' >> ${UNITS}/flower-monitoring-node-exporter.service`,
      "node-exporter reload-needed",
      "node-exporter unit-edited",
    ],
    [
      "a unit is edited and in use",
      `sed -i 's/^Nice=10/Nice=0/' ${UNITS}/flower-monitoring-node-exporter.service
       systemctl daemon-reload; systemctl restart flower-monitoring-node-exporter`,
      "node-exporter unit-edited",
    ],
    [
      "the facts' own service is edited",
      `echo '# mine' >> ${UNITS}/flower-monitoring-facts.service; systemctl daemon-reload`,
      "facts unit-edited",
    ],
    [
      "a unit is removed",
      `rm ${UNITS}/flower-monitoring-flower-exporter.service; systemctl daemon-reload`,
      "flower-exporter disabled",
      "flower-exporter unit-edited",
    ],
    [
      "a service is stopped",
      "systemctl stop flower-monitoring-flower-exporter",
      "flower-exporter stopped",
    ],
    [
      "a service is disabled",
      "systemctl -q disable flower-monitoring-flower-exporter",
      "flower-exporter disabled",
    ],
    [
      "a file of a part is removed",
      `rm ${RELEASE}/lib/flower_monitoring/exporter/__main__.py`,
      "flower-exporter payload",
    ],
    ["a file of the installer is removed", `rm ${RELEASE}/steps/verify.sh`, "installer payload"],
    [
      "a program is exchanged for one of the same size and time",
      `cd ${RELEASE}/bin && cp -p node_exporter mine && printf X | dd of=mine bs=1 seek=9999 conv=notrunc 2>/dev/null
       touch -r node_exporter mine && mv mine node_exporter`,
      "node-exporter payload",
    ],
    ["the .pth file is removed", `rm ${PTH}`, "hook pth"],
    ["the .pth file is edited", `echo 'import os' >> ${PTH}`, "hook pth"],
    [
      "a file of the hook is edited",
      "echo '# mine' >> /opt/flower-monitoring/hook/current/flower_monitoring/hook/boot.py",
      "hook payload",
    ],
    [
      "an exporter is given another address",
      `sed -i s/^FM_LISTEN=.*/FM_LISTEN=127.0.0.1/ ${RELEASE}/host.env`,
      "facts address",
      "flower-exporter address",
      "node-exporter address",
    ],
    [
      "a release is not the one that was verified",
      "echo other > /var/lib/flower-monitoring/good",
      "installer release",
    ],
    ["the facts' timer is stopped", `systemctl stop ${TIMER}`, "facts stopped"],
  ])(
    "%s: told with part and reason, and the installer repairs it",
    async (_what, change, ...differences) => {
      await host.sh(change);

      expect(drift(await facts(host))).toEqual(differences);

      await repair();
      expect(drift(await facts(host))).toEqual([]);
    },
  );

  it("has nothing left to repair then", async () => {
    expect((await host.session(bundle)).stdout).toContain("changed=0");
  });

  it("says in the journal once what differs, and once that nothing does any more", async () => {
    const since = await host.sh("date '+%F %T'; sleep 1");
    await host.sh("systemctl stop flower-monitoring-flower-exporter");
    await facts(host);
    await facts(host);
    await repair();
    await facts(host);

    const told = await host.sh(
      `journalctl -q --no-pager -o cat -u flower-monitoring-facts.service --since '${since}'`,
    );
    expect(told.split("\n")).toEqual([
      "flower-exporter stopped flower-monitoring-flower-exporter.service",
      "nothing differs any more",
    ]);
  });

  it("is silent while an installer works, and no unit that is being restarted is called stopped", async () => {
    await host.sh("systemctl stop flower-monitoring-flower-exporter");
    const during = await host.sh(
      `flock /etc/systemd/system systemctl start flower-monitoring-facts.service; cat ${FACTS}`,
    );
    expect(drift(ours(during))).toEqual([]);
    expect(metric(ours(during), "installer_running")).toEqual(["1"]);

    await host.sh("(sleep 1; systemctl start flower-monitoring-flower-exporter) >/dev/null 2>&1 &");
    expect(drift(await facts(host))).toEqual([]);
    await repair();
  });

  it("is noticed within two minutes by the timer alone", async () => {
    await host.sh(`echo '# mine' >> ${UNITS}/flower-monitoring-node-exporter.service`);
    const edited = Date.now();
    while (drift(ours(await host.metrics(9100))).length === 0) {
      expect(Date.now() - edited).toBeLessThan(60_000);
      await new Promise((done) => setTimeout(done, 500));
    }
    const seconds = (Date.now() - edited) / 1000;
    await repair();

    // What comes on top at most: a scrape and an evaluation just missed, and the alert's own pause.
    const scrape = 15;
    const pause = Number(thresholds.hostDriftFor.replace("s", ""));
    expect(Math.max(seconds, 31) + scrape + EVALUATION_SECONDS + pause).toBeLessThan(120);
  });

  it("whose facts have stopped grow old, by the host's own clock", async () => {
    await host.sh(`systemctl stop ${TIMER}`);
    await new Promise((done) => setTimeout(done, (thresholds.factsAgeSeconds + 2) * 1000));

    const text = await host.metrics(9100);
    const age =
      number(text, "node_time_seconds") - number(text, "flower_monitoring_facts_timestamp_seconds");
    expect(age).toBeGreaterThan(thresholds.factsAgeSeconds);
    await repair();
    const again = await host.metrics(9100);
    expect(
      number(again, "node_time_seconds") -
        number(again, "flower_monitoring_facts_timestamp_seconds"),
    ).toBeLessThan(thresholds.factsAgeSeconds);
  });

  it("is told in the same words by dash, bash and busybox with its own commands", async () => {
    await host.put(await busybox(), "/usr/local/bin/busybox");
    await host.sh("mkdir /run/applets; busybox --install -s /run/applets");
    await host.sh(
      `rm ${RELEASE}/steps/verify.sh; systemctl stop flower-monitoring-flower-exporter ${TIMER}`,
    );
    const tell = (shell: string, path: string) =>
      host.sh(`rm -rf /var/lib/flower-monitoring/facts ${FACTS}
        PATH=${path} ${shell} ${RELEASE}/facts.sh >/dev/null 2>/run/complaints; cat /run/complaints; grep -v timestamp_seconds\\ 1 ${FACTS}`);

    const path = "/usr/sbin:/usr/bin:/sbin:/bin";
    const dash = await tell("dash", path);
    expect(drift(ours(dash))).toEqual([
      "facts stopped",
      "flower-exporter stopped",
      "installer payload",
    ]);
    expect(await tell("bash", path)).toBe(dash);
    expect(await tell("/run/applets/sh", `/run/applets:${path}`)).toBe(dash);
    await host.sh("rm -r /run/applets /usr/local/bin/busybox");
    await repair();
  });

  it("costs less than a hundredth of a core", async () => {
    await facts(host);
    const times = await host.sh(
      `bash -c 'for i in $(seq 10); do sh ${RELEASE}/facts.sh; done; times' | tail -n 1`,
    );
    const seconds = [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
      0,
    );
    process.stdout.write(`facts: ${Math.round(seconds * 100)} ms of CPU time for each run\n`);
    expect(seconds / 10).toBeLessThan(0.3);
  });

  it("serves metrics that promtool finds nothing wrong with", async () => {
    const { promtool } = await prometheusTools();
    await host.sh("systemctl stop flower-monitoring-flower-exporter");
    await facts(host);
    const input = `${await host.sh("cat /var/lib/flower-monitoring/textfile/*.prom")}\n`;
    expect(input).toContain("flower_monitoring_host_drift{");

    expect(await run(promtool.path, ["check", "metrics"], { input })).toMatchObject({
      stdout: "",
      stderr: "",
    });
    expect(number(await host.metrics(9100), "node_textfile_scrape_error")).toBe(0);
  });

  it("is as it was before when all is taken away", async () => {
    expect(await host.session(bundle, "remove")).toMatchObject({ code: 0, stderr: "" });
    expect(await host.listing()).toBe(before);
  });
});
