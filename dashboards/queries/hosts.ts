import { node } from "./select";

const ROOT = 'mountpoint="/"';
const HOST = "federation, host";

/** Without what stays on the machine: its own, of containers, and bridges. */
const REAL = 'device!~"lo|veth.*|br-.*|docker.*|cni.*|flannel.*"';

const packets = (what: string): string =>
  `sum by (${HOST}) (rate(${node(`node_network_receive_${what}_total`, REAL)}[$__rate_interval]) + rate(${node(`node_network_transmit_${what}_total`, REAL)}[$__rate_interval]))`;

/** Machines, from node_exporter and from what they tell of themselves. */
export const hostQueries = {
  up: () => `min by (${HOST}) (${node("up")})`,
  cpu: () =>
    `1 - avg by (${HOST}) (rate(${node("node_cpu_seconds_total", 'mode="idle"')}[$__rate_interval]))`,
  memory: () =>
    `max by (${HOST}) (1 - ${node("node_memory_MemAvailable_bytes")} / ${node("node_memory_MemTotal_bytes")})`,
  disk: () =>
    `max by (${HOST}) (1 - ${node("node_filesystem_avail_bytes", ROOT)} / ${node("node_filesystem_size_bytes", ROOT)})`,
  diskBy: () =>
    `max by (${HOST}, mountpoint) (1 - ${node("node_filesystem_avail_bytes")} / ${node("node_filesystem_size_bytes")})`,
  inodes: () =>
    `max by (${HOST}, mountpoint) (1 - ${node("node_filesystem_files_free")} / (${node("node_filesystem_files")} > 0))`,
  load: () =>
    `max by (${HOST}) (${node("node_load5")}) / count by (${HOST}) (${node("node_cpu_seconds_total", 'mode="idle"')})`,
  received: () =>
    `sum by (${HOST}) (rate(${node("node_network_receive_bytes_total", REAL)}[$__rate_interval]))`,
  sent: () =>
    `sum by (${HOST}) (rate(${node("node_network_transmit_bytes_total", REAL)}[$__rate_interval]))`,
  resent: () =>
    `sum by (${HOST}) (rate(${node("node_netstat_Tcp_RetransSegs")}[$__rate_interval])) / (sum by (${HOST}) (rate(${node("node_netstat_Tcp_OutSegs")}[$__rate_interval])) > 0)`,
  /** By the host's own clock, which may be wrong. */
  uptime: () =>
    `max by (${HOST}) (${node("node_time_seconds")} - ${node("node_boot_time_seconds")})`,
  clock: () => `min by (${HOST}) (${node("node_timex_sync_status")})`,
  outOfMemory: () => `sum by (${HOST}) (increase(${node("node_vmstat_oom_kill")}[$__range]))`,
  diskRead: () =>
    `sum by (${HOST}) (rate(${node("node_disk_read_bytes_total")}[$__rate_interval]))`,
  diskWritten: () =>
    `sum by (${HOST}) (rate(${node("node_disk_written_bytes_total")}[$__rate_interval]))`,
  diskBusy: () =>
    `max by (${HOST}, device) (rate(${node("node_disk_io_time_seconds_total")}[$__rate_interval]))`,
  waitingForCpu: () =>
    `max by (${HOST}) (rate(${node("node_pressure_cpu_waiting_seconds_total")}[$__rate_interval]))`,
  stalledForMemory: () =>
    `max by (${HOST}) (rate(${node("node_pressure_memory_stalled_seconds_total")}[$__rate_interval]))`,
  stalledByDisks: () =>
    `max by (${HOST}) (rate(${node("node_pressure_io_stalled_seconds_total")}[$__rate_interval]))`,
  readOnly: () => `max by (${HOST}, mountpoint) (${node("node_filesystem_readonly")})`,
  unreadable: () => `max by (${HOST}, mountpoint) (${node("node_filesystem_device_error")})`,
  clockAhead: () => `max by (${HOST}) (${node("host:clock_skew_seconds:last")})`,
  /** Of all packets, in and out. */
  broken: () => `(${packets("errs")}) / (${packets("packets")} > 0)`,
  swap: () =>
    `max by (${HOST}) (1 - ${node("node_memory_SwapFree_bytes")} / (${node("node_memory_SwapTotal_bytes")} > 0))`,
  drift: () => `max by (${HOST}, part, reason) (${node("flower_monitoring_host_drift")})`,
  bundle: () => `group by (${HOST}, hash, version) (${node("flower_monitoring_bundle_info")})`,
  parts: () => `min by (${HOST}, part) (${node("flower_monitoring_part_up")})`,
  certificates: () =>
    `min by (${HOST}, path) (${node("flower_monitoring_certificate_expiry_timestamp_seconds")}) - time()`,
  factsAge: () =>
    `max by (${HOST}) (${node("node_time_seconds")} - ${node("flower_monitoring_facts_timestamp_seconds")})`,
  factsMissing: () => `max by (${HOST}, fact, reason) (${node("flower_monitoring_fact_missing")})`,
};
