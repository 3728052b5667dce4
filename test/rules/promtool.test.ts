/** Each alert, by promtool, over the rule file as it is deployed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { run } from "../../runner/run";
import { prometheusTools } from "../../lab/toolchain/prometheus";
import { everyAlert, prometheusOwn } from "../../rules";
import { renderPrometheusRules } from "../../rules/prometheus-rules";
import { INTERVAL, inventory, links, series, type Case, type RecordCase } from "./alert-case";
import type { AlertGroup, RecordingGroup } from "../../rules";
import { reads } from "../support/promql";
import { cases } from "./cases";
import { recordCases } from "./record-cases";

let promtool: string;
let directory: string;
const groups = everyAlert(inventory);
const { records } = prometheusOwn(inventory);

beforeAll(async () => {
  promtool = (await prometheusTools()).promtool.path;
  directory = await mkdtemp(join(tmpdir(), "flower-monitoring-rules-"));
  await writeFile(join(directory, "rules.yml"), renderPrometheusRules(groups, links, records));
});
afterAll(() => rm(directory, { recursive: true }));

/** The recording rules that expressions read, and those that these read, as they are deployed. */
function recordsFor(expressions: string[]): RecordingGroup[] {
  const wanted = new Set<string>();
  const follow = (expr: string): void => {
    for (const { metric } of reads(expr).selectors) {
      if (wanted.has(metric)) continue;
      wanted.add(metric);
      for (const { record, expr: inner } of records.flatMap(({ rules }) => rules)) {
        if (record === metric) follow(inner);
      }
    }
  };
  expressions.forEach(follow);
  const of = (group: RecordingGroup) => group.rules.filter(({ record }) => wanted.has(record));
  return records
    .map((group) => ({ ...group, rules: of(group) }))
    .filter(({ rules }) => rules.length > 0);
}

/** Rules to play with. All that are deployed would take promtool most of its time. */
interface Rules {
  records: RecordingGroup[];
  groups: AlertGroup[];
}

function rulesOf(alertname: string): Rules {
  const [alert] = groups.flatMap(({ alerts }) => alerts.filter((one) => one.alert === alertname));
  if (alert === undefined) throw new Error(`no alert ${alertname}`);
  return { records: recordsFor([alert.expr]), groups: [{ name: alertname, alerts: [alert] }] };
}

/**
 * Has promtool play a story and compare.
 * @param expected promtool's own form of what is to be there at which moments
 * @throws CommandError with what promtool expected and got
 */
async function play(
  { name, series, interval = INTERVAL }: Pick<Case, "name" | "series" | "interval">,
  rules: Rules,
  expected: object,
): Promise<void> {
  const file = join(directory, "case.yml");
  await writeFile(
    join(directory, "case-rules.yml"),
    renderPrometheusRules(rules.groups, links, rules.records),
  );
  const input_series = Object.entries(series).map(([text, values]) => ({ series: text, values }));
  const content = stringify({
    rule_files: ["case-rules.yml"],
    // Without it the order is chance.
    group_eval_order: [...rules.records, ...rules.groups].map((group) => group.name),
    evaluation_interval: interval,
    // To the last digits: increases are estimates.
    fuzzy_compare: true,
    tests: [{ name, interval, input_series, ...expected }],
  });
  await writeFile(file, content);
  await run(promtool, ["test", "rules", file]);
}

async function runCase(alertname: string, given: Case): Promise<void> {
  await play(given, rulesOf(alertname), {
    alert_rule_test: Object.entries(given.expect).map(([eval_time, fired]) => ({
      eval_time,
      alertname,
      exp_alerts: fired.map(({ labels, annotations }) => ({
        exp_labels: labels,
        exp_annotations: annotations,
      })),
    })),
  });
}

async function runRecordCase(record: string, given: RecordCase): Promise<void> {
  await play(
    given,
    { records: recordsFor([record]), groups: [] },
    {
      promql_expr_test: Object.entries(given.expect).map(([eval_time, found]) => ({
        eval_time,
        expr: record,
        exp_samples: found.map(({ labels, value }) => ({ labels: series(record, labels), value })),
      })),
    },
  );
}

test("promtool finds nothing to say about the rule file", async () => {
  const file = join(directory, "rules.yml");
  const { stdout } = await run(promtool, ["check", "rules", "--lint=all", "--lint-fatal", file]);
  const count =
    groups.reduce((sum, group) => sum + group.alerts.length, 0) +
    records.reduce((sum, group) => sum + group.rules.length, 0);
  expect(stdout).toContain(`SUCCESS: ${count} rules found`);
});

describe.each(Object.entries(cases))("%s", (alert, { fires, silent }) => {
  test.each(fires.map((one) => [one.name, one] as const))("fires: %s", async (_name, one) => {
    await runCase(alert, one);
  });

  test.each(silent.map((one) => [one.name, one] as const))("silent: %s", async (_name, one) => {
    await runCase(alert, one);
  });
});

describe.each(Object.entries(recordCases))("%s", (record, given) => {
  test.each(given.map((one) => [one.name, one] as const))("is: %s", async (_name, one) => {
    await runRecordCase(record, one);
  });
});

test("every recording rule has a case, and no case is left of one that is gone", () => {
  const names = records.flatMap(({ rules }) => rules.map(({ record }) => record));
  expect(Object.keys(recordCases).sort()).toEqual([...new Set(names)].sort());
});

test("a case that expects the wrong thing fails: promtool does compare", async () => {
  const [one] = cases["TargetDown"]?.fires ?? [];
  if (one === undefined) throw new Error("no case");
  const wrong = { ...one, expect: { "2m30s": [] } };
  await expect(runCase("TargetDown", wrong)).rejects.toThrow("got:");
});
