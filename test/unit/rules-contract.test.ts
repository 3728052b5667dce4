/** Every metric, label and label value that a rule or a panel reads was seen in a real scrape. */
import { describe, expect, test } from "vitest";
import { dashboards } from "../../dashboards";
import { ALL, interpolate } from "../../dashboards/interpolate";
import { everyAlert, prometheusOwn } from "../../rules";
import { inventory } from "../rules/alert-case";
import { annotationsOf, panelsOf, variableQueriesOf } from "../support/panels";
import { reads, templateLabels, type Selector } from "../support/promql";
import { recordedScrapes, TARGET_LABELS, type Catalogue } from "../support/scrapes";

const catalogue = recordedScrapes();
const alerts = everyAlert(inventory).flatMap((group) => group.alerts);
const records = prometheusOwn(inventory).records.flatMap((group) => group.rules);
for (const { record, labels } of records) {
  catalogue.set(record, new Map(labels.map((label) => [label, new Set<string>()])));
}
const expressions: [string, string][] = [
  ...records.map(({ record, expr }): [string, string] => [`record ${record}`, expr]),
  ...alerts.map(({ alert, expr }): [string, string] => [`alert ${alert}`, expr]),
  ...Object.keys(dashboards).flatMap(shown),
];

/** What a dashboard reads: panels, variables and annotations, with everything chosen. */
function shown(slug: string): [string, string][] {
  return [
    ...panelsOf(slug).flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, refId }) => [`${slug}: panel ${title} ${refId}`, expr] as const),
    ),
    ...variableQueriesOf(slug).map(
      ({ name, expr }) => [`${slug}: variable ${name}`, expr] as const,
    ),
    ...annotationsOf(slug).map(({ name, expr }) => [`${slug}: annotation ${name}`, expr] as const),
  ].map(([name, expr]) => [name, interpolate(expr, ALL)]);
}

/** Labels that the selected series can have. */
function known(selector: Selector, scrapes: Catalogue): Set<string> {
  return new Set([...TARGET_LABELS, ...(scrapes.get(selector.metric)?.keys() ?? [])]);
}

/** What a matcher asks for that was never seen: one of plain alternatives, or a whole pattern. */
function notAmong(values: Set<string>, operator: string, value: string): string[] {
  if (operator === "=~" && !/^[\w|-]*$/.test(value)) {
    const [, ignoreCase = "", pattern = ""] = /^(\(\?i\))?(.*)$/s.exec(value) ?? [];
    const text = pattern.replaceAll("\\\\", "\\");
    const regex = new RegExp(`^(?:${text})$`, ignoreCase === "" ? "" : "i");
    return [...values].some((one) => regex.test(one)) ? [] : [value];
  }
  const wanted = operator === "=~" ? value.split("|") : operator === "=" ? [value] : [];
  return wanted.filter((one) => !values.has(one));
}

/** What an expression reads that no scrape has. */
function unseen(expr: string, scrapes: Catalogue): string[] {
  const { selectors, labels, made } = reads(expr);
  const matcherFaults = selectors.flatMap((selector) => {
    if (!scrapes.has(selector.metric)) return [`metric ${selector.metric}`];
    return Object.entries(selector.matchers).flatMap(([label, { operator, value }]) => {
      if (TARGET_LABELS.includes(label)) return [];
      const values = scrapes.get(selector.metric)?.get(label);
      if (values === undefined) return [`label ${selector.metric}{${label}}`];
      // A record tells its labels; which values they have is decided by what it reads.
      if (values.size === 0) return [];
      return notAmong(values, operator, value).map(
        (one) => `value ${selector.metric}{${label}="${one}"}`,
      );
    });
  });
  const all = new Set([...made, ...selectors.flatMap((one) => [...known(one, scrapes)])]);
  return [...matcherFaults, ...labels.filter((label) => !all.has(label)).map((l) => `label ${l}`)];
}

/** Labels in a text that the expression's series do not have. */
function unseenInText(text: string, expr: string): string[] {
  const { selectors, made } = reads(expr);
  const all = new Set([...made, ...selectors.flatMap((one) => [...known(one, catalogue)])]);
  return templateLabels(text).filter((label) => !all.has(label));
}

describe("recorded scrapes have", () => {
  test.each(expressions)("everything that %s reads", (_name, expr) => {
    const isConstant = expr.startsWith("vector(");
    expect(reads(expr).selectors.length > 0).toBe(!isConstant);
    expect(unseen(expr, catalogue)).toEqual([]);
  });

  test.each(alerts.map((alert) => [alert.alert, alert] as const))(
    "the labels in the texts of %s",
    (_name, { summary, description, expr }) => {
      expect(unseenInText(summary + description, expr)).toEqual([]);
    },
  );

  test.each(Object.keys(dashboards))("the labels in the legends of the dashboard %s", (slug) => {
    const legends = panelsOf(slug).flatMap(({ targets = [] }) =>
      targets.map(({ expr, legendFormat }) => unseenInText(legendFormat, interpolate(expr, ALL))),
    );
    expect(legends.flat()).toEqual([]);
  });
});

const MADE = 'sum by (rack) (label_replace(fl_runs, "rack", "$1", "status", "(.*)"))';

describe("the contract would notice", () => {
  test.each([
    ["a metric that nobody serves", "fl_round > 0", ["metric fl_round"]],
    ["a label that the metric lacks", 'fl_runs{run_id="1"}', ["label fl_runs{run_id}"]],
    [
      "a status that does not exist",
      'fl_runs{status=~"running|paused"}',
      ['value fl_runs{status="paused"}'],
    ],
    [
      "a pattern that no value has",
      'fl_runs{status=~"(?i).*paused"}',
      ['value fl_runs{status="(?i).*paused"}'],
    ],
    ["nothing wrong with one that some have", 'fl_runs{status=~"(?i).*NING|pau.*"}', []],
    ["a label to sum by", "sum by (rack) (fl_supernode_up)", ["label rack"]],
    ["a label to match on", "fl_runs and on (node) fl_supernode_up", ["label node"]],
    ["nothing wrong with a label that the expression makes", MADE, []],
    ["a metric inside a function", "rate(fl_x_total[5m])", ["metric fl_x_total"]],
  ])("%s", (_what, expr, faults) => {
    expect(unseen(expr, catalogue)).toEqual(faults);
  });

  test("an expression that is no PromQL", () => {
    expect(() => reads("sum by (a (up)")).toThrow("no PromQL at");
  });

  test("a label in a text", () => {
    expect(
      unseenInText("{{ $labels.rack }} {{ if $labels.name }}x{{ end }}", "fl_supernode_up"),
    ).toEqual(["rack"]);
    expect(unseenInText("{{rack}} {{name}}", "fl_supernode_up")).toEqual(["rack"]);
  });
});
