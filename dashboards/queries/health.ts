import { thresholdsOf, type Thresholds } from "../../rules/thresholds";
import { named, node, onHosts, superNode } from "./select";

/** What is told of one SuperNode. */
const NODE = "federation, name, node_id";

/** Health is of now and the time before, whatever time is looked at. */
export const HEALTH_WINDOW = "1h";

const up = superNode("fl_supernode_up");
const trainReply = superNode("fl_supernode_reply_seconds", 'phase="train"');

/** SuperNodes for whose host, which has the same name, the condition has a series. */
const onHost = (condition: string): string =>
  `${up} and on (federation, name) label_replace(${condition}, "name", "$1", "host", "(.+)")`;

/** Of a host, what is left of one metric in another, below a share. */
const left = (rest: string, whole: string, share: number): string =>
  onHost(`${rest} / ${whole} < ${Number(share.toPrecision(12))}`);

const ROOT = 'mountpoint="/"';

/**
 * What a SuperNode loses of its 100 points, by reason: all of them for what keeps it from training, few
 * for what makes it slow or will stop it if nobody looks.
 */
export function losses({
  heartbeatMissedSeconds,
  hostDiskFreeShare,
  resourceHighShare,
  stragglerFactor,
}: Thresholds): Record<string, { points: number; condition: string }> {
  const free = left(
    node("node_filesystem_avail_bytes", ROOT),
    node("node_filesystem_size_bytes", ROOT),
    hostDiskFreeShare,
  );
  const available = left(
    node("node_memory_MemAvailable_bytes"),
    node("node_memory_MemTotal_bytes"),
    1 - resourceHighShare,
  );
  const sick = `${onHosts("DCGM_EXP_GPU_HEALTH_STATUS", "dcgm")} >= 20`;
  return {
    offline: { points: 100, condition: `${up} == 0` },
    "heartbeat missed": {
      points: 30,
      condition: `${superNode("fl_supernode_heartbeat_age_seconds")} > ${heartbeatMissedSeconds} and ${up} == 1`,
    },
    "failed within the hour": {
      points: 20,
      condition: `increase(${superNode("fl_supernode_failures_total")}[${HEALTH_WINDOW}]) > 0`,
    },
    "far slower than most": {
      points: 10,
      condition: `${trainReply} / on (federation) group_left () quantile by (federation) (0.5, ${trainReply}) > ${stragglerFactor}`,
    },
    "host not measured": { points: 20, condition: onHost(`${node("up")} == 0`) },
    "disk nearly full": { points: 20, condition: free },
    "memory nearly full": { points: 20, condition: available },
    "GPU sick": { points: 30, condition: onHost(sick) },
    "host drifted": {
      points: 10,
      condition: onHost(`${node("flower_monitoring_host_drift")} > 0`),
    },
  };
}

/** Points that were lost, one series a SuperNode and reason. */
function lost(thresholds: Thresholds): string {
  return Object.entries(losses(thresholds))
    .map(
      ([reason, { points, condition }]) =>
        `label_replace(${points} * group by (${NODE}) (${condition}), "reason", "${reason}", "", "")`,
    )
    .join(" or ");
}

export const healthQueries = {
  reasons: (thresholds = thresholdsOf()) =>
    `max by (federation, node, node_id, reason) (${named(`(${lost(thresholds)})`)})`,
  /** 100 minus what was lost, never below 0. */
  score: (thresholds = thresholdsOf()) => {
    const all = `group by (${NODE}) (${up})`;
    const points = `(sum by (${NODE}) (${lost(thresholds)}) or 0 * ${all})`;
    return `max by (federation, node, node_id) (${named(`clamp_min(100 * ${all} - ${points}, 0)`)})`;
  },
};
