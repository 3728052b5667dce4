/**
 * What the example stack deploys, for the reviewer of a change to read. Behaviour is asserted
 * elsewhere; here a difference only has to be seen.
 */
import { beforeAll, describe, test } from "vitest";
import { renderAlertmanagerConfig } from "../../components/render/alertmanager-config";
import { dashboardJson, dashboards } from "../../dashboards";
import { exampleAlerting } from "../support/alerting-example";
import { runProgram, type ProgramRun } from "../support/example-program";
import { expectGolden } from "../support/golden";
import { byName } from "../support/registrations";
import { filesIn } from "../support/rendered";

function script(run: ProgramRun, name: string): string {
  // What the session is told comes first, up to an empty line.
  return (byName(run, name).inputs["stdin"] as string).replace(/^[\s\S]*?\n\n/, "");
}

/** Without the names that come from content: a bundle's changes with every file that hosts get. */
function withoutHashes(text: string): string {
  return text
    .replace(/END_[0-9a-f]{16}/g, "END_0123456789abcdef")
    .replace(/\b[0-9a-f]{12}\b/g, "0123456789ab");
}

describe("the example stack renders", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram();
  });

  test.each([
    ["prometheus", "prometheus.yml"],
    ["prometheus", "rules/flower-monitoring.yml"],
    ["prometheus", "rules/recording.yml"],
    ["prometheus", "rules/always.yml"],
    ["alertmanager", "alertmanager.yml"],
  ])("%s/%s", (service, file) => {
    const files = filesIn(script(run, `monitoring-${service}-live-config`));
    expectGolden(`${service}/${file}`, withoutHashes(files[file] ?? ""));
  });

  test.each(["targets/node.json", "targets/flower.json"])("prometheus/%s", (file) => {
    const files = filesIn(script(run, "monitoring-prometheus-targets"));
    expectGolden(`prometheus/${file}`, files[file] ?? "");
  });

  test.each(["prometheus-targets", "alertmanager-live-config", "alertmanager-delivery"])(
    "the script %s",
    (name) => expectGolden(`scripts/${name}.sh`, script(run, `monitoring-${name}`)),
  );

  test("the script prometheus-live-config", () => {
    const name = "prometheus-live-config";
    expectGolden(`scripts/${name}.sh`, withoutHashes(script(run, `monitoring-${name}`)));
  });
});

test("alertmanager.yml of the complete example in docs/alerting.md", () => {
  const paths = { secrets: "/etc/alertmanager/secrets", config: "/etc/alertmanager/current" };
  const [file] = renderAlertmanagerConfig(exampleAlerting(), paths);
  expectGolden("alertmanager/complete.yml", file?.content ?? "");
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
