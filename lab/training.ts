/** What the summary says about the training itself, from the metrics that the hook or the logs gave. */
import type { Sample } from "../runner/status/ask";

/** Rounds and loss of every run that the exporter shows, and the highest loss of the last minutes. */
export const TRAINING = `{__name__=~"fl_round_current|fl_round_total|fl_aggregated_loss"} or
  label_replace(max_over_time(fl_aggregated_loss[10m]), "seen", "highest", "", "")`;

interface Run {
  round?: number;
  of?: number;
  loss?: number;
  highest?: number;
}

function runs(samples: Sample[]): Run[] {
  const byId = new Map<string, Run>();
  for (const { labels, value } of samples) {
    const id = labels["run_id"] ?? "";
    const run = byId.get(id) ?? {};
    byId.set(id, run);
    if (labels["seen"] === "highest") run.highest = value;
    else if (labels["__name__"] === "fl_round_current") run.round = value;
    else if (labels["__name__"] === "fl_round_total") run.of = value;
    else run.loss = value;
  }
  return [...byId.values()];
}

function falls({ loss, highest }: Run): boolean {
  return loss !== undefined && highest !== undefined && loss < highest;
}

/** Whether the loss of some run has fallen while we watched. */
export function lossFalls(samples: Sample[]): boolean {
  return runs(samples).some(falls);
}

/** As in `round 3 of 5, loss 0.41, down from 0.69`; of the run that shows most. */
export function trainingSeen(samples: Sample[]): string {
  const all = runs(samples);
  const run = all.find(falls) ?? all.find(({ loss }) => loss !== undefined) ?? all[0];
  if (run === undefined) return "no run has told anything yet";
  const rounds = `round ${run.round ?? "?"} of ${run.of ?? "?"}`;
  if (run.loss === undefined) return `${rounds}, no loss yet`;
  const down = falls(run) ? `, down from ${run.highest?.toFixed(4)}` : "";
  return `${rounds}, loss ${run.loss.toFixed(4)}${down}`;
}
