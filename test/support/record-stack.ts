/** Scrapes of Prometheus and Alertmanager themselves, run here with the files that the program renders. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderPrometheusConfig } from "../../components/render/prometheus-config";
import { eventually } from "../../lab/observe";
import { prometheusTools } from "../../lab/toolchain/prometheus";
import { alertGroups, prometheusOwn } from "../../rules";
import { renderPrometheusRules } from "../../rules/prometheus-rules";
import { bare, links } from "../rules/alert-case";
import { QUIET, startAlertmanager } from "./alertmanager-server";
import { freePort } from "./sshd";

/** Where the files are on the monitoring VM; a scrape names them. */
const DEPLOYED = "/etc/prometheus/current";

const metrics = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

/** Both scrapes, once Prometheus has told an alert and Alertmanager has tried in vain to tell it on. */
export async function stackScrapes(): Promise<{ prometheus: string; alertmanager: string }> {
  const alertmanager = await startAlertmanager(QUIET);
  const prometheus = await startPrometheus(new URL(alertmanager.url).host);
  try {
    await alertmanager.post([{ labels: { alertname: "Any", severity: "warning" } }]);
    return {
      prometheus: await scraped(prometheus.url, /^prometheus_notifications_sent_total\{.*\} [1-9]/m)
        .then((text) => text.replaceAll(prometheus.directory, DEPLOYED))
        .then((text) => text.replaceAll(alertmanager.url, "http://alertmanager:9093")),
      alertmanager: await scraped(
        alertmanager.url,
        /^alertmanager_notifications_failed_total\{.*\} [1-9]/m,
      ),
    };
  } finally {
    await prometheus.stop();
    await alertmanager.stop();
  }
}

/** What it serves once the pattern is in it. */
function scraped(url: string, pattern: RegExp): Promise<string> {
  const ask = (): Promise<string> => metrics(url);
  return eventually(`${url} serves ${String(pattern)}`, 120, ask, (text) => pattern.test(text));
}

async function startPrometheus(
  alertmanager: string,
): Promise<{ url: string; directory: string; stop: () => Promise<void> }> {
  const { prometheus } = await prometheusTools();
  const directory = mkdtempSync(join(tmpdir(), "flower-monitoring-prometheus-"));
  const address = `127.0.0.1:${await freePort()}`;
  const rules = renderPrometheusRules(alertGroups(bare), links, prometheusOwn(bare).records);
  const files = renderPrometheusConfig({
    federation: "demo",
    scrapeInterval: "1s",
    scrapeIntervalSeconds: 1,
    alertmanager,
    services: [
      { job: "prometheus", target: address },
      { job: "alertmanager", target: alertmanager },
    ],
    fileJobs: ["node"],
    rules: [{ path: "rules/flower-monitoring.yml", content: rules }],
  });
  for (const { path, content } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const server = spawn(
    prometheus.path,
    [
      `--config.file=${join(directory, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(directory, "data")}`,
      "--storage.tsdb.retention.time=1d",
      `--web.listen-address=${address}`,
    ],
    { stdio: "ignore" },
  );
  return {
    url: `http://${address}`,
    directory,
    async stop() {
      const ended = once(server, "exit");
      server.kill();
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}
