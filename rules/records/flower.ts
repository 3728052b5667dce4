import { lostSuperNodes } from "../alerts/supernodes";
import { last, NODE, ofRun, RUN } from "../alerts/flower-series";
import { lines } from "../promql";
import { hostsWith, type Inventory, type RecordingGroup, type RecordingRule } from "../rule";
import { onItsHost, SITES } from "../supernode-host";
import type { Thresholds } from "../thresholds";

/** SuperNodes that SuperNodeOffline tells of; no series where there is none. */
function lost(thresholds: Thresholds): RecordingRule {
  return {
    record: "federation:fl_supernodes:lost",
    expr: `count by (federation) (\n${lostSuperNodes(thresholds)}\n)`,
    labels: ["federation"],
  };
}

/** Whose each host is, and each SuperNode that is on no host of the stack or has no name. */
function sites(thresholds: Thresholds): RecordingRule {
  const nodes = onItsHost(last("fl_supernode_up", thresholds));
  return {
    record: SITES,
    expr: lines(
      // The newest alone, also while a host changes its site: a join bears no two.
      "group by (federation, host, site) (",
      '  topk by (federation, host) (1, timestamp(up{job="node"}))',
      ")",
      `or on (federation, host) group by (federation, host) (${nodes})`,
    ),
    labels: ["federation", "host", "site"],
  };
}

/** The largest model of each app's present runs, for comparing with runs to come. */
function models(thresholds: Thresholds): RecordingRule {
  return {
    record: "app:fl_model_bytes:max",
    expr: lines(
      "max by (federation, app) (",
      `  ${ofRun("fl_model_bytes", thresholds)}`,
      `    * on (${RUN}) group_left (app) ${ofRun('fl_run_info{app!=""}', thresholds, ["app"])}`,
      ")",
    ),
    labels: ["federation", "app"],
  };
}

/** What only the hook tells: how long rounds and replies take, and how many answers were good. */
function timed(thresholds: Thresholds): RecordingRule[] {
  const rounds = (part: string): string =>
    `sum by (${RUN}) (${last(`fl_round_duration_seconds_${part}`, thresholds)})`;
  const replies = last("fl_supernode_reply_seconds", thresholds);
  const counted = (metric: string): string => `sum by (federation) (increase(${metric}[30m]))`;
  const failures = counted("fl_clients_failed_total");
  const good = counted("fl_client_duration_seconds_count");
  return [
    {
      record: "run:fl_round_duration_seconds:mean",
      expr: `${rounds("sum")} / (${rounds("count")} > 0)`,
      labels: ["federation", "run_id"],
    },
    {
      record: "federation:fl_supernode_reply_seconds:median",
      expr: `quantile by (federation, phase) (0.5, max by (${NODE}, phase) (${replies}))`,
      labels: ["federation", "phase"],
    },
    {
      // Without an answer there is no share, and no NaN.
      record: "federation:fl_client_failures:ratio30m",
      expr: `${failures} / (${failures} + (${good} or ${failures} * 0) > 0)`,
      labels: ["federation"],
    },
  ];
}

/** Series that alerts and panels on Flower share. */
export function flowerRecords(inventory: Inventory): RecordingGroup[] {
  const { thresholds } = inventory;
  if (hostsWith(inventory, "flower").length === 0) return [];
  const hooked = hostsWith(inventory, "hook").length > 0;
  const rules = [
    sites(thresholds),
    lost(thresholds),
    models(thresholds),
    ...(hooked ? timed(thresholds) : []),
  ];
  return [{ name: "flower-records", rules }];
}
