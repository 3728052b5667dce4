/** One alert, told once; rendered as a Prometheus rule or as a Grafana-managed rule. */
export interface Alert {
  /** Name, also the heading of its runbook. */
  alert: string;
  /** PromQL with the comparison inside: any series that it returns is firing. */
  expr: string;
  /** How long it must hold, in Prometheus' duration form. */
  for: string;
  /** `none` is for machines: Alertmanager tells no person of it. */
  severity: "critical" | "warning" | "none";
  /** One line. `{{ $labels.x }}` and `{{ $value }}` as in Prometheus. */
  summary: string;
  /** What was seen, with the value, and the likely cause. */
  description: string;
  /** Slug of the dashboard that shows it. */
  dashboard: string;
}

/** Alerts that are evaluated together. */
export interface AlertGroup {
  name: string;
  alerts: Alert[];
}

/** What the rules depend on: an alert exists only for what is deployed. */
export interface Inventory {
  federation: string;
  /** Names of the SuperNode hosts. */
  supernodes: string[];
}
