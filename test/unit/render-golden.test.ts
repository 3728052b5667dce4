/**
 * What the example stack deploys, for the reviewer of a change to read. Behaviour is asserted
 * elsewhere; here a difference only has to be seen.
 */
import { beforeAll, describe, test } from "vitest";
import { dashboardJson, dashboards } from "../../dashboards";
import { runProgram, type ProgramRun } from "../support/example-program";
import { expectGolden } from "../support/golden";
import { byName } from "../support/registrations";
import { filesIn } from "../support/rendered";

function script(run: ProgramRun, name: string): string {
  // What the session is told comes first, up to an empty line.
  return (byName(run, name).inputs["stdin"] as string).replace(/^[\s\S]*?\n\n/, "");
}

describe("the example stack renders", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram();
  });

  test.each([
    ["prometheus", "prometheus.yml"],
    ["prometheus", "rules/flower-monitoring.yml"],
    ["alertmanager", "alertmanager.yml"],
  ])("%s/%s", (service, file) => {
    const files = filesIn(script(run, `monitoring-${service}-live-config`));
    expectGolden(`${service}/${file}`, files[file] ?? "");
  });

  test.each(["targets/node.json", "targets/flower.json"])("prometheus/%s", (file) => {
    const files = filesIn(script(run, "monitoring-prometheus-targets"));
    expectGolden(`prometheus/${file}`, files[file] ?? "");
  });

  test.each(["prometheus-live-config", "prometheus-targets", "alertmanager-live-config"])(
    "the script %s",
    (name) => expectGolden(`scripts/${name}.sh`, script(run, `monitoring-${name}`)),
  );
});

test("the alert rules for Grafana", async () => {
  const run = await runProgram((raw) => {
    (raw["alerting"] as unknown as Record<string, unknown>)["evaluator"] = "grafana";
  });
  const groups = run.registrations
    .filter(({ type }) => type === "grafana:alerting/ruleGroup:RuleGroup")
    .map(({ inputs }) => inputs);
  expectGolden("grafana/rules.json", `${JSON.stringify(groups, null, 2)}\n`);
});

test.each(Object.keys(dashboards))("the dashboard %s", (slug) => {
  const build = dashboards[slug];
  if (build === undefined) throw new Error(`no dashboard ${slug}`);
  expectGolden(`dashboards/${slug}.json`, `${dashboardJson(build())}\n`);
});
