import { flower, onHosts } from "./select";

const API = "fl_exporter_control_api_duration_seconds";

/** How well the SuperLink answers, and what asking it costs. */
export const systemQueries = {
  responseTimes: () => `sum by (le) (increase(${flower(`${API}_bucket`)}[$__rate_interval]))`,
  p95: () =>
    `histogram_quantile(0.95, sum by (federation, call, le) (rate(${flower(`${API}_bucket`)}[$__rate_interval])))`,
  mean: () =>
    `sum by (federation, call) (rate(${flower(`${API}_sum`)}[$__rate_interval])) / (sum by (federation, call) (rate(${flower(`${API}_count`)}[$__rate_interval])) > 0)`,
  calls: () => `sum by (federation, call) (rate(${flower(`${API}_count`)}[$__rate_interval]))`,
  errors: () =>
    `sum by (federation, call) (rate(${flower("fl_exporter_control_api_errors_total")}[$__rate_interval]))`,
  errorShare: () =>
    `sum by (federation) (rate(${flower("fl_exporter_control_api_errors_total")}[$__rate_interval])) / (sum by (federation) (rate(${flower(`${API}_count`)}[$__rate_interval])) > 0)`,
  poll: () => `max by (federation) (${flower("fl_exporter_poll_duration_seconds")})`,
  followed: () => `max by (federation) (${flower("fl_exporter_followed_runs")})`,
  dropped: () => `max by (federation, kind) (${flower("fl_exporter_series_dropped")})`,
  invalid: () =>
    `sum by (federation, reason) (increase(${flower("fl_exporter_events_invalid_total")}[$__rate_interval]))`,
  cpu: () =>
    `sum by (federation, host, job) (rate(${onHosts("process_cpu_seconds_total", "flower")}[$__rate_interval]))`,
  memory: () =>
    `max by (federation, host, job) (${onHosts("process_resident_memory_bytes", "flower")})`,
  versions: () =>
    `group by (federation, version, flower_version) (${flower("fl_exporter_build_info")})`,
  replayed: () => `min by (federation) (${flower("fl_exporter_replayed")})`,
  files: () =>
    `max by (federation, host) (${onHosts("process_open_fds", "flower")} / ${onHosts("process_max_fds", "flower")})`,
};
