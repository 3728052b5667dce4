import type { HostRole } from "../config/schema";

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
  roles: HostRole[];
}

/** Every exporter, in the order in which a host installs them. */
export const hostExporters: HostExporter[] = [
  {
    name: "node-exporter",
    job: "node",
    port: 9100,
    metric: "node_exporter_build_info",
    roles: ["superlink", "supernode"],
  },
  {
    name: "flower-exporter",
    job: "flower",
    port: 9101,
    metric: "fl_exporter_build_info",
    roles: ["superlink"],
  },
];

export function exportersOf(role: HostRole): HostExporter[] {
  return hostExporters.filter(({ roles }) => roles.includes(role));
}
