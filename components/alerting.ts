import { alertGroups, prometheusOwn, type AlertGroup, type WantedBundle } from "../rules";
import type { Links } from "../rules/annotations";
import { renderPrometheusRules } from "../rules/prometheus-rules";
import type { StackConfig } from "./config/schema";
import type { ConfigFile } from "./render/config-push";
import { shortHash } from "./render/shell";

/** Each alert belongs to exactly one of the two: nothing is sent twice, nothing never. */
export interface Alerting {
  /** Rule files for Prometheus; recording rules and the user's own rules are always there. */
  prometheus: ConfigFile[];
  /** Groups for Grafana. */
  grafana: AlertGroup[];
}

/** A host, and the bundle that it should run. */
export interface WantedHost {
  name: string;
  /** SHA-256 in hex. */
  bundleHash: string;
}

/** Hands the alerts to the evaluator that the stack names. */
export function alerting(config: StackConfig, fleet: WantedHost[]): Alerting {
  const inventory = {
    federation: config.federation,
    supernodes: config.hosts.filter(({ role }) => role === "supernode").map(({ name }) => name),
    bundles: wantedBundles(fleet),
  };
  const groups = alertGroups(inventory);
  const { records } = prometheusOwn(inventory);
  const recording = {
    path: "rules/recording.yml",
    content: renderPrometheusRules([], links(config), records),
  };
  const own = config.alerting.rulesFile;
  const ownFiles = own === undefined ? [] : [{ path: "rules/own.yml", content: own.content }];
  switch (config.alerting.evaluator) {
    case "prometheus":
      return {
        prometheus: [
          recording,
          {
            path: "rules/flower-monitoring.yml",
            content: renderPrometheusRules(groups, links(config)),
          },
          ...ownFiles,
        ],
        grafana: [],
      };
    case "grafana":
      return { prometheus: [recording, ...ownFiles], grafana: groups };
  }
}

/** Hosts by bundle, as hosts report it, in the order of their names. */
function wantedBundles(fleet: WantedHost[]): WantedBundle[] {
  const hosts = new Map<string, string[]>();
  const sorted = [...fleet].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, bundleHash } of sorted) {
    const hash = shortHash(bundleHash);
    hosts.set(hash, [...(hosts.get(hash) ?? []), name]);
  }
  return [...hosts.entries()].map(([hash, names]) => ({ hash, hosts: names }));
}

/** Links that every alert carries. */
export function links(config: StackConfig): Links {
  const { address, ports } = config.monitoring;
  return { runbooks: config.alerting.runbooksUrl, grafana: `http://${address}:${ports.grafana}` };
}
