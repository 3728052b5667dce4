/** The form of an alert's test cases, and what they have in common. */
import { inventory, links } from "../../lab/replay/inventory";
import { everyAlert, type Inventory } from "../../rules";
import { LINK_VARIABLES } from "../../rules/rule";

export { inventory, links, WANTED_HASH } from "../../lab/replay/inventory";

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
  /** Pause between two values and between two evaluations, for stories of hours. @default {@link INTERVAL} */
  interval?: string;
}

/** An alert's cases. The silent ones say what must wake nobody. */
export interface AlertCases {
  fires: Case[];
  silent: Case[];
}

/** What a recording rule has at which moments of a story. */
export interface RecordCase {
  name: string;
  /** As in {@link Case}. */
  series: Record<string, string>;
  /** Pause between two values and between two evaluations. @default {@link INTERVAL} */
  interval?: string;
  /** Moment to the series that exist then, without the record's name, and their values. */
  expect: Record<string, { labels: Record<string, string>; value: number }[]>;
}

/** Pause between two values and between two evaluations. */
export const INTERVAL = "5s";

/** The same federation before it has a host. */
export const bare: Inventory = {
  ...inventory,
  hosts: [],
  bundles: [],
  platform: { mongodb: false },
};

/** A series' text. A label of "" is left out, as Prometheus does. */
export function series(name: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "");
  return `${name}{${pairs.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(", ")}}`;
}

/**
 * An alert of the inventory as it fires: severity, runbook and dashboard are looked up by its name.
 * @param labels those of its series
 */
export function told(
  name: string,
  labels: Record<string, string>,
  texts: { summary: string; description: string },
): Fired {
  const alert = everyAlert(inventory)
    .flatMap(({ alerts }) => alerts)
    .find((one) => one.alert === name);
  if (alert === undefined) throw new Error(`no alert ${name}`);
  const hands = (alert.link ?? []).map(
    (label) => `var-${LINK_VARIABLES[label]}=${encodeURIComponent(labels[label] ?? "")}`,
  );
  const query = hands.length === 0 ? "" : `?${hands.join("&")}`;
  return {
    labels: { severity: alert.severity, ...labels },
    annotations: {
      ...texts,
      runbook_url: `${links.runbooks}#${name.toLowerCase()}`,
      dashboard: `${links.grafana}/d/flower-monitoring-${alert.dashboard}${query}`,
    },
  };
}
