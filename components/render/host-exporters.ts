import { CADVISOR_PORT, NODE_EXPORTER_PORT } from "../config/ports";
import type { ContextConfig, FlowerConfig, HostRole } from "../config/schema";

/** Scrape jobs of a federation's hosts; dashboards and rules select by them. */
export type ScrapeJob = "node" | "flower" | "cadvisor";

/** An exporter that runs on hosts, as one systemd unit. */
export interface HostExporter {
  /** Its part of the bundle: `host/parts/<name>.sh`, unit `flower-monitoring-<name>.service`. */
  name: "node-exporter" | "flower-exporter" | "cadvisor";
  job: ScrapeJob;
  /** TCP port on the host's address. */
  port: number;
  /** A metric that only this exporter has: what verify looks for on /metrics. */
  metric: string;
}

const nodeExporter: HostExporter = {
  name: "node-exporter",
  job: "node",
  port: NODE_EXPORTER_PORT,
  metric: "node_exporter_build_info",
};

const cadvisor: HostExporter = {
  name: "cadvisor",
  job: "cadvisor",
  port: CADVISOR_PORT,
  metric: "cadvisor_version_info",
};

/** The exporters of a host, in the order in which it installs them. */
export function exportersOf(
  role: HostRole,
  { metricsEnabled, metricsPort }: Pick<ContextConfig, "metricsEnabled" | "metricsPort">,
  flower?: Pick<FlowerConfig, "containerMetrics">,
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
    ...(flower?.containerMetrics === true ? [cadvisor] : []),
  ];
}
