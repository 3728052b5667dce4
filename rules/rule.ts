import type { ApiMetrics } from "../components/config/schema";
import type { DeployedHost } from "../components/fleet";
import type { Signal } from "../components/render/host-exporters";
import type { Thresholds } from "./thresholds";

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
  /** Labels that the link to the dashboard hands on, so that it opens at the alert's subject. @default none */
  link?: readonly LinkLabel[];
}

/** Labels that are variables of dashboards, and their names there. */
export const LINK_VARIABLES = { site: "site", host: "host", run_id: "run" } as const;
export type LinkLabel = keyof typeof LINK_VARIABLES;

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
  /** Prometheus duration between two evaluations. @default the scrape interval */
  interval?: string;
  rules: RecordingRule[];
}

/** What the rules depend on: an alert exists only for what is deployed. */
export interface Inventory {
  federation: string;
  /** In the order of their names, without those that are lost. */
  hosts: InventoryHost[];
  /** What hosts should run; each host is in one of them. */
  bundles: WantedBundle[];
  /** What runs beside Flower and is scraped. */
  platform: { api?: ApiMetrics; mongodb: boolean };
  /** Whether Grafana is the stack's own, and watched. */
  ownGrafana: boolean;
  /** Who evaluates the alerts. */
  evaluator: "grafana" | "prometheus";
  /** Seconds between two scrapes; may have a fraction. */
  scrapeIntervalSeconds: number;
  /** How long Prometheus remembers. */
  retentionSeconds: number;
  thresholds: Thresholds;
}

/** A host of the federation, and what it measures. */
export type InventoryHost = Pick<DeployedHost, "name" | "role" | "signals">;

/** Names of the hosts that have a signal. */
export function hostsWith({ hosts }: Inventory, signal: Signal): string[] {
  return hosts.filter(({ signals }) => signals.includes(signal)).map(({ name }) => name);
}

/** A bundle, by the short hash that hosts report, and the names of the hosts that should run it. */
export interface WantedBundle {
  hash: string;
  hosts: string[];
}
