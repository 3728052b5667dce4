import * as pulumi from "@pulumi/pulumi";
import type { FederationHost } from "./federation-host";
import { fileSd } from "./render/prometheus-config";
import type { ScrapeTarget } from "./render/scrape-targets";

/** A file_sd list, as Prometheus reads it from a file or over HTTP. */
export type FileSd = { targets: string[]; labels: Record<string, string> }[];

/** What is on one host, as the last `up` left it. */
export interface HostReport {
  role: string;
  address: string;
  /** SHA-256 of the bundle that the stack wants there. */
  bundle: string;
  /** The installer's last line, `ok host=... bundle=... changed=...` and what it did about the hook, or `failed`. */
  status: string;
}

/** The stack output `scrapeTargets`: job to file_sd list. A contract; fields are only added. */
export function scrapeTargetFiles(targets: ScrapeTarget[]): Record<string, FileSd> {
  const jobs = [...new Set(targets.map(({ job }) => job))].sort();
  return Object.fromEntries(jobs.map((job) => [job, fileSd(targets, job)]));
}

/** The stack output `hosts`: host name to report. A contract; fields are only added. */
export function hostReports(fleet: FederationHost[]): pulumi.Output<Record<string, HostReport>> {
  const reports = fleet.map(
    (host) =>
      [
        host.name,
        { role: host.role, address: host.address, bundle: host.bundleHash, status: host.status },
      ] as const,
  );
  return pulumi.output(Object.fromEntries(reports));
}
