import type { DashboardContext } from "../dashboards";
import { alertGroups, prometheusOwn } from "../rules";
import type { AlertGroup, Inventory, WantedBundle } from "../rules";
import type { Links } from "../rules/annotations";
import { renderPrometheusRules } from "../rules/prometheus-rules";
import { thresholdsOf } from "../rules/thresholds";
import { durationSeconds } from "./config/durations";
import type { CoreConfig } from "./config/schema";
import type { DeployedHost } from "./fleet";
import type { ConfigFile } from "./render/config-push";
import { shortHash } from "./render/shell";

/** Each alert belongs to exactly one of the two: nothing is sent twice, nothing never. */
export interface Alerting {
  /** Rule files for Prometheus; recording rules, what it alone evaluates and the user's own rules are always there. */
  prometheus: ConfigFile[];
  /** Groups for Grafana. */
  grafana: AlertGroup[];
}

/** Hands the alerts to the evaluator that the stack names. */
export function alerting(config: CoreConfig, hosts: DeployedHost[]): Alerting {
  const inventory = inventoryOf(config, hosts);
  const groups = alertGroups(inventory);
  const always = prometheusOwn(inventory);
  const ours = [
    {
      path: "rules/recording.yml",
      content: renderPrometheusRules([], links(config), always.records),
    },
    { path: "rules/always.yml", content: renderPrometheusRules(always.alerts, links(config)) },
  ];
  const own = config.alerting.rulesFile;
  const ownFiles = own === undefined ? [] : [{ path: "rules/own.yml", content: own.content }];
  switch (config.alerting.evaluator) {
    case "prometheus":
      return {
        prometheus: [
          ...ours,
          {
            path: "rules/flower-monitoring.yml",
            content: renderPrometheusRules(groups, links(config)),
          },
          ...ownFiles,
        ],
        grafana: [],
      };
    case "grafana":
      return { prometheus: [...ours, ...ownFiles], grafana: groups };
  }
}

function inventoryOf(config: CoreConfig, hosts: DeployedHost[]): Inventory {
  return {
    federation: config.federation,
    hosts: hosts.filter(({ signals }) => signals.length > 0),
    bundles: wantedBundles(hosts),
    platform: platformOf(config),
    ownGrafana: config.grafana === undefined,
    evaluator: config.alerting.evaluator,
    scrapeIntervalSeconds: config.scrapeIntervalSeconds,
    retentionSeconds: durationSeconds(config.retention) ?? 0,
    thresholds: thresholdsOf(config.alerting.thresholds),
  };
}

function platformOf({ platform: { api, mongodb } }: CoreConfig): Inventory["platform"] {
  return { ...(api === undefined ? {} : { api: api.metrics }), mongodb: mongodb !== undefined };
}

/** What a stack's dashboards depend on. */
export function dashboardContext(config: CoreConfig): DashboardContext {
  return {
    thresholds: thresholdsOf(config.alerting.thresholds),
    platform: platformOf(config),
  };
}

/** Hosts by bundle, as hosts report it. */
function wantedBundles(all: DeployedHost[]): WantedBundle[] {
  const hosts = new Map<string, string[]>();
  for (const { name, bundleHash } of all) {
    const hash = shortHash(bundleHash);
    hosts.set(hash, [...(hosts.get(hash) ?? []), name]);
  }
  return [...hosts.entries()].map(([hash, names]) => ({ hash, hosts: names }));
}

/** Links that every alert carries. */
export function links({ monitoring, grafana, alerting: { runbooksUrl } }: CoreConfig): Links {
  const { address, ports } = monitoring;
  return { runbooks: runbooksUrl, grafana: grafana?.url ?? `http://${address}:${ports.grafana}` };
}
