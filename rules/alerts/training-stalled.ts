import type { Alert } from "../rule";
import type { Thresholds } from "../thresholds";
import { ofRun, RUN } from "./flower-series";
import { lines } from "../promql";

/** Runs whose missing SuperNodes are all among those that SuperNodeOffline tells of. */
function explained(thresholds: Thresholds): string {
  const [wanted, present] = ["wanted", "present"].map((what) =>
    ofRun(`fl_run_nodes_${what}`, thresholds),
  );
  return `(${wanted} - ${present}) <= on (federation) group_left () federation:fl_supernodes:lost`;
}

/**
 * Silence that is longer than a round of this run can be. The exporter calls ten minutes a stall, and
 * clients may well train for longer: then it is the run's own rounds that say what is too long, and
 * before the first has ended Flower's patience with replies.
 */
function tooLong(thresholds: Thresholds, hooked: boolean): string {
  const { stalledRounds, stalledFirstRoundSeconds } = thresholds;
  const idle = ofRun("fl_run_idle_seconds", thresholds);
  const mean = "run:fl_round_duration_seconds:mean";
  if (!hooked) return `${idle} > ${stalledFirstRoundSeconds}`;
  return lines(
    "(",
    `      ${idle} > on (${RUN}) (${stalledRounds} * ${mean})`,
    `      or (${idle} > ${stalledFirstRoundSeconds} unless on (${RUN}) ${mean})`,
    "    )",
  );
}

/** Runs in which nothing happens, by cause; not those that wait for a SuperNode that is told of already. */
export function trainingStalled(thresholds: Thresholds, hooked: boolean): Alert {
  const stalled = (causes: string): string =>
    `${ofRun(`fl_run_stalled{cause=~"${causes}"}`, thresholds, ["cause"])} == 1`;
  return {
    alert: "FLTrainingStalled",
    expr: lines(
      "(",
      `  ${stalled("no_reply|no_progress")}`,
      `    and on (${RUN}) ${tooLong(thresholds, hooked)}`,
      "  or",
      `  ${stalled("too_few_nodes")}`,
      `    unless on (${RUN}) ${explained(thresholds)}`,
      ")",
      `* on (${RUN}) group_left () ${ofRun("fl_run_idle_seconds", thresholds)}`,
    ),
    for: thresholds.trainingStalledFor,
    severity: "critical",
    summary: "Training of run {{ $labels.run_id }} has stalled: {{ $labels.cause }}",
    description:
      "Nothing has happened in run {{ $labels.run_id }} for {{ $value | humanizeDuration }}. Cause: " +
      "{{ $labels.cause }} (too_few_nodes: fewer SuperNodes are online than it wants; no_reply: clients have not " +
      "answered; no_progress: the ServerApp itself is at something else, or hangs).",
    dashboard: "run-explorer",
    link: ["run_id"],
  };
}
