/** Alerts on Flower exist for what is deployed, and read no more than it tells. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { everyAlert, prometheusOwn, type Inventory } from "../../rules";
import { TESTED_FLOWER } from "../../rules/alerts/flower-exporter";
import { inventory } from "../rules/alert-case";
import { namesOf, without } from "../support/inventory";
import { reads } from "../support/promql";

function metricsOf(of: Inventory): Set<string> {
  const alerts = everyAlert(of).flatMap((group) => group.alerts);
  const records = prometheusOwn(of).records.flatMap((group) => group.rules);
  return new Set(
    [...alerts, ...records].flatMap(({ expr }) => reads(expr).selectors.map((one) => one.metric)),
  );
}

/** Metrics of docs/metrics.md that the hook alone tells; of histograms their parts too. */
const hookOnly = readFileSync(resolve(__dirname, "../../docs/metrics.md"), "utf8")
  .split(/^### /m)
  .filter((section) => section.includes("\n- Source: hook\n"))
  .flatMap((section) => {
    const name = /^`(\w+)`/.exec(section)?.[1] ?? "";
    return [name, ...["sum", "count", "bucket"].map((part) => `${name}_${part}`)];
  });

test("without the exporter of Flower nothing is read of it", () => {
  const read = [...metricsOf(without("flower", "superlink"))];
  expect(read.filter((metric) => metric.includes("fl_"))).toEqual([]);
});

describe("without the hook", () => {
  const bare = without("hook", "superlink", "supernode");

  test("nothing is read that only the hook tells", () => {
    expect(hookOnly.length).toBeGreaterThan(40);
    const read = metricsOf(bare);
    expect(hookOnly.filter((metric) => read.has(metric))).toEqual([]);
    expect(hookOnly.filter((metric) => metricsOf(inventory).has(metric))).not.toEqual([]);
  });

  test("alerts and records about it are gone, and no others", () => {
    const left = new Set(namesOf(bare));
    expect(
      namesOf(inventory)
        .filter((name) => !left.has(name))
        .sort(),
    ).toEqual([
      "CheckpointOverdue",
      "GPUUnusedInTraining",
      "GPUUtilizationDrop",
      "HookFailing",
      "HookMissing",
      "HookNamesMoved",
      "RoundOverdue",
      "SuperNodeFailing",
      "SuperNodeGatesRounds",
      "SuperNodeZombie",
      "federation:fl_client_failures:ratio30m",
      "federation:fl_supernode_reply_seconds:median",
      "run:fl_round_duration_seconds:mean",
    ]);
  });
});

test("a hook on SuperNodes alone is not missed in ServerApps", () => {
  const names = namesOf(without("hook", "superlink"));
  expect(names).not.toContain("HookMissing");
  expect(names).toContain("HookNamesMoved");
});

test("the Flower that counts as tested is the one that the package asks for", () => {
  const project = readFileSync(resolve(__dirname, "../../python/pyproject.toml"), "utf8");
  const [, low, high] = /"flwr>=1\.(\d+),<1\.(\d+)/.exec(project) ?? [];
  const tested = new RegExp(`^(?:${TESTED_FLOWER.replaceAll("\\\\", "\\")})$`);
  const minors = Array.from({ length: 100 }, (_, minor) => minor);
  expect(minors.filter((minor) => tested.test(`1.${minor}.0`))).toEqual(
    minors.filter((minor) => minor >= Number(low) && minor < Number(high)),
  );
  expect(tested.test("2.41.0")).toBe(false);
});
