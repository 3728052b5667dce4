import { stringify } from "yaml";
import { alertAnnotations, alertLabels, type Links } from "./annotations";
import type { AlertGroup, RecordingGroup } from "./rule";

/** A Prometheus rule file, as `promtool check rules` wants it; records come before their readers. */
export function renderPrometheusRules(
  groups: AlertGroup[],
  links: Links,
  records: RecordingGroup[] = [],
): string {
  const file = {
    groups: [
      ...records.map(({ name, interval, rules }) => ({
        name,
        ...(interval === undefined ? {} : { interval }),
        rules: rules.map(({ record, expr, add }) => ({
          record,
          expr,
          ...(add === undefined ? {} : { labels: add }),
        })),
      })),
      ...groups.map((group) => ({
        name: group.name,
        rules: group.alerts.map((alert) => ({
          alert: alert.alert,
          expr: alert.expr,
          for: alert.for,
          labels: alertLabels(alert),
          annotations: alertAnnotations(alert, links),
        })),
      })),
    ],
  };
  return stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
}
