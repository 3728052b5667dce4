/** Metrics, dashboards, panels and alerts that documents name. */
import { expect, test } from "vitest";
import { TITLES } from "../../dashboards/slugs";
import { everyAlert, prometheusOwn } from "../../rules";
import { inventory } from "../rules/alert-case";
import { PAGES, text } from "../support/documents";
import { codeSpans } from "../support/markdown";
import { allOf } from "../support/panels";
import { recordedScrapes } from "../support/scrapes";

/** Metrics of the catalogue and of the counters may be in no recorded scrape. */
const described = [
  ...[...text("docs/metrics.md").matchAll(/^### `(\w+)`/gm)].map((match) => match[1] ?? ""),
  ...[...text("docs/host-metrics.md").matchAll(/^\| `(\w+)` /gm)].map((match) => match[1] ?? ""),
  ...["counters", "profiling"].flatMap((file) =>
    [...text(`host/dcgm/${file}.csv`).matchAll(/^(DCGM_\w+),/gm)].map((match) => match[1] ?? ""),
  ),
];
const recorded = prometheusOwn(inventory).records.flatMap(({ rules }) => rules);
const metrics = new Set([
  ...recordedScrapes().keys(),
  ...described,
  ...recorded.map(({ record }) => record),
]);

/** Words with a metric's prefix that are none: attributes of log records, and a package. */
const NO_METRIC = new Set(["fl_event", "fl_data", "flower_monitoring"]);

/** Names of other projects are listed there on purpose. */
const TRANSLATES = "docs/metrics.md";

const panels = new Map(
  Object.entries(TITLES).map(([slug, title]) => [
    title as string,
    new Set(allOf(slug).map(({ title: shown }) => shown)),
  ]),
);

/** Rows count too. As in `Client Health: "Failures"`, or `Run Explorer, "Phase"`, or with `row` before it. */
const PANEL = new RegExp(`(${[...panels.keys()].join("|")})[:,] (?:row |panel )?"([^"]+)"`, "g");

const alerts = everyAlert(inventory).flatMap((group) => group.alerts.map(({ alert }) => alert));

/** A word in backticks like an alert's name, with what is told of it. */
const ALERT = /\balerts? `(\w+)`|`(\w+)` alert\b/g;

const pages = [...PAGES].map(([file, { prose }]) => [file, prose] as const);

test.each(pages.filter(([file]) => file !== TRANSLATES))(
  "%s names only metrics that are exported",
  (_file, prose) => {
    const named = codeSpans(prose)
      .map((span) => /^((?:fl|flower_monitoring|DCGM)_\w+)(\{.*)?$/.exec(span.text)?.[1])
      .filter((name) => name !== undefined)
      .filter((name) => !NO_METRIC.has(name) && !name.endsWith("_"));
    expect(named.filter((name) => !metrics.has(name))).toEqual([]);
  },
);

test.each(pages)(
  "%s names only panels that are drawn, and alerts that can fire",
  (_file, prose) => {
    const flat = prose.replace(/\s+/g, " ");
    const drawn = [...flat.matchAll(PANEL)].filter(
      ([, title = "", panel = ""]) => panels.get(title)?.has(panel) !== true,
    );
    expect(drawn.map(([all]) => all)).toEqual([]);
    const told = [...flat.matchAll(ALERT)].map((match) => match[1] ?? match[2] ?? "");
    expect(told.filter((name) => /^[A-Z]/.test(name) && !alerts.includes(name))).toEqual([]);
  },
);

test("the operator's guide has a question for each dashboard", () => {
  const asked = [...text("docs/guide-operator.md").matchAll(/\| ([^|]+?) +\|$/gm)].map(
    (match) => match[1],
  );
  expect([...panels.keys()].filter((title) => !asked.includes(title))).toEqual([]);
});
