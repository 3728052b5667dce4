/** A real Prometheus on loopback, with the configuration that the program renders. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderPrometheusConfig, TARGETS_PATH } from "../../components/render/prometheus-config";
import { eventually } from "../observe";
import { prometheusTools } from "../toolchain/prometheus";
import { freePort } from "./free-port";

export interface PrometheusServer {
  url: string;
  directory: string;
  stop(): Promise<void>;
}

export interface PrometheusServerArgs {
  /** Alertmanager as `host:port`; nothing need be there. */
  alertmanager: string;
  /** A rule file's text. */
  rules: string;
  /** Targets in file_sd's form, by job. */
  targets: Record<string, { targets: string[]; labels: Record<string, string> }[]>;
}

/** Scrapes and evaluates each second; also itself and Alertmanager, as on the monitoring VM. */
export async function startPrometheus({
  alertmanager,
  rules,
  targets,
}: PrometheusServerArgs): Promise<PrometheusServer> {
  const { prometheus } = await prometheusTools();
  const directory = mkdtempSync(join(tmpdir(), "flower-monitoring-prometheus-"));
  const address = `127.0.0.1:${await freePort()}`;
  const here = join(directory, "targets");
  const configuration = renderPrometheusConfig({
    federation: "demo",
    scrapeInterval: "1s",
    scrapeIntervalSeconds: 1,
    alertmanager,
    services: [
      { job: "prometheus", target: address },
      { job: "alertmanager", target: alertmanager },
    ],
    platform: {},
    fileJobs: Object.keys(targets),
    rules: [{ path: "rules/flower-monitoring.yml", content: rules }],
  });
  const files = [
    ...configuration.map(({ path, content }) => [path, content.replaceAll(TARGETS_PATH, here)]),
    ...Object.entries(targets).map(([job, list]) => [`targets/${job}.json`, JSON.stringify(list)]),
  ] as [string, string][];
  for (const [path, content] of files) {
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
  const url = `http://${address}`;
  await eventually(
    "Prometheus is ready",
    15,
    async () => {
      if (server.exitCode !== null) {
        throw new Error(
          `prometheus ended with ${server.exitCode}:\n${readFileSync(join(directory, "prometheus.yml"), "utf8")}`,
        );
      }
      return (await fetch(`${url}/-/ready`)).ok;
    },
    (ready) => ready,
  );
  return {
    url,
    directory,
    async stop() {
      const ended = once(server, "exit");
      server.kill();
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}
