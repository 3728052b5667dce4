/** The form of an alert's test cases, and what they have in common. */
import type { Inventory } from "../../rules";

/** An alert as Prometheus would send it. */
export interface Fired {
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** A story told in series, and what is firing at which moments of it. */
export interface Case {
  name: string;
  /** Series to values, both in promtool's notation; one value each {@link INTERVAL}. */
  series: Record<string, string>;
  /** Moment (Prometheus duration from the start) to the alerts that fire then. */
  expect: Record<string, Fired[]>;
}

/** An alert's cases. The silent ones say what must wake nobody. */
export interface AlertCases {
  fires: Case[];
  silent: Case[];
}

/** Pause between two values and between two evaluations. */
export const INTERVAL = "5s";

/** The bundle that all hosts should run. */
export const WANTED_HASH = "0123456789ab";

/** A stack with everything that an alert can be about. */
export const inventory: Inventory = {
  federation: "demo",
  supernodes: ["supernode-1", "supernode-2"],
  bundles: [{ hash: WANTED_HASH, hosts: ["superlink", "supernode-1", "supernode-2"] }],
};

export const links = {
  runbooks: "https://example.org/docs/runbooks.md",
  grafana: "http://172.31.77.10:3000",
};

/** A series' text. A label of "" is left out, as Prometheus does. */
export function series(name: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "");
  return `${name}{${pairs.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(", ")}}`;
}
