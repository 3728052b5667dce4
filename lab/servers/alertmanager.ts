/** A real Alertmanager on loopback, with the configuration that the program pushes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AlertingConfig } from "../../components/config/schema";
import { renderAlertmanagerConfig } from "../../components/render/alertmanager-config";
import type { AlertmanagerPaths } from "../../components/render/alertmanager-receivers";
import { eventually } from "../observe";
import { getJson } from "../../runner/status/ask";
import { alertmanagerTools } from "../toolchain/prometheus";
import { freePort } from "./free-port";

export interface PostedAlert {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
}

/** An alert as Alertmanager's API tells it. */
export interface SeenAlert {
  labels: Record<string, string>;
  status: { state: "unprocessed" | "active" | "suppressed"; inhibitedBy: string[] };
}

export interface AlertmanagerServer {
  url: string;
  /** Directory with amtool. */
  bin: string;
  logFile: string;
  paths: AlertmanagerPaths;
  post(alerts: PostedAlert[]): Promise<void>;
  /** Alerts that match a filter such as `federation="demo"`. */
  alerts(filter: string): Promise<SeenAlert[]>;
  stop(): Promise<void>;
}

/** Settings in which nobody is told of anything; a test replaces what it is about. */
export const QUIET: AlertingConfig = {
  evaluator: "prometheus",
  receivers: [{ name: "nobody", verify: false, webhook: { url: "http://127.0.0.1:9/" } }],
  defaultReceiver: "nobody",
  routing: {},
  sites: {},
  thresholds: {},
  routes: [],
  muteTimings: [],
  groupBy: ["alertname", "federation"],
  timing: { groupWait: "1s", groupInterval: "5s", repeatInterval: "1h" },
  runbooksUrl: "https://example.org/runbooks.md",
};

/** Puts a configuration and its secrets into a directory, as the program puts them into its volume. */
export async function writeConfiguration(
  directory: string,
  alerting: AlertingConfig,
  secrets: Record<string, string> = {},
): Promise<AlertmanagerPaths> {
  const paths = { secrets: join(directory, "secrets"), config: join(directory, "current") };
  const files = renderAlertmanagerConfig(alerting, paths);
  const all = [
    ...files.map(({ path, content }) => [join(paths.config, path), content] as const),
    ...Object.entries(secrets).map(([key, text]) => [join(paths.secrets, key), text] as const),
  ];
  for (const [path, content] of all) {
    await mkdir(dirname(path), { recursive: true });
    // The push ends each file with a line break, secrets too.
    await writeFile(path, content.endsWith("\n") ? content : `${content}\n`);
    if (path.startsWith(paths.secrets)) await chmod(path, 0o600);
  }
  return paths;
}

export async function startAlertmanager(
  alerting: AlertingConfig,
  secrets: Record<string, string> = {},
): Promise<AlertmanagerServer> {
  const { alertmanager, amtool } = await alertmanagerTools();
  const directory = await mkdtemp(join(tmpdir(), "flower-monitoring-alertmanager-"));
  const paths = await writeConfiguration(directory, alerting, secrets);
  const logFile = join(directory, "log");
  const log = createWriteStream(logFile);
  await once(log, "open");
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const server = spawn(
    alertmanager.path,
    [
      `--config.file=${join(paths.config, "alertmanager.yml")}`,
      `--storage.path=${join(directory, "data")}`,
      `--web.listen-address=${address}`,
      `--web.external-url=http://alertmanager.example.org:9093`,
      "--cluster.listen-address=",
      "--enable-feature=receiver-name-in-metrics",
    ],
    { stdio: ["ignore", log, log] },
  );
  await eventually(
    "Alertmanager is ready",
    15,
    async () => {
      if (server.exitCode !== null) throw new Error(readFileSync(logFile, "utf8"));
      return (await fetch(`${url}/-/ready`)).ok;
    },
    (ready) => ready,
  );
  return {
    url,
    bin: dirname(amtool.path),
    logFile,
    paths,
    async post(alerts) {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify(alerts);
      const answer = await fetch(`${url}/api/v2/alerts`, { method: "POST", headers, body });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async alerts(filter) {
      const path = `/api/v2/alerts?filter=${encodeURIComponent(filter)}`;
      return (await getJson(url + path)) as SeenAlert[];
    },
    async stop() {
      const ended = once(server, "exit");
      server.kill();
      await ended;
      log.end();
      await rm(directory, { recursive: true });
    },
  };
}
