import { container } from "./select";

/** cAdvisor gives a series without a name to what is no container. */
const NAMED = 'name!=""';
const WHICH = "federation, host, name";

/** Docker's containers on hosts that measure them. */
export const containerQueries = {
  running: () => `count by (federation, host) (${container("container_last_seen", NAMED)})`,
  cpu: () =>
    `sum by (${WHICH}) (rate(${container("container_cpu_usage_seconds_total", NAMED)}[$__rate_interval]))`,
  /** Share of the periods of its quota in which it had to wait. */
  throttled: () =>
    `sum by (${WHICH}) (rate(${container("container_cpu_cfs_throttled_periods_total", NAMED)}[$__rate_interval])) / sum by (${WHICH}) (rate(${container("container_cpu_cfs_periods_total", NAMED)}[$__rate_interval]))`,
  memory: () => `max by (${WHICH}) (${container("container_memory_working_set_bytes", NAMED)})`,
  /** Without a limit cAdvisor says 0. */
  memoryOfLimit: () =>
    `max by (${WHICH}) (${container("container_memory_working_set_bytes", NAMED)} / (${container("container_spec_memory_limit_bytes", NAMED)} > 0))`,
  received: () =>
    `sum by (${WHICH}) (rate(${container("container_network_receive_bytes_total", NAMED)}[$__rate_interval]))`,
  sent: () =>
    `sum by (${WHICH}) (rate(${container("container_network_transmit_bytes_total", NAMED)}[$__rate_interval]))`,
  written: () =>
    `sum by (${WHICH}) (rate(${container("container_fs_writes_bytes_total", NAMED)}[$__rate_interval]))`,
  read: () =>
    `sum by (${WHICH}) (rate(${container("container_fs_reads_bytes_total", NAMED)}[$__rate_interval]))`,
  outOfMemory: () =>
    `sum by (${WHICH}) (increase(${container("container_oom_events_total", NAMED)}[$__range]))`,
  age: () => `time() - max by (${WHICH}) (${container("container_start_time_seconds", NAMED)})`,
  /** Below 0 is a container without a health check. */
  health: () => `max by (${WHICH}) (${container("container_health_state", NAMED)} >= 0)`,
  waiting: () =>
    `max by (${WHICH}) (rate(${container("container_pressure_cpu_waiting_seconds_total", NAMED)}[$__rate_interval]))`,
};
