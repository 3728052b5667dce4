/** What every alert has, the ones to come too. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { dashboards } from "../../dashboards";
import { alertGroups, everyAlert, prometheusOwn, type Inventory } from "../../rules";
import { alertAnnotations, runbookAnchor } from "../../rules/annotations";
import { inhibitions } from "../../rules/inhibitions";
import { renderPrometheusRules } from "../../rules/prometheus-rules";
import { bare, inventory } from "../rules/alert-case";
import { cases } from "../rules/cases";

const groups = everyAlert(inventory);
const alerts = groups.flatMap((group) => group.alerts);
const links = { runbooks: "https://example.org/runbooks.md", grafana: "http://10.0.0.10:3000" };

/** Headings of the runbooks, and the text below each. */
function runbooks(): Map<string, string> {
  const text = readFileSync(resolve(__dirname, "../../docs/runbooks.md"), "utf8");
  const [, ...sections] = text.split(/^## /m);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end).trim(), section.slice(end)];
    }),
  );
}

describe.each(alerts.map((alert) => [alert.alert, alert] as const))("%s", (name, alert) => {
  test("is tried firing and resolving, and silent in two cases or more, by promtool", () => {
    const { fires = [], silent = [] } = cases[name] ?? {};
    expect(fires.length, `cases for ${name} in test/rules/cases.ts`).toBeGreaterThanOrEqual(1);
    expect(silent.length, `silent cases for ${name}`).toBeGreaterThanOrEqual(2);
    // Fires at some moment, and at a later one no more.
    const resolves = fires.some(({ expect: moments }) => {
      const counts = Object.values(moments).map((fired) => fired.length);
      return counts.findLastIndex((count) => count > 0) < counts.length - 1 && counts.some(Boolean);
    });
    expect(resolves, `a case of ${name} that ends with []`).toBe(true);
    for (const { name: title, expect: moments } of fires) {
      expect(Object.values(moments).flat().length, title).toBeGreaterThan(0);
    }
  });

  test("has a severity, a pause, one line of summary and a description", () => {
    expect(["critical", "warning", "none"]).toContain(alert.severity);
    expect(alert.for).toMatch(/^[1-9]\d*[smh]$/);
    expect(alert.summary).not.toContain("\n");
    expect(alert.summary.length).toBeGreaterThan(10);
    expect(alert.description.length).toBeGreaterThan(alert.summary.length);
    expect(alert.summary + alert.description).toMatch(/\{\{/);
  });

  test("has a runbook with every part, under the heading that its link names", () => {
    const runbook = runbooks().get(name);
    expect(runbook, `docs/runbooks.md has no heading "## ${name}"`).toBeDefined();
    for (const part of ["Meaning", "Likely causes", "Checks", "Fix", "Silence"]) {
      expect(runbook, `${name}: ${part}`).toContain(`### ${part}`);
    }
    expect(runbook).toContain(`amtool silence add`);
    expect(runbook).toContain(`alertname=${name}`);
    expect(alertAnnotations(alert, links)["runbook_url"]).toBe(
      `${links.runbooks}#${runbookAnchor(name)}`,
    );
    expect(runbookAnchor(name)).toMatch(/^[a-z0-9]+$/);
  });

  test("links to a dashboard that exists", () => {
    expect(Object.keys(dashboards)).toContain(alert.dashboard);
  });
});

test("no runbook and no case is left of an alert that is gone", () => {
  const names = alerts.map(({ alert }) => alert).sort();
  expect([...runbooks().keys()].sort()).toEqual(names);
  expect(Object.keys(cases).sort()).toEqual(names);
});

test("no two alerts share a name, no two groups either", () => {
  for (const names of [alerts.map(({ alert }) => alert), groups.map(({ name }) => name)]) {
    expect(new Set(names).size).toBe(names.length);
  }
});

test("only Watchdog has the severity that no person is told of", () => {
  const machine = alerts.filter(({ severity }) => severity === "none");
  expect(machine.map(({ alert }) => alert)).toEqual(["Watchdog"]);
});

describe("what is held back", () => {
  test.each(inhibitions.map((pair) => [pair.because, pair] as const))("%s", (_because, pair) => {
    const named = [...pair.source, ...pair.target].flatMap((matcher) => {
      const [, text] = /^alertname=~?"(.+)"$/.exec(matcher) ?? [];
      return text === undefined ? [] : text.split("|");
    });
    // A name that no alert has would hold nothing back, and nobody would notice.
    expect(alerts.map(({ alert }) => alert)).toEqual(expect.arrayContaining(named));
    expect(pair.equal).toContain("federation");
  });

  test("is never critical, but what the source says in other words", () => {
    const critical = inhibitions.filter(({ target }) => !target.includes('severity="warning"'));
    expect(critical.map(({ source, target }) => [source, target])).toEqual([
      [['alertname="HostDown"'], ['alertname="SuperNodeOffline"']],
      [['alertname="GPULost"'], ['alertname="GPUXIDError"', 'xid="79"']],
      [
        ['alertname="GPUUncorrectedMemoryErrors"'],
        ['alertname="GPUXIDError"', 'xid=~"48|64|94|95"'],
      ],
    ]);
  });
});

test("that Grafana is down wakes somebody only where it evaluates the alerts, and is the stack's own", () => {
  const told = (changes: Partial<Inventory>): string[] =>
    prometheusOwn({ ...bare, ...changes }).alerts.flatMap(({ alerts: of }) =>
      of.map(({ alert, severity }) => `${alert} ${severity}`),
    );
  expect(told({ evaluator: "grafana" })).toEqual(["GrafanaDown critical"]);
  expect(told({ evaluator: "prometheus" })).toEqual(["GrafanaDown warning"]);
  expect(told({ ownGrafana: false })).toEqual([]);
});

test("a federation without SuperNodes has no alert about them, and no empty group", () => {
  expect(alertGroups(bare).map(({ name }) => name)).toEqual(["monitoring", "prometheus", "stack"]);
});

test("a stack of nothing known has no rule about bundles, one of thousand hosts has one for each bundle", () => {
  expect(prometheusOwn(bare).records).toEqual([]);
  const hosts = Array.from({ length: 1000 }, (_, i) => `node-${i}.example`);
  const many = prometheusOwn({
    ...bare,
    bundles: [
      { hash: "aaaaaaaaaaaa", hosts: ["superlink"] },
      { hash: "bbbbbbbbbbbb", hosts },
    ],
  }).records.flatMap(({ rules }) => rules);
  expect(many.map(({ add }) => add)).toEqual([{ hash: "aaaaaaaaaaaa" }, { hash: "bbbbbbbbbbbb" }]);
  // The dot is a dot, also inside PromQL's own quotes.
  expect(many[1]?.expr).toContain('host=~"node-0\\\\.example|node-1\\\\.example|');
});

test("the rule file has each alert in its group, with the same labels and links", () => {
  const file = parse(renderPrometheusRules(groups, links)) as {
    groups: { name: string; rules: Record<string, unknown>[] }[];
  };
  expect(file.groups.map(({ name, rules }) => [name, rules.map((rule) => rule["alert"])])).toEqual(
    groups.map(({ name, alerts: of }) => [name, of.map(({ alert }) => alert)]),
  );
  expect(file.groups.flatMap(({ rules }) => rules)).toEqual(
    alerts.map((alert) => ({
      alert: alert.alert,
      expr: alert.expr,
      for: alert.for,
      labels: { severity: alert.severity },
      annotations: alertAnnotations(alert, links),
    })),
  );
});
