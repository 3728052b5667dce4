import { stringify } from "yaml";
import type { PlatformConfig } from "../config/schema";
import { platformScrapes } from "./platform-targets";
import type { ScrapeTarget } from "./scrape-targets";
import type { ConfigFile } from "./config-push";

/** What prometheus.yml depends on. Scrape targets are not here: file_sd brings them. */
export interface PrometheusConfigArgs {
  federation: string;
  /** Prometheus duration, such as `15s`. */
  scrapeInterval: string;
  /** The same in seconds. */
  scrapeIntervalSeconds: number;
  /** Alertmanager as `host:port` on the services' network. */
  alertmanager: string;
  /** Scraped by name on the services' network: the stack watches itself. */
  services: { job: string; target: string }[];
  /** What runs beside Flower. */
  platform: PlatformConfig;
  /** Jobs whose targets come from `targets/<job>.json`. */
  fileJobs: string[];
  /** Their directory, absolute or below that of prometheus.yml. @default where the container sees it */
  targetsPath?: string;
  /** Rule files, rendered; Prometheus evaluates all of them. */
  rules: ConfigFile[];
}

/** Where the container sees the file_sd directory. */
export const TARGETS_PATH = "/etc/prometheus/targets";

/** Keys in a fixed order and no line folding, so that a diff shows what changed and nothing else. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}

/** prometheus.yml and its rule files, ready for `promtool check config`. */
export function renderPrometheusConfig(args: PrometheusConfigArgs): ConfigFile[] {
  const config = {
    global: {
      scrape_interval: args.scrapeInterval,
      // A scrape may not take longer than the pause between two.
      scrape_timeout: args.scrapeIntervalSeconds <= 10 ? args.scrapeInterval : "10s",
      evaluation_interval: args.scrapeInterval,
      external_labels: { federation: args.federation },
    },
    rule_files: args.rules.map((file) => file.path),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [args.alertmanager] }] }] },
    scrape_configs: [
      ...args.services.map(({ job, target }) => ({
        job_name: job,
        // Not left to external_labels, which queries and Grafana's alerts do not see.
        static_configs: [
          { targets: [target], labels: { federation: args.federation, host: "monitoring" } },
        ],
      })),
      ...platformScrapes(args.platform, args.federation),
      ...args.fileJobs.map((job) => ({
        job_name: job,
        // cAdvisor's samples bear the time at which they were taken. Without this a container that is
        // gone would be shown for five minutes more.
        ...(job === "cadvisor" ? { track_timestamps_staleness: true } : {}),
        file_sd_configs: [{ files: [`${args.targetsPath ?? TARGETS_PATH}/${job}.json`] }],
      })),
    ],
  };
  return [{ path: "prometheus.yml", content: toYaml(config) }, ...args.rules];
}

/** One file_sd file per job; a job without targets gets an empty list, never a missing file. */
export function renderTargetFiles(jobs: string[], targets: ScrapeTarget[]): ConfigFile[] {
  return jobs.map((job) => ({
    path: `${job}.json`,
    content: `${JSON.stringify(fileSd(targets, job), null, 2)}\n`,
  }));
}

/** A job's targets in file_sd form; labels in order, since those of another stack come in any. */
export function fileSd(
  targets: ScrapeTarget[],
  job: string,
): { targets: string[]; labels: Record<string, string> }[] {
  return targets
    .filter((target) => target.job === job)
    .map(({ targets: addresses, labels }) => ({
      targets: addresses,
      labels: Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
    }));
}
