import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busybox } from "../../lab/images/busybox";
import { run } from "../../runner/run";
import { prometheusTools } from "../../lab/toolchain/prometheus";
import { EVALUATION_SECONDS } from "../../rules/evaluation";
import { thresholdsOf } from "../../rules/thresholds";
import { FLOWER, makeBundle, type TestBundle } from "./host-bundles.kit";
import { drift, facts, FACTS, metric, number, ours } from "./host-drift.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

const RELEASE = "/opt/flower-monitoring/current";
const UNITS = "/etc/systemd/system";
const TIMER = "flower-monitoring-facts.timer";

describe("how a host tells what differs", () => {
  let host: TestHost;
  let bundle: TestBundle;

  beforeAll(async () => {
    host = await TestHost.start();
    const control = { address: "127.0.0.1:8000", insecure: true };
    bundle = await makeBundle("superlink", undefined, {
      flower: { ...FLOWER, hook: true, control },
    });
    await host.install(bundle);
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  const repair = async (): Promise<void> => {
    expect(await host.session(bundle)).toMatchObject({ code: 0, stderr: "" });
  };

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
    const pause = Number(thresholdsOf().hostDriftFor.replace("s", ""));
    expect(Math.max(seconds, 31) + scrape + EVALUATION_SECONDS + pause).toBeLessThan(120);
  });

  it("whose facts have stopped grow old, by the host's own clock", async () => {
    const limit = thresholdsOf().factsAgeSeconds;
    const age = async (): Promise<number> => {
      const text = await host.metrics(9100);
      const written = number(text, "flower_monitoring_facts_timestamp_seconds");
      return number(text, "node_time_seconds") - written;
    };
    await host.sh(`systemctl stop ${TIMER}`);
    const stopped = Date.now();
    // A run that had begun may still write.
    while ((await age()) <= limit) {
      expect(Date.now() - stopped).toBeLessThan((limit + 60) * 1000);
      await new Promise((done) => setTimeout(done, 1000));
    }
    expect(Date.now() - stopped).toBeGreaterThan((limit - 31) * 1000);
    await repair();
    expect(await age()).toBeLessThan(limit);
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
});
