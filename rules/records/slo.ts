import type { Inventory, RecordingGroup, RecordingRule } from "../rule";
import {
  SLICE_SECONDS,
  objectiveOf,
  tiersOf,
  windowSeconds,
  windowText,
  windowsOf,
} from "../slo/burn";
import type { Slo } from "../slo/slo";
import { slos } from "../slo/slos";

/** Names of what is recorded of every SLO, with the label `slo`. */
export const SLO_RECORDS = {
  /** How good this minute is, 0 to 1; only of SLOs over time. */
  slice: "slo:slice:good",
  /** 1 while the SLO is measured. */
  known: "slo:data:known",
  /** Bad events, or bad minutes, in a window. */
  bad: "slo:bad:count",
  /** All of them; only where there are enough to say something. */
  total: "slo:total:count",
  /** The share that was good in a window. */
  sli: "slo:sli:ratio",
  /** The share that has to be good in the SLO's window. */
  objective: "slo:objective:ratio",
  /** How many times as fast as allowed the budget burns in a window. */
  burn: "slo:burn:rate",
  /** What is left of the SLO's budget: 1 is all of it, below 0 the promise is broken. */
  budget: "slo:error_budget:remaining",
} as const;

/**
 * What is recorded of SLOs, in the order in which each is read. Nothing is divided by zero: without
 * enough events there is no total, and then no share, no burn rate and no budget.
 */
export function sloRecords(inventory: Inventory): RecordingGroup[] {
  const all = slos(inventory);
  if (all.length === 0) return [];
  const rules = [
    ...all.flatMap(measured),
    ...all.flatMap((slo) => windowsOf(slo, inventory).flatMap((w) => counted(slo, w, inventory))),
    sli,
    ...all.map((slo) => objective(slo, inventory)),
    burn,
    ...all.map((slo) => budget(slo, inventory)),
  ];
  return [{ name: "slo-records", interval: windowText(SLICE_SECONDS), rules }];
}

const LABELS = ["federation", "slo"];

function measured({ name, known, measure }: Slo): RecordingRule[] {
  const add = { slo: name };
  const slice =
    measure.kind === "slices"
      ? [{ record: SLO_RECORDS.slice, expr: measure.good, labels: LABELS, add }]
      : [];
  return [...slice, { record: SLO_RECORDS.known, expr: known, labels: LABELS, add }];
}

/** How many there were in a window, and how many of them were bad. */
function counted(slo: Slo, seconds: number, inventory: Inventory): RecordingRule[] {
  const window = windowText(seconds);
  const { bad, total } = counts(slo, window);
  const shared = { labels: [...LABELS, "window"], add: { slo: slo.name, window } };
  return [
    { record: SLO_RECORDS.bad, expr: bad, ...shared },
    {
      record: SLO_RECORDS.total,
      // Increases are estimates: three events may be 2.98.
      expr: `${total} > ${enough(slo, seconds, inventory) - 0.5}`,
      ...shared,
    },
  ];
}

function counts({ name, measure }: Slo, window: string): { bad: string; total: string } {
  if (measure.kind === "events") {
    return { bad: measure.bad(window), total: measure.total(window) };
  }
  const slices = `${SLO_RECORDS.slice}{slo="${name}"}[${window}]`;
  const total = `count_over_time(${slices})`;
  return { bad: `${total} - sum_over_time(${slices})`, total };
}

/** How many of a window have to be there before something is said of it. */
function enough(slo: Slo, seconds: number, inventory: Inventory): number {
  const longs = tiersOf(slo, inventory).map(({ long }) => long);
  if (slo.measure.kind === "events") {
    const whole = windowSeconds(slo, inventory);
    // A short window only has to show that it goes on.
    return longs.includes(seconds) || seconds === whole ? slo.measure.minimum : 1;
  }
  const slices = seconds / SLICE_SECONDS;
  // Half of the time of a tier has to be known; of a whole window of weeks an hour, at its beginning.
  return longs.includes(seconds) ? Math.ceil(slices / 2) : Math.min(Math.ceil(slices / 2), 60);
}

const sli: RecordingRule = {
  record: SLO_RECORDS.sli,
  expr: `1 - ${SLO_RECORDS.bad} / ${SLO_RECORDS.total}`,
  labels: [...LABELS, "window"],
};

function objective(slo: Slo, inventory: Inventory): RecordingRule {
  const window = windowText(windowSeconds(slo, inventory));
  const { federation } = inventory;
  return {
    record: SLO_RECORDS.objective,
    expr: `vector(${objectiveOf(slo, inventory)})`,
    labels: [...LABELS, "window", "job"],
    add: { federation, slo: slo.name, window, job: slo.job },
  };
}

const burn: RecordingRule = {
  record: SLO_RECORDS.burn,
  expr: [
    `  (1 - ${SLO_RECORDS.sli})`,
    "    / on (federation, slo) group_left ()",
    `  (1 - ${SLO_RECORDS.objective})`,
  ].join("\n"),
  labels: [...LABELS, "window"],
};

/**
 * The budget of time is a number of minutes of the whole window, also while the window has just begun;
 * that of events a share of those that there were.
 */
function budget(slo: Slo, inventory: Inventory): RecordingRule {
  const seconds = windowSeconds(slo, inventory);
  const window = windowText(seconds);
  const of = `{slo="${slo.name}", window="${window}"}`;
  const allowed = 1 - objectiveOf(slo, inventory);
  const all =
    slo.measure.kind === "slices"
      ? rounded((seconds / SLICE_SECONDS) * allowed)
      : `(${SLO_RECORDS.total}${of} * ${rounded(allowed)})`;
  return {
    record: SLO_RECORDS.budget,
    expr: `1 - ${SLO_RECORDS.bad}${of} / ${all}`,
    labels: [...LABELS, "window"],
    // They have them already; promtool takes rules for duplicates that differ in nothing it sees.
    add: { slo: slo.name, window },
  };
}

/** Without the last digits of a floating point number, in which 1 - 0.999 differs from 0.001. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
