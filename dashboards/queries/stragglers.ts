import { flower, gpu, named, node, run, superNode } from "./select";

const NODE = "federation, node, node_id";

const reply = (phase: string): string =>
  superNode("fl_supernode_reply_seconds", `phase="${phase}"`);
const median = (phase: string): string => `quantile by (federation) (0.5, ${reply(phase)})`;

/** Who gates the round, and what its machine does meanwhile. */
export const stragglerQueries = {
  /** In the federation of the chosen run. */
  ofRun: () =>
    `max by (${NODE}) (${named(`${reply("train")} and on (federation) ${run("fl_training_status")}`)})`,
  train: () => `max by (${NODE}) (${named(reply("train"))})`,
  evaluate: () => `max by (${NODE}) (${named(reply("evaluate"))})`,
  /** Times the median of its federation. */
  trainRatio: () =>
    `sort_desc(max by (${NODE}) (${named(reply("train"))}) / on (federation) group_left () (${median("train")} > 0))`,
  phases: () =>
    `histogram_quantile(0.95, sum by (federation, phase, le) (rate(${flower("fl_phase_duration_seconds_bucket")}[$__rate_interval])))`,
  slowest: () => `max by (federation) (${reply("train")})`,
  median: () => median("train"),
  /** Of the slowest client's time, what the median client waited for it. */
  waited: () => `1 - ${median("train")} / (max by (federation) (${reply("train")}) > 0)`,
  cpu: () =>
    `1 - avg by (federation, host) (rate(${node("node_cpu_seconds_total", 'mode="idle"')}[$__rate_interval]))`,
  pressure: () =>
    `max by (federation, host) (rate(${node("node_pressure_io_waiting_seconds_total")}[$__rate_interval]))`,
  network: () =>
    `sum by (federation, host) (rate(${node("node_network_receive_bytes_total", 'device!="lo"')}[$__rate_interval]) + rate(${node("node_network_transmit_bytes_total", 'device!="lo"')}[$__rate_interval]))`,
  gpu: () => `max by (federation, host, gpu) (${gpu("DCGM_FI_DEV_GPU_UTIL")})`,
  slowedDown: () =>
    `max by (federation, host, gpu) (rate(${gpu("DCGM_FI_DEV_THERMAL_VIOLATION")}[$__rate_interval]) + rate(${gpu("DCGM_FI_DEV_POWER_VIOLATION")}[$__rate_interval])) / 1e9`,
};
