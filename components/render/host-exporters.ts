import { CADVISOR_PORT, DCGM_EXPORTER_PORT, NODE_EXPORTER_PORT } from "../config/ports";
import type { ContextConfig, FederationHostConfig } from "../config/schema";

/** Scrape jobs of a federation's hosts; dashboards and rules select by them. */
export const SCRAPE_JOBS = ["node", "flower", "dcgm", "cadvisor"] as const;
export type ScrapeJob = (typeof SCRAPE_JOBS)[number];

/**
 * What a host can be asked for: its scrape jobs, what the hook tells of Flower, and a GPU's profiling
 * metrics. Alerts and panels exist for signals that some host has.
 */
export const SIGNALS = [...SCRAPE_JOBS, "hook", "profiling"] as const;
export type Signal = (typeof SIGNALS)[number];

/** An exporter that runs on hosts, as one systemd unit. */
export interface HostExporter {
  /** Its part of the bundle: `host/parts/<name>.sh`, unit `flower-monitoring-<name>.service`. */
  name: "node-exporter" | "flower-exporter" | "dcgm-exporter" | "cadvisor";
  job: ScrapeJob;
  /** TCP port on the host's address. */
  port: number;
  /** A metric that only this exporter has: what verify looks for on /metrics. */
  metric: string;
  /** Its failure is a warning, and the rest of the host goes on. @default false */
  optional?: boolean;
}

const nodeExporter: HostExporter = {
  name: "node-exporter",
  job: "node",
  port: NODE_EXPORTER_PORT,
  metric: "node_exporter_build_info",
};

const dcgmExporter: HostExporter = {
  name: "dcgm-exporter",
  job: "dcgm",
  port: DCGM_EXPORTER_PORT,
  metric: "DCGM_FI_DEV_GPU_TEMP",
  // It depends on a driver and a container toolkit that are not ours.
  optional: true,
};

const cadvisor: HostExporter = {
  name: "cadvisor",
  job: "cadvisor",
  port: CADVISOR_PORT,
  metric: "cadvisor_version_info",
};

/** The exporters of a host, in the order in which it installs them. */
export function exportersOf(
  { role, flower, gpu }: Pick<FederationHostConfig, "role" | "flower" | "gpu">,
  { metricsEnabled, metricsPort }: Pick<ContextConfig, "metricsEnabled" | "metricsPort">,
): HostExporter[] {
  const flowerExporter: HostExporter = {
    name: "flower-exporter",
    job: "flower",
    port: metricsPort,
    metric: "fl_exporter_build_info",
  };
  return [
    nodeExporter,
    ...(role === "superlink" && metricsEnabled ? [flowerExporter] : []),
    ...(role === "supernode" && gpu?.dcgm ? [dcgmExporter] : []),
    ...(flower?.containerMetrics === true ? [cadvisor] : []),
  ];
}

/** What is measured on a host; nothing where it is lost. */
export function signalsOf(
  host: Pick<FederationHostConfig, "role" | "flower" | "gpu" | "lost">,
  context: Pick<ContextConfig, "metricsEnabled" | "metricsPort">,
): Signal[] {
  if (host.lost) return [];
  return [
    ...exportersOf(host, context).map(({ job }) => job),
    ...(host.flower?.hook === true ? (["hook"] as const) : []),
    ...(host.gpu?.dcgm?.profiling === true ? (["profiling"] as const) : []),
  ];
}
