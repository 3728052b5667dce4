/** What the stories about Flower have in common: the exporter's series, and alerts about them. */
import { links, series, type Fired } from "../alert-case";

/** Labels that Prometheus gives all that the Flower exporter serves. */
export const EXPORTER = {
  federation: "demo",
  host: "superlink",
  instance: "172.31.77.11:9101",
  job: "flower",
  role: "superlink",
};

/** A series of the Flower exporter. */
export function fl(metric: string, labels: Record<string, string> = {}): string {
  return series(`fl_${metric}`, { ...EXPORTER, ...labels });
}

/** A run's series, `RUN` unless said. */
export function ofRun(metric: string, labels: Record<string, string> = {}): string {
  return fl(metric, { run_id: RUN, ...labels });
}

export const RUN = "7001";

/** What the exporter knows is of now, and each poll before; so long as the story may be. */
export const FRESH: Record<string, string> = {
  [fl("exporter_up_to_date_seconds")]: "5x2000",
  [fl("exporter_start_time_seconds")]: "0x2000",
};

/** Run `RUN` is running, for the whole story, since its start. */
export const RUNNING: Record<string, string> = {
  ...FRESH,
  [ofRun("training_status")]: "1x2000",
  [ofRun("run_start_time_seconds")]: "0x2000",
};

/** A SuperNode's labels in its series. */
export interface Node {
  node_id: string;
  name: string;
  location: string;
}
export const ULM: Node = { node_id: "11", name: "supernode-1", location: "Ulm" };
export const BERN: Node = { node_id: "22", name: "supernode-2", location: "" };
export const KIEL: Node = { node_id: "44", name: "supernode-3", location: "" };
export const NAMELESS: Node = { node_id: "33", name: "", location: "" };

/** A SuperNode's series. */
export function ofNode(metric: string, node: Node, labels: Record<string, string> = {}): string {
  return fl(metric, { ...node, ...labels });
}

interface Told {
  alert: string;
  /** @default "warning" */
  severity?: string;
  /** Labels beside `federation` and `severity`. One of "" is left out, as Prometheus does. */
  labels?: Record<string, string>;
  summary: string;
  description: string;
  /** Slug of the dashboard; the run is handed on where the alert has one. */
  dashboard: string;
}

/** An alert of federation `demo` as Prometheus sends it. */
export function told({ alert, severity = "warning", labels = {}, ...texts }: Told): Fired {
  const present = Object.entries(labels).filter(([, value]) => value !== "");
  const run = labels["run_id"] === undefined ? "" : `?var-run=${labels["run_id"]}`;
  return {
    labels: { federation: "demo", severity, ...(Object.fromEntries(present) as Told["labels"]) },
    annotations: {
      summary: texts.summary,
      description: texts.description,
      runbook_url: `${links.runbooks}#${alert.toLowerCase()}`,
      dashboard: `${links.grafana}/d/flower-monitoring-${texts.dashboard}${run}`,
    },
  };
}

/** An alert about a SuperNode: `host` is its name, not the host of the exporter that saw it. */
export function toldOf(node: Node, one: Told): Fired {
  return told({ ...one, labels: { ...node, host: node.name, ...one.labels } });
}
