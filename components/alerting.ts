import { alertGroups, type AlertGroup } from "../rules";
import type { Links } from "../rules/annotations";
import { renderPrometheusRules } from "../rules/prometheus-rules";
import type { StackConfig } from "./config/schema";
import type { ConfigFile } from "./render/config-push";

/** Each alert belongs to exactly one of the two: nothing is sent twice, nothing never. */
export interface Alerting {
  /** Rule files for Prometheus; the user's own rules are always there. */
  prometheus: ConfigFile[];
  /** Groups for Grafana. */
  grafana: AlertGroup[];
}

/** Hands the alerts to the evaluator that the stack names. */
export function alerting(config: StackConfig): Alerting {
  const groups = alertGroups({
    federation: config.federation,
    supernodes: config.hosts.filter(({ role }) => role === "supernode").map(({ name }) => name),
  });
  const own = config.alerting.rulesFile;
  const ownFiles = own === undefined ? [] : [{ path: "rules/own.yml", content: own.content }];
  switch (config.alerting.evaluator) {
    case "prometheus":
      return {
        prometheus: [
          {
            path: "rules/flower-monitoring.yml",
            content: renderPrometheusRules(groups, links(config)),
          },
          ...ownFiles,
        ],
        grafana: [],
      };
    case "grafana":
      return { prometheus: ownFiles, grafana: groups };
  }
}

/** Links that every alert carries. */
export function links(config: StackConfig): Links {
  const { address, ports } = config.monitoring;
  return { runbooks: config.alerting.runbooksUrl, grafana: `http://${address}:${ports.grafana}` };
}
