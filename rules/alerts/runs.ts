/** Alerts on runs that do not begin, do not go on, or fail. */
import { durationSeconds } from "../../components/config/durations";
import { hostsWith, type Alert, type AlertGroup, type Inventory } from "../rule";
import type { Thresholds } from "../thresholds";
import { failureAlerts } from "./run-failures";
import { last, ofRun, RUN, running, seen } from "./flower-series";
import { lines } from "../promql";
import { trainingStalled } from "./training-stalled";

function notStarted(thresholds: Thresholds): Alert {
  return {
    alert: "FLTrainingNotStarted",
    expr: lines(
      `${ofRun('fl_training_status{run_id!=""}', thresholds)} == 0`,
      `  unless on (${RUN}) ${ofRun("fl_run_end_time_seconds", thresholds)}`,
    ),
    for: thresholds.trainingNotStartedFor,
    severity: "warning",
    summary: "Run {{ $labels.run_id }} does not start",
    description:
      `Run {{ $labels.run_id }} was submitted over ${thresholds.trainingNotStartedFor} ago and is not running ` +
      "(status {{ $value }}). Likely: no SuperExec takes it up (with --isolation process one has to be started), " +
      "or what the app depends on is still being installed.",
    dashboard: "run-explorer",
    link: ["run_id"],
  };
}

/** Value: the SuperNodes that are online; `wanted`: those that the run wants, which does not change. */
function waiting(thresholds: Thresholds): Alert {
  return {
    alert: "RunWaitingForNodes",
    expr: lines(
      "(",
      `  ${ofRun("fl_run_nodes_present", thresholds)}`,
      `    and on (${RUN}) ${isWaiting(thresholds)}`,
      ")",
      `* on (${RUN}) group_left (wanted)`,
      `  count_values by (${RUN}) ("wanted", ${ofRun("fl_run_nodes_wanted", thresholds)})`,
    ),
    for: thresholds.waitingForNodesFor,
    severity: "warning",
    summary:
      "Run {{ $labels.run_id }} waits for SuperNodes: {{ $value }} of {{ $labels.wanted }} are online",
    description:
      "Run {{ $labels.run_id }} needs {{ $labels.wanted }} SuperNodes for its next round and {{ $value }} are " +
      "online. Flower waits without a limit. Likely: SuperNodes are stopped or not registered, or the app's " +
      "min_available_nodes is higher than what the federation has.",
    dashboard: "run-explorer",
    link: ["run_id"],
  };
}

function isWaiting(thresholds: Thresholds): string {
  return `${ofRun("fl_run_waiting_for_nodes", thresholds)} == 1`;
}

/** Silence of several usual rounds of this run. Only the hook tells how long rounds take. */
function overdue(thresholds: Thresholds): Alert {
  const { overdueRounds, overdueSeconds, overdueMinRounds } = thresholds;
  const rounds = `sum by (${RUN}) (${last("fl_round_duration_seconds_count", thresholds)})`;
  return {
    alert: "RoundOverdue",
    expr: lines(
      `${ofRun("fl_run_idle_seconds", thresholds)}`,
      `    > on (${RUN}) (${overdueSeconds} + ${overdueRounds} * run:fl_round_duration_seconds:mean)`,
      `  and on (${RUN}) ${rounds} >= ${overdueMinRounds}`,
      `  unless on (${RUN}) ${isWaiting(thresholds)}`,
    ),
    for: thresholds.overdueFor,
    severity: "warning",
    summary: "A round of run {{ $labels.run_id }} is overdue",
    description:
      "Nothing has been heard of run {{ $labels.run_id }} for {{ $value | humanizeDuration }}, over " +
      `${overdueRounds} times what its rounds take. Likely: a client that hangs or is much slower than before; ` +
      "the round waits for it until the strategy's timeout.",
    dashboard: "fl-training",
    link: ["run_id"],
  };
}

/**
 * Runs whose round has not changed for a long time, by the pace of the run itself; also where events
 * still come, and without the hook. A first round has no pace before it and gets more time.
 */
function stuck(thresholds: Thresholds): Alert {
  const { jobStuckWindow, jobStuckFirstRound, jobStuckRounds } = thresholds;
  const seconds = durationSeconds(jobStuckWindow) ?? 0;
  const start = ofRun("fl_run_start_time_seconds", thresholds);
  return {
    alert: "TrainingJobStuck",
    expr: lines(
      "(",
      `  ${sameRound(jobStuckWindow, thresholds)}`,
      // The rounds before took what is left of the run's time: fewer seconds each than this pace.
      `    and on (${RUN}) ${jobStuckRounds} * (time() - ${start} - ${seconds})`,
      `      < on (${RUN}) ${seconds} * (${round(thresholds)} - 1)`,
      "  or",
      `  ${sameRound(jobStuckFirstRound, thresholds)} <= 1`,
      ")",
      `  and on (${RUN}) ${running(thresholds)}`,
      `  and on (federation) ${seen(thresholds)}`,
      `  unless on (${RUN}) ${isWaiting(thresholds)}`,
    ),
    for: thresholds.jobStuckFor,
    severity: "warning",
    summary: "Run {{ $labels.run_id }} is stuck in round {{ $value }}",
    description:
      "Run {{ $labels.run_id }} is in round {{ $value }} for over " +
      `${jobStuckWindow}, in which it would have ended ${jobStuckRounds} at its pace so far ` +
      `(a first round: for over ${jobStuckFirstRound}). Likely: clients fail and the app begins the round ` +
      "again, a client hangs, or the ServerApp works at something that does not end.",
    dashboard: "run-explorer",
    link: ["run_id"],
  };
}

function round(thresholds: Thresholds): string {
  return ofRun("fl_round_current", thresholds);
}

function sameRound(window: string, thresholds: Thresholds): string {
  const before = `max by (${RUN}) (${last("fl_round_current", thresholds, window)})`;
  return `${round(thresholds)} == ${before}`;
}

/** Alerts on runs, from what the SuperLink says of them and what their ServerApps tell. */
export function runAlerts(inventory: Inventory): AlertGroup {
  const { thresholds } = inventory;
  const hooked = hostsWith(inventory, "hook").length > 0;
  const alerts = [
    trainingStalled(thresholds, hooked),
    notStarted(thresholds),
    stuck(thresholds),
    waiting(thresholds),
    ...(hooked ? [overdue(thresholds)] : []),
    ...failureAlerts(thresholds),
  ];
  return { name: "runs", alerts: hostsWith(inventory, "flower").length === 0 ? [] : alerts };
}
