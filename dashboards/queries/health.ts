import { named, node, onHosts, superNode } from "./select";

/** What is told of one SuperNode. */
const NODE = "federation, name, node_id";

/** Health is of now and the time before, whatever time is looked at. */
export const HEALTH_WINDOW = "1h";

const trainReply = superNode("fl_supernode_reply_seconds", 'phase="train"');

const nodes = (): string => `group by (${NODE}) (${superNode("fl_supernode_up")})`;

/** SuperNodes for whose host, which has the same name, the condition has a series. */
const onHost = (condition: string): string =>
  `${superNode("fl_supernode_up")} and on (federation, name) label_replace(${condition}, "name", "$1", "host", "(.+)")`;

const lost = (points: number, reason: string, condition: string): string =>
  `label_replace(${points} * group by (${NODE}) (${condition}), "reason", "${reason}", "", "")`;

/**
 * Points that a SuperNode loses, one series a reason. All of them for what keeps it from training; few for
 * what makes it slow, or will stop it if nobody looks.
 */
function reasons(): string {
  return [
    lost(100, "offline", `${superNode("fl_supernode_up")} == 0`),
    // A healthy node beats every 17 to 23 s.
    lost(
      30,
      "heartbeat missed",
      `${superNode("fl_supernode_heartbeat_age_seconds")} > 30 and ${superNode("fl_supernode_up")} == 1`,
    ),
    lost(
      20,
      "failed within the hour",
      `increase(${superNode("fl_supernode_failures_total")}[${HEALTH_WINDOW}]) > 0`,
    ),
    lost(
      10,
      "twice as slow as most",
      `${trainReply} / on (federation) group_left () quantile by (federation) (0.5, ${trainReply}) > 2`,
    ),
    lost(20, "host not measured", onHost(`${node("up")} == 0`)),
    lost(
      20,
      "disk nearly full",
      onHost(
        `${node("node_filesystem_avail_bytes", 'mountpoint="/"')} / ${node("node_filesystem_size_bytes", 'mountpoint="/"')} < 0.1`,
      ),
    ),
    lost(
      20,
      "memory nearly full",
      onHost(
        `${node("node_memory_MemAvailable_bytes")} / ${node("node_memory_MemTotal_bytes")} < 0.05`,
      ),
    ),
    lost(30, "GPU sick", onHost(`${onHosts("DCGM_EXP_GPU_HEALTH_STATUS", "dcgm")} >= 20`)),
    lost(10, "host drifted", onHost(`${node("flower_monitoring_host_drift")} > 0`)),
  ].join(" or ");
}

export const healthQueries = {
  reasons: () => `max by (federation, node, node_id, reason) (${named(`(${reasons()})`)})`,
  /** 100 minus what was lost, never below 0. */
  score: () => {
    const lostPoints = `(sum by (${NODE}) (${reasons()}) or 0 * ${nodes()})`;
    return `max by (federation, node, node_id) (${named(`clamp_min(100 * ${nodes()} - ${lostPoints}, 0)`)})`;
  },
};
