import * as pulumi from "@pulumi/pulumi";
import type { FederationHost } from "./federation-host";
import type { MonitoringVm } from "./monitoring-vm";
import { fileSd } from "./render/prometheus-config";
import type { ScrapeTarget } from "./render/scrape-targets";

/** What a stack tells, to people and to other stacks. A contract, schema/outputs-v1.schema.json; fields are only added. */
export interface StackOutputs {
  /** Scrape targets in Prometheus' file_sd form, one list per job. */
  scrapeTargets: Record<string, FileSd>;
  /** Where people open Prometheus, Alertmanager and Grafana; without credentials. Not with scope fleet. */
  urls?: MonitoringVm["urls"];
  /** What is on each host of the federation, by its name. */
  hosts: pulumi.Output<Record<string, HostReport>>;
}

/** A file_sd list, as Prometheus reads it from a file or over HTTP. */
export type FileSd = { targets: string[]; labels: Record<string, string> }[];

/** What is on one host, as the last `up` left it. */
export interface HostReport {
  role: string;
  address: string;
  /** SHA-256 of the bundle that the stack wants there. */
  bundle: string;
  /** What is measured there: scrape jobs, `hook`, `profiling`. Empty for a host that is lost. */
  signals: string[];
  /** The installer's last line, `ok host=... bundle=... changed=...` and what it did about the hook, `failed`, or `left out`. */
  status: string;
}

export function scrapeTargetFiles(targets: ScrapeTarget[]): StackOutputs["scrapeTargets"] {
  const jobs = [...new Set(targets.map(({ job }) => job))].sort();
  return Object.fromEntries(jobs.map((job) => [job, fileSd(targets, job)]));
}

export function hostReports(fleet: FederationHost[]): StackOutputs["hosts"] {
  const reports = fleet.map(({ name, role, address, bundleHash, signals, status }) => {
    return [name, { role, address, bundle: bundleHash, signals, status }] as const;
  });
  return pulumi.output(Object.fromEntries(reports));
}
