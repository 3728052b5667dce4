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

/** A series that Prometheus computes, for the panels and alerts that share it. */
export interface RecordingRule {
  /** `level:metric:operation`, where the level names the labels that are left. */
  record: string;
  expr: string;
  /** All labels that its series can have. */
  labels: readonly string[];
  /** Labels that are added, with their values. */
  add?: Record<string, string>;
}

/** Recording rules that are evaluated one after the other. */
export interface RecordingGroup {
  name: string;
  rules: RecordingRule[];
}

/** What the rules depend on: an alert exists only for what is deployed. */
export interface Inventory {
  federation: string;
  /** Names of the SuperNode hosts. */
  supernodes: string[];
  /** What hosts should run; each host is in one of them. @default nothing is known about hosts */
  bundles?: WantedBundle[];
}

/** A bundle, by the short hash that hosts report, and the names of the hosts that should run it. */
export interface WantedBundle {
  hash: string;
  hosts: string[];
}
