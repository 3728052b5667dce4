import { LINK_VARIABLES, type Alert } from "./rule";

/** Where people find runbooks and dashboards; part of every alert. */
export interface Links {
  /** Base URL of docs/runbooks.md as people read it. */
  runbooks: string;
  /** Base URL of Grafana. */
  grafana: string;
}

/** Heading anchor of an alert's runbook, as Markdown renderers make it. */
export function runbookAnchor(alert: string): string {
  return alert.toLowerCase();
}

/** Labels of an alert, the same in both evaluators. */
export function alertLabels(alert: Alert): Record<string, string> {
  return { severity: alert.severity };
}

/** Annotations of an alert, the same in both evaluators but for the value's template. */
export function alertAnnotations(alert: Alert, links: Links): Record<string, string> {
  return {
    summary: alert.summary,
    description: alert.description,
    runbook_url: `${links.runbooks}#${runbookAnchor(alert.alert)}`,
    dashboard: `${links.grafana}/d/flower-monitoring-${alert.dashboard}${variables(alert)}`,
  };
}

function variables({ link = [] }: Alert): string {
  const pairs = link.map((label) => {
    // Without the question Grafana writes "<no value>" for a label that the series lacks.
    const value = `{{ if $labels.${label} }}{{ $labels.${label} | urlquery }}{{ end }}`;
    return `var-${LINK_VARIABLES[label]}=${value}`;
  });
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
