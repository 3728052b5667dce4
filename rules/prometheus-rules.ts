import { stringify } from "yaml";
import { alertAnnotations, alertLabels, type Links } from "./annotations";
import type { AlertGroup } from "./rule";

/** A Prometheus rule file, as `promtool check rules` wants it. */
export function renderPrometheusRules(groups: AlertGroup[], links: Links): string {
  const file = {
    groups: groups.map((group) => ({
      name: group.name,
      rules: group.alerts.map((alert) => ({
        alert: alert.alert,
        expr: alert.expr,
        for: alert.for,
        labels: alertLabels(alert),
        annotations: alertAnnotations(alert, links),
      })),
    })),
  };
  return stringify(file, { lineWidth: 0 });
}
