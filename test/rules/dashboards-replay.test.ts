/**
 * Every query of every dashboard, asked of a real Prometheus that scrapes all recorded scrapes: it takes
 * each of them, and each finds something. What a grammar cannot tell shows here: series that match many
 * times, labels that no join has.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../lab/observe";
import { collect, windowOf, type DashboardReport } from "../../lab/report/collect";
import { findings, type Finding } from "../../lab/report/findings";
import { dashboardModels } from "../../lab/report/model";
import { prometheusAt } from "../../lab/report/prometheus";
import { startReplay, type Replay } from "../../lab/replay";

/** Queries that find nothing in what was recorded, with the reason. */
const EMPTY: Record<string, string> = {
  "hosts: Swap A": "the recorded machine has no swap",
  "containers: Health checks A": "the recorded container has no health check",
};

/** A promise over the whole of its time. */
const KEPT = "(slo:sli:ratio and on (federation, slo, window) slo:objective:ratio)";

let replay: Replay;
let found: Finding[];
let reports: DashboardReport[];

/** The Run Explorer is asked for all runs: the newest one need not be one that has everything. */
const models = dashboardModels().map((model) => ({
  ...model,
  variables: model.variables.map((variable) => {
    return variable.name === "run" ? { ...variable, several: true, allValue: ".+" } : variable;
  }),
}));

const now = (): number => Date.now() / 1000;

/** Asks every query of this moment; the names of those that found nothing. */
async function look(): Promise<string[]> {
  const prometheus = prometheusAt(replay.url);
  const { window, macros } = await windowOf(prometheus, 120, now());
  reports = await collect(prometheus, window, macros, models);
  found = findings(reports, []);
  return found.map(({ slug, panel, refId }) => `${slug}: ${panel} ${refId}`);
}

beforeAll(async () => {
  replay = await startReplay();
  const prometheus = prometheusAt(replay.url);
  await eventually(
    "four scrapes of every target, and what is known of a promise",
    60,
    () => prometheus.instant(`min(count_over_time(up[1m])) >= 4 and on () ${KEPT}`, now()),
    (series) => series.length > 0,
  );
  await look();
}, 120_000);
afterAll(() => replay.stop());

test("Prometheus takes every query", () => {
  const panels = reports.flatMap(({ rows }) => rows.flatMap((row) => row.panels));
  expect(panels.length).toBeGreaterThan(130);
  expect(found.filter(({ error }) => error !== undefined)).toEqual([]);
});

test("every query finds something, but for those whose reason is known", async () => {
  // A record of a record comes a while after the scrape, and later on a busy machine.
  const empty = await eventually("no other query finds nothing", 120, look, (names) =>
    names.every((name) => name in EMPTY),
  );
  expect(Object.keys(EMPTY).filter((name) => !empty.includes(name))).toEqual([]);
});

test("marks of runs are there", () => {
  const marks = reports.flatMap(({ annotations }) => annotations);
  const counted = (name: string): number[] =>
    marks.filter((mark) => mark.name === name).map(({ series }) => series.length);
  expect(Math.min(...counted("Run starts"))).toBeGreaterThan(5);
  expect(Math.min(...counted("Run ends"))).toBeGreaterThan(5);
});
