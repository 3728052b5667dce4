/** Each alert, by promtool, over the rule file as it is deployed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { run } from "../../runner/run";
import { prometheusTools } from "../../lab/toolchain/prometheus";
import { alertGroups, prometheusOwn } from "../../rules";
import { renderPrometheusRules } from "../../rules/prometheus-rules";
import { INTERVAL, inventory, links, type Case } from "./alert-case";
import { cases } from "./cases";

let promtool: string;
let directory: string;
const groups = alertGroups(inventory);
const { records } = prometheusOwn(inventory);

beforeAll(async () => {
  promtool = (await prometheusTools()).promtool.path;
  directory = await mkdtemp(join(tmpdir(), "flower-monitoring-rules-"));
  await writeFile(join(directory, "rules.yml"), renderPrometheusRules(groups, links, records));
});
afterAll(() => rm(directory, { recursive: true }));

/** A test file of promtool for one case. */
function testFile(alertname: string, { name, series, expect: moments }: Case): string {
  return stringify({
    rule_files: ["rules.yml"],
    // Without it the order is chance.
    group_eval_order: [...records, ...groups].map((group) => group.name),
    evaluation_interval: INTERVAL,
    tests: [
      {
        name,
        interval: INTERVAL,
        input_series: Object.entries(series).map(([text, values]) => ({ series: text, values })),
        alert_rule_test: Object.entries(moments).map(([eval_time, fired]) => ({
          eval_time,
          alertname,
          exp_alerts: fired.map(({ labels, annotations }) => ({
            exp_labels: labels,
            exp_annotations: annotations,
          })),
        })),
      },
    ],
  });
}

/** @throws CommandError with what promtool expected and got */
async function runCase(alert: string, given: Case): Promise<void> {
  const file = join(directory, "case.yml");
  await writeFile(file, testFile(alert, given));
  await run(promtool, ["test", "rules", file]);
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

test("a case that expects the wrong thing fails: promtool does compare", async () => {
  const [one] = cases["TargetDown"]?.fires ?? [];
  if (one === undefined) throw new Error("no case");
  const wrong = { ...one, expect: { "2m30s": [] } };
  await expect(runCase("TargetDown", wrong)).rejects.toThrow("got:");
});
