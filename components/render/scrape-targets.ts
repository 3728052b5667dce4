import type { FederationHostConfig, FleetConfig } from "../config/schema";
import { exportersOf, type ScrapeJob } from "./host-exporters";

/** One exporter for Prometheus to scrape. Plain data: it decides what exists. */
export interface ScrapeTarget {
  job: ScrapeJob;
  /** `host:port`, IPv6 in brackets. */
  targets: string[];
  /** The host's own labels, and `federation`, `host` and `role`, which win over them. */
  labels: Record<string, string>;
}

/** What Prometheus scrapes on one host: each of its exporters. */
export function scrapeTargets(
  host: Pick<FederationHostConfig, "name" | "role" | "address" | "labels" | "flower" | "gpu">,
  { federation, context }: Pick<FleetConfig, "federation" | "context">,
): ScrapeTarget[] {
  const address = host.address.includes(":") ? `[${host.address}]` : host.address;
  return exportersOf(host, context).map(({ job, port }) => ({
    job,
    targets: [`${address}:${port}`],
    labels: { ...host.labels, federation, host: host.name, role: host.role },
  }));
}
