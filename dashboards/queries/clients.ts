import { flower, named, run, superNode } from "./select";

const NODE = "federation, node, node_id";
const RUN = "federation, run_id";

/** SuperNodes as clients: who answers, how fast, and what fails. */
export const clientQueries = {
  connected: () => `max by (federation) (${flower("fl_clients_connected")})`,
  connectedShare: () =>
    `100 * sum by (federation) (${flower("fl_supernodes", 'status="online"')}) / (sum by (federation) (${flower("fl_supernodes", 'status=~"registered|online|offline"')}) > 0)`,
  failures: () =>
    `sum by (federation) (increase(${flower("fl_clients_failed_total")}[$__rate_interval]))`,
  failuresInRange: () =>
    `sum by (federation) (increase(${flower("fl_clients_failed_total")}[$__range]))`,
  failuresByNode: () => `sum by (${NODE}) (${named(superNode("fl_supernode_failures_total"))})`,
  failuresByNodeAndCause: () =>
    `sum by (${NODE}, cause) (${named(superNode("fl_supernode_failures_total"))})`,
  /** `selected` is of the round that goes on, `responded` of the one that ended: hence the limit. */
  participation: () =>
    `clamp_max(100 * max by (${RUN}) (${run("fl_clients_responded")}) / (max by (${RUN}) (${run("fl_clients_selected")}) > 0), 100)`,
  responseTimes: () =>
    `sum by (le) (increase(${flower("fl_client_duration_seconds_bucket")}[$__rate_interval]))`,
  responseTime: () =>
    `histogram_quantile(0.95, sum by (federation, phase, le) (rate(${flower("fl_client_duration_seconds_bucket")}[$__rate_interval])))`,
  joins: () =>
    `sum by (federation) (increase(${flower("fl_client_joins_total")}[$__rate_interval]))`,
  leaves: () =>
    `sum by (federation, reason) (increase(${flower("fl_client_leaves_total")}[$__rate_interval]))`,
  replies: () => `sum by (${NODE}) (${named(superNode("fl_supernode_replies_total"))})`,
  trainReply: () =>
    `max by (${NODE}) (${named(superNode("fl_supernode_reply_seconds", 'phase="train"'))})`,
  evaluateReply: () =>
    `max by (${NODE}) (${named(superNode("fl_supernode_reply_seconds", 'phase="evaluate"'))})`,
};
