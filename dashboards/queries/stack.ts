import { anywhere, service } from "./select";

const prometheus = (metric: string, ...more: string[]): string =>
  service(`prometheus_${metric}`, "prometheus", ...more);

/** All services of the monitoring VM that tell of themselves. */
const services = (metric: string): string =>
  ["prometheus", "alertmanager", "grafana"].map((job) => service(metric, job)).join(" or ");

/** What can fail inside Prometheus, by what it is. */
const FAULTS = {
  "rule evaluations": "rule_evaluation_failures_total",
  "rule groups missed": "rule_group_iterations_missed_total",
  "notifications lost": "notifications_dropped_total",
  "WAL writes": "tsdb_wal_writes_failed_total",
  compactions: "tsdb_compactions_failed_total",
  "reads of target files": "sd_file_read_errors_total",
  "samples out of order": "target_scrapes_sample_out_of_order_total",
  "samples twice": "target_scrapes_sample_duplicate_timestamp_total",
} as const;

/** The monitoring itself. */
export const stackQueries = {
  services: () => `min by (federation, job) (${services("up")})`,
  restarted: () => `time() - max by (federation, job) (${services("process_start_time_seconds")})`,
  memory: () => `max by (federation, job) (${services("process_resident_memory_bytes")})`,
  cpu: () =>
    ["prometheus", "alertmanager", "grafana"]
      .map(
        (job) =>
          `sum by (federation, job) (rate(${service("process_cpu_seconds_total", job)}[$__rate_interval]))`,
      )
      .join(" or "),
  configured: () =>
    `min by (federation, job) (${prometheus("config_last_reload_successful")} or ${service("alertmanager_config_last_reload_successful", "alertmanager")})`,
  jobs: () => `min by (federation, job) (${anywhere("up")})`,
  scrape: () => `max by (federation, job) (${anywhere("scrape_duration_seconds")})`,
  samples: () => `sum by (federation, job) (${anywhere("scrape_samples_scraped")})`,
  targets: () => `count by (federation, job) (${anywhere("up")})`,
  alertmanagers: () =>
    `min by (federation) (${prometheus("notifications_alertmanagers_discovered")})`,
  series: () => `max by (federation) (${prometheus("tsdb_head_series")})`,
  ingested: () =>
    `sum by (federation) (rate(${prometheus("tsdb_head_samples_appended_total")}[$__rate_interval]))`,
  /** Blocks, and the WAL of what is not yet in one. */
  storage: () =>
    `max by (federation) (${prometheus("tsdb_storage_blocks_bytes")} + ${prometheus("tsdb_wal_storage_size_bytes")})`,
  /** Of its interval, how much each group of rules needs. */
  rules: () =>
    `max by (federation, group) (label_replace(${prometheus("rule_group_last_duration_seconds")} / ${prometheus("rule_group_interval_seconds")}, "group", "$1", "rule_group", ".*;(.+)"))`,
  faults: () =>
    Object.entries(FAULTS)
      .map(
        ([what, metric]) =>
          `label_replace(sum by (federation) (increase(${prometheus(metric)}[$__rate_interval])), "what", "${what}", "", "")`,
      )
      .join(" or "),
};
