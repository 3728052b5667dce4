/**
 * Every query of every dashboard, asked of a real Prometheus that scrapes all recorded scrapes: it takes
 * each of them, and each finds something. What a grammar cannot tell shows here: series that match many
 * times, labels that no join has.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dashboardJson, dashboards } from "../../dashboards";
import { COLOURS } from "../../dashboards/palette";
import { eventually } from "../../lab/observe";
import { startReplay, type Replay } from "../../lab/replay";
import { fullestRun, untilFilled } from "../../lab/replay/filled";
import { report } from "../../lab/report";
import { collect, windowOf, type DashboardReport } from "../../lab/report/collect";
import { findings, type Finding } from "../../lab/report/findings";
import { dashboardModels } from "../../lab/report/model";
import { prometheusAt } from "../../lab/report/prometheus";
import { readPng } from "../support/png";

/** Queries that find nothing in what was recorded, with the reason. */
const EMPTY: Record<string, string> = {
  "hosts: Swap A": "the recorded machine has no swap",
  "containers: Health checks A": "the recorded container has no health check",
};

/** Queries that find nothing of the run that pictures show. */
const EMPTY_OF_RUN: Record<string, string> = {
  "Failed because A": "it has not failed",
  "Failures A": "none of its clients has failed",
  "In all D": "it has saved no checkpoint",
  "Client compute B": "it has saved no checkpoint",
  "Energy of the machines' GPUs A": "its machines have no GPU",
};

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
  await untilFilled(prometheusAt(replay.url));
  await look();
}, 180_000);
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

test("the run that pictures show has all that a run can have", async () => {
  const prometheus = prometheusAt(replay.url);
  const { window, macros } = await windowOf(prometheus, 120, now());
  const explorer = dashboardModels().filter(({ slug }) => slug === "run-explorer");
  const liked = await fullestRun(prometheus);
  const shown = await collect(prometheus, window, macros, explorer, liked);
  expect(shown[0]?.values).toMatchObject(liked);
  const empty = findings(shown, []).map(({ panel, refId }) => `${panel} ${refId}`);
  expect(empty).toEqual(Object.keys(EMPTY_OF_RUN));
});

test("pictures are drawn of dashboards that change, beside what they were", async () => {
  const directory = mkdtempSync(join(tmpdir(), "flower-monitoring-pictures-"));
  const slos = dashboardJson(dashboards["slos"]?.() ?? raise());
  const write = (name: string, files: Record<string, string>): void => {
    mkdirSync(join(directory, name, "dashboards"), { recursive: true });
    for (const [slug, text] of Object.entries(files)) {
      writeFileSync(join(directory, name, "dashboards", `${slug}.json`), text);
    }
  };
  write("base", { slos });
  write("head", {
    slos: slos.replaceAll('"Burn rate"', '"Speed"'),
    alerts: dashboardJson(dashboards["alerts"]?.() ?? raise()),
  });
  try {
    const asked = ["--prometheus", replay.url, "--minutes", "2", "--changes", directory];
    expect(await report(asked)).toBe(true);
    const [both, alone] = ["slos", "alerts"].map((slug) =>
      readPng(readFileSync(join(directory, "pictures", `${slug}.png`))),
    );
    expect([both?.width, alone?.width]).toEqual([2400, 1200]);
    for (const { width, height, colours } of [both ?? raise(), alone ?? raise()]) {
      expect(height).toBeGreaterThan(1000);
      expect(height).toBeLessThan(10_000);
      // Text alone has hundreds of shades; a blank page has one.
      expect(colours.size).toBeGreaterThan(200);
      // Two that are lines of a chart, and not the page's own.
      for (const line of [COLOURS.good, COLOURS.warning]) {
        expect(colours.get(rgb(line)) ?? 0).toBeGreaterThan(100);
      }
      expect(Math.max(...colours.values())).toBeLessThan(0.9 * width * height);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

const raise = (): never => {
  throw new Error("not there");
};

const rgb = (hex: string): string =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(",");
