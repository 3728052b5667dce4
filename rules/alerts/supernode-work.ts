/** Alerts on SuperNodes that are online and do no good work, or slow work. */
import { hostsWith, type Alert, type Inventory } from "../rule";
import { atItsSite } from "../supernode-host";
import type { Thresholds } from "../thresholds";
import { grown, NODE, NODE_NAME, ofNode, running } from "./flower-series";
import { lines } from "../promql";

/** Replies are counted for runs with the hook alone: a run without it would look like none. */
const WITHOUT_HOOK = 'fl_run_source{source="logs"}';

/** Failures that are no answer, of a SuperNode that is there; and those that are one. */
const UNANSWERED = 'cause=~"timeout|message_lost"';
const ANSWERED = 'cause!~"timeout|message_lost|node_gone|crashed|unknown"';

function online(thresholds: Thresholds): string {
  return `${ofNode("fl_supernode_up", thresholds)} == 1`;
}

/** SuperNodes with so many failures of these causes in a window, and not one good reply. */
function onlyFailures(
  thresholds: Thresholds,
  cause: string,
  least: number,
  window: string,
): string {
  const failures = `fl_supernode_failures_total{${cause}}`;
  return lines(
    `${grown(NODE, failures, window, thresholds)} >= ${least}`,
    `  unless ${grown(NODE, "fl_supernode_replies_total", window, thresholds)} > 0`,
    `  unless on (federation) max_over_time(${WITHOUT_HOOK}[${window}])`,
    `  and ${online(thresholds)}`,
  );
}

function zombie(thresholds: Thresholds): Alert {
  const { superNodeZombieMisses, superNodeZombieWindow: window } = thresholds;
  return {
    alert: "SuperNodeZombie",
    expr: atItsSite(onlyFailures(thresholds, UNANSWERED, superNodeZombieMisses, window)),
    for: thresholds.countedFor,
    severity: "warning",
    summary: `SuperNode ${NODE_NAME} is online and does not answer`,
    description:
      `SuperNode ${NODE_NAME} (node id {{ $labels.node_id }}) sends heartbeats, and none of the {{ $value }} answers that ` +
      `rounds waited for in ${window} came. Rounds wait for it until their time is up. Likely: its ` +
      "ClientApp hangs (a data mount, a GPU, a lock), or its SuperExec is gone.",
    dashboard: "clients",
  };
}

function failing(thresholds: Thresholds): Alert {
  const { superNodeFailures, superNodeFailingWindow: window } = thresholds;
  return {
    alert: "SuperNodeFailing",
    expr: atItsSite(onlyFailures(thresholds, ANSWERED, superNodeFailures, window)),
    for: thresholds.countedFor,
    severity: "warning",
    summary: `All work of SuperNode ${NODE_NAME} fails`,
    description:
      `SuperNode ${NODE_NAME} (node id {{ $labels.node_id }}) answered {{ $value }} times with an error in ` +
      `${window}, and never well. Rounds go on without it. Likely: its data or its environment differ from the ` +
      "other sites': a missing file, a package, a GPU.",
    dashboard: "clients",
  };
}

function crashing(thresholds: Thresholds): Alert {
  const { clientAppCrashes, superNodeFailingWindow: window } = thresholds;
  const crashes = 'fl_supernode_failures_total{cause="crashed"}';
  return {
    alert: "ClientAppCrashing",
    expr: atItsSite(`${grown(NODE, crashes, window, thresholds)} >= ${clientAppCrashes}`),
    for: thresholds.countedFor,
    severity: "warning",
    summary: `ClientApps on ${NODE_NAME} are killed`,
    description:
      `On SuperNode ${NODE_NAME} (node id {{ $labels.node_id }}) {{ $value }} ClientApps ended in ${window} without ` +
      "an answer; each costs its round about 50 s. Likely: the kernel or a memory limit kills them, or a library " +
      "crashes.",
    dashboard: "clients",
  };
}

/**
 * SuperNodes whose replies take several times the median. Only while one run alone is running: a
 * SuperNode does one thing at a time, and of two runs the larger would look like a slow SuperNode.
 */
function straggling(thresholds: Thresholds): Alert {
  const { stragglerFactor, stragglerSeconds, stragglerWindow } = thresholds;
  const replies = ofNode('fl_supernode_reply_seconds{phase="train"}', thresholds);
  const median =
    'max by (federation) (federation:fl_supernode_reply_seconds:median{phase="train"})';
  return {
    alert: "SuperNodeGatesRounds",
    expr: atItsSite(
      lines(
        `${replies} > on (federation) group_left () (${stragglerFactor} * ${median})`,
        `  and ${replies} > on (federation) group_left () (${stragglerSeconds} + ${median})`,
        `  and on (federation) count by (federation) (${replies}) >= 3`,
        `  and on (federation) count by (federation) (${running(thresholds)}) == 1`,
        `  and ${grown(NODE, 'fl_supernode_replies_total{phase="train"}', stragglerWindow, thresholds)} > 0`,
      ),
    ),
    for: thresholds.stragglerFor,
    severity: "warning",
    summary: `Rounds wait for SuperNode ${NODE_NAME}`,
    description:
      `SuperNode ${NODE_NAME} (node id {{ $labels.node_id }}) took {{ $value | humanizeDuration }} for its last ` +
      `training, over ${stragglerFactor} times as long as the federation's median. A round is as long as its ` +
      "slowest client. Likely: a slower or throttled GPU, no GPU at all, more data, or a slow link.",
    dashboard: "stragglers",
  };
}

/** Alerts that compare answers with failures: only the hook tells of good answers. */
export function workAlerts(inventory: Inventory): Alert[] {
  const { thresholds } = inventory;
  const hooked = hostsWith(inventory, "hook").length > 0;
  return [
    ...(hooked ? [zombie(thresholds), failing(thresholds)] : []),
    crashing(thresholds),
    ...(hooked ? [straggling(thresholds)] : []),
  ];
}
