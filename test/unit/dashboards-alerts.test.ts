/** An alert's link leads to where what it tells of can be seen. */
import { expect, test } from "vitest";
import { everyAlert, prometheusOwn, type Alert } from "../../rules";
import { LINK_VARIABLES } from "../../rules/rule";
import { inventory } from "../rules/alert-case";
import { panelQueries } from "../support/dashboard-queries";
import { jsonOf } from "../support/panels";
import { reads } from "../support/promql";

const alerts = everyAlert(inventory).flatMap((group) => group.alerts);
const records = new Map(
  prometheusOwn(inventory).records.flatMap(({ rules }) =>
    rules.map(({ record, expr }) => [record, expr] as const),
  ),
);

/** What an expression reads, and what the records that it reads are made of. */
function metrics(expr: string): string[] {
  return reads(expr).selectors.flatMap(({ metric }) => {
    const made = records.get(metric);
    return made === undefined ? [metric] : [metric, ...metrics(made)];
  });
}

const cases = alerts.map((alert): [string, Alert] => [alert.alert, alert]);

test.each(cases)("%s is seen on its dashboard", (_name, { expr, dashboard }) => {
  const shown = new Set(
    panelQueries.filter(({ slug }) => slug === dashboard).flatMap((query) => metrics(query.expr)),
  );
  const told = metrics(expr);
  expect(told.length).toBeGreaterThan(0);
  expect(
    told.filter((metric) => shown.has(metric)),
    `${dashboard}: ${told.join(", ")}`,
  ).not.toEqual([]);
});

test.each(cases)("what the link of %s chooses can be chosen there", (_name, alert) => {
  const variables = jsonOf(alert.dashboard).templating.list.map(({ name }) => name);
  for (const label of alert.link ?? []) expect(variables).toContain(LINK_VARIABLES[label]);
});
