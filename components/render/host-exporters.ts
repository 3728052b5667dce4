import { NODE_EXPORTER_PORT } from "../config/ports";
import type { ContextConfig, HostRole } from "../config/schema";

/** Scrape jobs of a federation's hosts; dashboards and rules select by them. */
export type ScrapeJob = "node" | "flower";

/** An exporter that runs on hosts, as one systemd unit. */
export interface HostExporter {
  /** Its part of the bundle: `host/parts/<name>.sh`, unit `flower-monitoring-<name>.service`. */
  name: "node-exporter" | "flower-exporter";
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

/** The exporters of a role, in the order in which a host installs them. */
export function exportersOf(
  role: HostRole,
  { metricsEnabled, metricsPort }: Pick<ContextConfig, "metricsEnabled" | "metricsPort">,
): HostExporter[] {
  if (role === "supernode" || !metricsEnabled) return [nodeExporter];
  return [
    nodeExporter,
    {
      name: "flower-exporter",
      job: "flower",
      port: metricsPort,
      metric: "fl_exporter_build_info",
    },
  ];
}
