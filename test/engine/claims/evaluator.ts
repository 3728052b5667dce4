import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { changes, projectOf, type Edit } from "../../../lab/engine";
import { monitorUrl } from "../../../lab/observe";
import { getJson } from "../../../runner/status/ask";
import { exampleAlerts } from "../../support/example-alerts";
import { told, up, type World } from "../world";

interface GrafanaRule {
  title: string;
  ruleGroup: string;
}

async function grafana(world: World, path: string): Promise<unknown> {
  const password = await readFile(projectOf(world.lab).grafanaPasswordFile, "utf8");
  const credentials = Buffer.from(`admin:${password}`).toString("base64");
  return getJson(monitorUrl(world.lab, 3000) + path, {
    headers: { authorization: `Basic ${credentials}` },
  });
}

async function prometheusAlerts(world: World): Promise<string[]> {
  const answer = (await getJson(`${monitorUrl(world.lab, 9090)}/api/v1/rules?type=alert`)) as {
    data: { groups: { rules: { name: string }[] }[] };
  };
  return answer.data.groups.flatMap(({ rules }) => rules.map(({ name }) => name)).sort();
}

async function grafanaAlerts(world: World): Promise<string[]> {
  const rules = (await grafana(world, "/api/v1/provisioning/alert-rules")) as GrafanaRule[];
  return rules.map(({ title }) => title).sort();
}

const { groups: GROUPS, alerts: ALERTS, always: ALWAYS } = exampleAlerts();

const byGrafana =
  (thresholds = {}): Edit =>
  (config) => {
    Object.assign(config["alerting"] as object, { evaluator: "grafana", thresholds });
  };

export function evaluator(world: () => World): void {
  test("the dashboard is in Grafana, in our folder, reading our data source", async () => {
    const answer = (await grafana(world(), "/api/dashboards/uid/flower-monitoring-federation")) as {
      dashboard: { title: string; panels: unknown[] };
      meta: { folderUid: string };
    };
    expect(answer.dashboard.title).toBe("Federation");
    expect(answer.dashboard.panels.length).toBeGreaterThan(12);
    expect(answer.meta.folderUid).toBe("flower-monitoring");
    const source = (await grafana(
      world(),
      "/api/datasources/uid/flower-monitoring-prometheus",
    )) as { url: string };
    expect(source.url).toBe("http://prometheus:9090");
  });

  test("with evaluator prometheus, Prometheus has each alert and Grafana none", async () => {
    expect(await prometheusAlerts(world())).toEqual([...ALERTS, ...ALWAYS].sort());
    expect(await grafanaAlerts(world())).toEqual([]);
  });

  test("with evaluator grafana, Grafana has each alert but for those of its own end", async () => {
    const outcome = await up(world(), byGrafana());
    expect(told(changes(outcome))).toEqual([
      "create grafana-alertmanager",
      "create grafana-policy",
      ...GROUPS.map((name) => `create grafana-rules-${name}`).sort(),
      "update monitoring-prometheus-live-config",
    ]);
    expect(await grafanaAlerts(world())).toEqual(ALERTS);
    expect(await prometheusAlerts(world())).toEqual(ALWAYS);
    const policy = (await grafana(world(), "/api/v1/provisioning/policies")) as {
      receiver: string;
    };
    expect(policy.receiver).toBe("Flower monitoring Alertmanager");
  });

  test("a changed threshold changes the one group that has it, and nothing else", async () => {
    const outcome = await up(world(), byGrafana({ targetDownFor: "3m" }));
    expect(told(changes(outcome))).toEqual(["update grafana-rules-monitoring"]);
  });

  test("and back: each alert has exactly one owner again", async () => {
    await up(world());
    expect(await prometheusAlerts(world())).toEqual([...ALERTS, ...ALWAYS].sort());
    expect(await grafanaAlerts(world())).toEqual([]);
  });
}
