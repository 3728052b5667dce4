/** Recorded scrapes, served again as the targets of federations that look real to Prometheus. */
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AddressInfo } from "node:net";
import { alertGroups, prometheusOwn } from "../../rules";
import { renderPrometheusRules } from "../../rules/prometheus-rules";
import { QUIET, startAlertmanager } from "../servers/alertmanager";
import { startPrometheus } from "../servers/prometheus";
import { inventory, links } from "./inventory";

const SCRAPES = resolve(__dirname, "../../test/fixtures/scrapes");

/** Hosts of a federation, and what each of them serves, by job. */
type Hosts = Record<string, Record<string, string>>;

/** node_exporter serves what a host tells of itself with its own. */
const NODE = { node: "node-exporter+host-facts" };
const superlink = (flower: string): Hosts => ({ superlink: { ...NODE, flower } });

/** Federations whose names say what happens there. SuperNodes have the names of their hosts. */
const FEDERATIONS: Record<string, Hosts> = {
  stalled: {
    ...superlink("flower-hook-stalled"),
    well: { ...NODE, dcgm: "dcgm-stand-in", cadvisor: "cadvisor" },
    killed: NODE,
    // Nobody serves a recording of this name.
    stopped: { node: "silent" },
  },
  // The stack's own, in which promises are measured.
  [inventory.federation]: {
    ...superlink("flower-hook-running"),
    platform: { api: "api", mongodb: "mongodb" },
  },
  faults: superlink("flower-hook-faults"),
  apis: superlink("flower-hook-apis"),
  "without-hook": superlink("flower-finished"),
};

/** Seconds in which a counter doubles what it had when it was recorded. */
const DOUBLES = 60;

/** Of a second, what a counter of seconds grows at most: nothing is busy for longer than time passes. */
const BUSY = 0.3;

/**
 * A scrape some time after it was recorded: its counters have grown, so that rates are not all zero.
 * Times of samples, which cAdvisor gives, are left to Prometheus.
 */
export function later(scrape: string, seconds: number): string {
  const counters = new Set<string>();
  return scrape
    .split("\n")
    .map((line) => {
      const [, name, type] = /^# TYPE (\S+) (\S+)/.exec(line) ?? [];
      // What has no type is the kernel's, and mostly counts.
      if (name !== undefined && type !== "gauge") {
        for (const suffix of ["", "_total", "_bucket", "_sum", "_count"])
          counters.add(name + suffix);
      }
      const [, series, metric, value] = /^((\w+)(?:\{.*\})?) (\S+)(?: \d+)?$/.exec(line) ?? [];
      if (series === undefined || metric === undefined || value === undefined) return line;
      if (!counters.has(metric)) return `${series} ${value}`;
      const was = Number(value);
      const grown = was * (1 + seconds / DOUBLES);
      return `${series} ${metric.endsWith("_seconds_total") ? Math.min(grown, was + BUSY * seconds) : grown}`;
    })
    .join("\n");
}

/** Critical alerts fire at once and the others never, so that some are in each state. */
const impatient = alertGroups(inventory).map((group) => ({
  ...group,
  alerts: group.alerts.map((alert) => ({
    ...alert,
    for: alert.severity === "critical" ? "1s" : "1h",
  })),
}));

/** Records of promises over ten minutes, of which a minute is a second. */
const records = prometheusOwn({ ...inventory, retentionSeconds: 600 }).records.map(
  ({ name, rules }) => ({ name, rules }),
);

export interface Replay {
  url: string;
  stop(): Promise<void>;
}

/** A Prometheus that scrapes all of it, with the rules of a stack that has inventory. */
export async function startReplay(): Promise<Replay> {
  const began = Date.now();
  const server = createServer((request, response) => {
    const names = (request.url ?? "").slice(1).split("+");
    if (names.includes("silent")) {
      response.statusCode = 500;
      response.end();
      return;
    }
    const text = names.map((name) => readFileSync(join(SCRAPES, `${name}.txt`), "utf8")).join("");
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(later(text, (Date.now() - began) / 1000));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const alertmanager = await startAlertmanager(QUIET);
  const prometheus = await startPrometheus({
    alertmanager: new URL(alertmanager.url).host,
    rules: renderPrometheusRules(impatient, links, records),
    targets: targetsAt(address),
  });
  return {
    url: prometheus.url,
    async stop() {
      await prometheus.stop();
      await alertmanager.stop();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Roles as targets of a stack have them; SuperNodes are on sites. */
function placeOf(host: string): Record<string, string> {
  if (host === "superlink" || host === "platform") return { role: host };
  return { role: "supernode", site: `site-${host}` };
}

/** Each host has a name of its own as address: all are the one server here, told apart by `instance`. */
function targetsAt(address: string): Parameters<typeof startPrometheus>[0]["targets"] {
  const all = Object.entries(FEDERATIONS).flatMap(([federation, hosts]) =>
    Object.entries(hosts).flatMap(([host, exporters]) =>
      Object.entries(exporters).map(([job, scrape]) => ({
        job,
        targets: [address],
        labels: {
          __metrics_path__: `/${scrape}`,
          instance: `${host}.${federation}:${job}`,
          federation,
          host,
          ...placeOf(host),
        },
      })),
    ),
  );
  return Object.fromEntries(
    [...new Set(all.map(({ job }) => job))].map((job) => [
      job,
      all.filter((one) => one.job === job).map(({ targets, labels }) => ({ targets, labels })),
    ]),
  );
}
