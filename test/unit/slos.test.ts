/** What SLOs are made of: windows, factors, and what exists for which stack. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { durationSeconds, durationText } from "../../components/config/durations";
import { alertGroups, prometheusOwn, type Inventory } from "../../rules";
import { THRESHOLDS, thresholdsOf, type Thresholds } from "../../rules/thresholds";
import { tiersOf, windowsOf, windowText } from "../../rules/slo/burn";
import { slos } from "../../rules/slo/slos";
import type { Slo } from "../../rules/slo/slo";
import { bare, inventory } from "../rules/alert-case";

/** The same stack with thresholds of its own. */
function own(thresholds: Partial<Thresholds>, changes: Partial<Inventory> = {}): Inventory {
  return { ...inventory, thresholds: thresholdsOf(thresholds), ...changes };
}

function slo(name: string, of: Inventory = inventory): Slo {
  const found = slos(of).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no SLO ${name}`);
  return found;
}

/** `factor long/short` of each tier. */
function tiers(name: string, of: Inventory = inventory): string[] {
  return tiersOf(slo(name, of), of).map(
    ({ factor, long, short }) => `${factor} ${windowText(long)}/${windowText(short)}`,
  );
}

describe("tiers", () => {
  test("of 30 days are those of the Google SRE workbook", () => {
    expect(tiers("data_freshness")).toEqual(["14.4 1h/5m", "6 6h/30m", "3 1d/2h", "1 3d/6h"]);
  });

  test("of another window over a day stand for the same shares of the budget", () => {
    expect(tiers("run_progress")).toEqual([
      "14.4 14m/2m",
      "6 1h24m/7m",
      "3 5h36m/28m",
      "1 16h48m/1h24m",
    ]);
    const shares = tiersOf(slo("run_progress"), inventory).map(
      ({ factor, long }) => (factor * long) / (7 * 24 * 3600),
    );
    for (const [i, share] of [0.02, 0.05, 0.1, 0.1].entries())
      expect(shares[i]).toBeCloseTo(share, 6);
  });

  test("of a day or less are a quarter of it and the whole", () => {
    expect(tiers("training_success_rate")).toEqual(["6 6h/2h", "3 6h/2h", "1 1d/6h"]);
  });

  test("leave out a factor that not even everything being bad reaches", () => {
    // 6 x 20 % is more than all.
    expect(tiers("client_participation")).toEqual(["3 15m/5m", "1 1h/15m"]);
    expect(tiers("client_participation", own({ sloClientParticipationObjective: 0.9 }))).toEqual([
      "6 15m/5m",
      "3 15m/5m",
      "1 1h/15m",
    ]);
  });

  test("are no shorter than what happens is rare: two events apart", () => {
    expect(tiers("round_time")[0]).toBe("14.4 1h/30m");
    expect(tiers("training_success_rate", own({ sloTrainingSuccessWindow: "2h" }))).toEqual([
      "6 4h/2h",
      "3 4h/2h",
      "1 4h/2h",
    ]);
  });

  test("are no shorter than four scrapes", () => {
    expect(tiers("run_progress", own({}, { scrapeIntervalSeconds: 120 }))[0]).toBe("14.4 16m/8m");
  });

  test("of a window beyond what Prometheus remembers are those of what it does", () => {
    const short = own({}, { retentionSeconds: 15 * 24 * 3600 });
    expect(tiers("data_freshness", short)).toEqual([
      "14.4 30m/3m",
      "6 3h/15m",
      "3 12h/1h",
      "1 1d12h/3h",
    ]);
    const records = prometheusOwn(short).records.flatMap(({ rules }) => rules);
    const objective = records.filter(
      ({ add }) => add?.["slo"] === "data_freshness" && "job" in add,
    );
    expect(objective.map(({ add }) => add?.["window"])).toEqual(["15d"]);
  });
});

test("every window of every SLO is whole minutes, as its label and its range have it", () => {
  for (const one of slos(inventory)) {
    for (const seconds of windowsOf(one, inventory)) {
      expect(seconds % 60).toBe(0);
      expect(durationSeconds(durationText(seconds))).toBe(seconds);
    }
  }
  expect([0, 59, 5400, 86_400, 90_061].map(durationText)).toEqual([
    "0s",
    "59s",
    "1h30m",
    "1d",
    "1d1h1m1s",
  ]);
});

describe("what exists", () => {
  const names = (of: Inventory): string[] => slos(of).map(({ name }) => name);
  const without = (signal: string): Inventory => ({
    ...inventory,
    hosts: inventory.hosts.map((host) => ({
      ...host,
      signals: host.signals.filter((one) => one !== signal),
    })),
  });

  test("without the hook on the SuperLink's host nothing is promised of rounds", () => {
    expect(names(inventory)).toEqual([
      ...names(without("hook")).filter((name) => !name.startsWith("api_")),
      "round_time",
      "round_participation",
      "api_availability",
      "api_latency",
    ]);
  });

  test("without the Flower exporter nothing is promised of Flower, without an API nothing at all", () => {
    expect(names(without("flower"))).toEqual(["api_availability", "api_latency"]);
    expect(names(bare)).toEqual([]);
    expect(alertGroups(bare).map(({ name }) => name)).not.toContain("slo");
  });

  test("without SuperNodes nobody has to take part", () => {
    const alone = {
      ...inventory,
      hosts: inventory.hosts.filter(({ role }) => role === "superlink"),
    };
    expect(names(alone)).not.toContain("client_participation");
  });
});

test("objective and window of each are thresholds, and a stack's own take their place", () => {
  for (const { objective, window } of slos(inventory)) {
    expect(THRESHOLDS[objective].unit).toBe("share");
    expect(THRESHOLDS[window].unit).toBe("duration");
  }
  const changed = own({
    sloRoundSeconds: 120,
    sloRoundTimeObjective: 0.9,
    sloRoundTimeWindow: "14d",
  });
  const records = prometheusOwn(changed).records.flatMap(({ rules }) => rules);
  const about = records.filter(({ add }) => add?.["slo"] === "round_time");
  expect(about.filter(({ expr }) => expr.includes('le="120.0"'))).not.toEqual([]);
  expect(
    about.filter(({ expr }) => expr === "vector(0.9)").map(({ add }) => add?.["window"]),
  ).toEqual(["14d"]);
});

test("bounds of the time of a round are those that the exporter has buckets for", () => {
  const bounds = [1, 5, 10, 30, 60, 120, 300, 600];
  const text = readFileSync(
    resolve(__dirname, "../fixtures/scrapes/flower-hook-running.txt"),
    "utf8",
  );
  const found = [
    ...text.matchAll(/^fl_phase_duration_seconds_bucket\{le="([\d.]+)",phase="train"\}/gm),
  ];
  const seen = found.map(([, le]) => Number(le));
  expect(bounds.filter((bound) => !seen.includes(bound))).toEqual([]);
  for (const bound of bounds) expect(THRESHOLDS.sloRoundSeconds.accepts(bound)).toBe(true);
  expect(THRESHOLDS.sloRoundSeconds.accepts(100)).toBe(false);
});

test("docs/slos.md has each of them, with its promise, objective and window", () => {
  const page = readFileSync(resolve(__dirname, "../../docs/slos.md"), "utf8");
  for (const { name, objective, window } of slos(inventory)) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` `));
    expect(row, name).toBeDefined();
    expect(row).toContain(`${Number(THRESHOLDS[objective].default) * 100} %`);
    expect(row).toContain(String(THRESHOLDS[window].default));
  }
});
