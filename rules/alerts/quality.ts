/** Alerts on what a run learns, and on what is kept of it. */
import { durationSeconds } from "../../components/config/durations";
import { hostsWith, type Alert, type AlertGroup, type Inventory } from "../rule";
import type { Thresholds } from "../thresholds";
import { last, ofRun, percent, RUN, running, seen } from "./flower-series";
import { indent, lines } from "../promql";

/** A ServerApp can use one strategy after the other; each has a loss of its own. */
const TRAINING = `${RUN}, strategy`;

/** Value: the best loss of the last window, where it is no better than that of the window before. */
function notFalling(thresholds: Thresholds): Alert {
  const { lossWindowShort, lossWindowLong, lossRounds } = thresholds;
  const best = (window: string, offset = ""): string =>
    `min by (${TRAINING}) (min_over_time(fl_aggregated_loss[${window}]${offset}))`;
  const over = (window: string): string =>
    lines(
      `${best(window)} >= ${best(window, ` offset ${window}`)}`,
      `  and max by (${TRAINING}) (${last("fl_round_current", thresholds)})`,
      `    - max by (${TRAINING}) (${last("fl_round_current", thresholds, window)}) >= ${lossRounds}`,
    );
  return {
    alert: "LossNotFalling",
    expr: lines(
      "(",
      indent(over(lossWindowShort)),
      "  or",
      indent(over(lossWindowLong)),
      ")",
      `  and on (${RUN}) ${running(thresholds)}`,
    ),
    for: thresholds.lossFor,
    severity: "warning",
    summary: "The loss of run {{ $labels.run_id }} does not fall any more",
    description:
      `In the last ${lossWindowShort} (or ${lossWindowLong}) and at least ${lossRounds} rounds the best loss of run ` +
      '{{ $labels.run_id }} was {{ printf "%.3g" $value }}, no better than before. Either it has converged, and more ' +
      "rounds are for nothing; or the learning rate is too high, or the clients' data pull apart.",
    dashboard: "fl-training",
    link: ["run_id"],
  };
}

/** Value: how many of the run's losses are no number. */
function notANumber(thresholds: Thresholds): Alert {
  const loss = last('fl_app_metric{name=~"(?i).*loss"}', thresholds);
  return {
    alert: "LossNaN",
    // Only NaN is not equal to itself.
    expr: `count by (${RUN}) (${loss} != ${loss})`,
    for: thresholds.lossNaNFor,
    severity: "warning",
    summary: "The loss of run {{ $labels.run_id }} is not a number",
    description:
      "{{ $value }} losses of run {{ $labels.run_id }} are NaN or infinite in its last round. What it trains from here " +
      "on is for nothing, since averages keep NaN. Likely: a learning rate that is too high, a client with broken " +
      "data, or numbers too large for half precision.",
    dashboard: "fl-training",
    link: ["run_id"],
  };
}

/** Value: the best accuracy of late. */
function accuracyDrop(thresholds: Thresholds): Alert {
  const { accuracyDropShare, accuracyWindow, accuracyRecent } = thresholds;
  const best = (window: string): string =>
    `max by (${TRAINING}) (max_over_time(fl_aggregated_accuracy[${window}]))`;
  return {
    alert: "AccuracyDrop",
    expr: lines(
      `${best(accuracyRecent)} < ${1 - accuracyDropShare} * ${best(accuracyWindow)}`,
      `  and on (${RUN}) ${running(thresholds)}`,
    ),
    for: thresholds.accuracyFor,
    severity: "warning",
    summary: "The accuracy of run {{ $labels.run_id }} has dropped",
    description:
      "The best accuracy of run {{ $labels.run_id }} in the last " +
      `${accuracyRecent} is {{ printf "%.3g" $value }}, over ${percent(accuracyDropShare)} % below its best in ` +
      `${accuracyWindow}. Likely: clients with other data joined or left, a client sends broken updates, or the ` +
      "learning rate is too high.",
    dashboard: "fl-training",
    link: ["run_id"],
  };
}

/**
 * Value: seconds since the last checkpoint. The interval is the run's own: from its start, or the
 * start of the window, to its last checkpoint, by the checkpoints between.
 */
function checkpointOverdue(thresholds: Thresholds): Alert {
  const { checkpointFactor, checkpointMinSeconds, checkpointSaves, checkpointWindow } = thresholds;
  const window = durationSeconds(checkpointWindow) ?? 0;
  const saved = ofRun("fl_checkpoint_time_seconds", thresholds);
  const start = `clamp_min(${ofRun("fl_run_start_time_seconds", thresholds)}, time() - ${window})`;
  const changes = `max by (${RUN}) (changes(fl_checkpoint_time_seconds[${checkpointWindow}]))`;
  return {
    alert: "CheckpointOverdue",
    expr: lines(
      `time() - ${saved} > ${checkpointMinSeconds}`,
      `  and on (${RUN}) (time() - ${saved})`,
      `    > on (${RUN}) ${checkpointFactor} * (${saved} - on (${RUN}) ${start})`,
      `      / on (${RUN}) (${changes} + 1)`,
      `  and on (${RUN}) ${changes} >= ${checkpointSaves}`,
      `  and on (${RUN}) ${running(thresholds)}`,
      `  and on (federation) ${seen(thresholds)}`,
    ),
    for: thresholds.checkpointFor,
    severity: "warning",
    summary: "A checkpoint of run {{ $labels.run_id }} is overdue",
    description:
      "The last checkpoint of run {{ $labels.run_id }} is {{ $value | humanizeDuration }} old, over " +
      `${checkpointFactor} times its usual interval: what is trained since is lost when the run fails. Likely: the ` +
      "disk of the SuperLink's host is full or gone, or the rounds have become slower.",
    dashboard: "run-explorer",
    link: ["run_id"],
  };
}

/** Value: how many times the largest model of the app's runs before. */
function modelBytesJump(thresholds: Thresholds): Alert {
  const { modelBytesFactor, modelBytesWindow, modelBytesNow } = thresholds;
  return {
    alert: "ModelBytesJump",
    expr: lines(
      ofRun("fl_model_bytes", thresholds),
      `  * on (${RUN}) group_left (app) ${ofRun('fl_run_info{app!=""}', thresholds, ["app"])}`,
      "  / on (federation, app) group_left ()",
      `    max_over_time(app:fl_model_bytes:max[${modelBytesWindow}] offset ${modelBytesNow})`,
      `  > ${modelBytesFactor}`,
    ),
    for: thresholds.modelBytesFor,
    severity: "warning",
    summary:
      'The model of run {{ $labels.run_id }} is {{ printf "%.3g" $value }} times as large as before',
    description:
      'Run {{ $labels.run_id }} of {{ $labels.app }} sends {{ printf "%.3g" $value }} times the bytes of the app\'s ' +
      `largest model in ${modelBytesWindow} to each client, in each round. Likely: another model or number format by ` +
      "intent, or the optimizer's state is sent along. Traffic and memory of every site grow with it.",
    dashboard: "run-explorer",
    link: ["run_id"],
  };
}

export function qualityAlerts(inventory: Inventory): AlertGroup {
  const { thresholds } = inventory;
  const hooked = hostsWith(inventory, "hook").length > 0;
  const alerts = [
    notFalling(thresholds),
    notANumber(thresholds),
    accuracyDrop(thresholds),
    ...(hooked ? [checkpointOverdue(thresholds)] : []),
    modelBytesJump(thresholds),
  ];
  return { name: "quality", alerts: hostsWith(inventory, "flower").length === 0 ? [] : alerts };
}
