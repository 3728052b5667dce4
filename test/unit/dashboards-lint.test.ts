/**
 * Rules on dashboards and panels: those of grafana/dashboard-linter, written anew, and our own. Its
 * variables job and instance are our federation, site, host and run.
 */
import * as units from "@grafana/grafana-foundation-sdk/units";
import { describe, expect, test } from "vitest";
import { DATASOURCE_UID, dashboards } from "../../dashboards";
import { COLOURS } from "../../dashboards/palette";
import { VARIABLES } from "../../dashboards/variables";
import { annotationsOf, jsonOf, panelsOf, type Panel } from "../support/panels";
import { templateLabels } from "../support/promql";

const slugs = Object.keys(dashboards);
const SOURCE = { type: "prometheus", uid: "${datasource}" };
const UNITS = new Set<string>(Object.values(units));

/** Panels that Grafana fills itself. */
const WITHOUT_QUERY = ["alertlist"];

/** All values of a key, at any depth. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => valuesOf(item, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) =>
    name === key ? [item] : valuesOf(item, key),
  );
}

/** Units of a panel, of its axis and of its columns. */
function unitsOf({ fieldConfig, options }: Panel): unknown[] {
  const columns = (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.filter(({ id }) => id === "unit").map(({ value }) => value),
  );
  return [fieldConfig?.defaults.unit, ...columns, ...valuesOf(options, "unit")];
}

/** `$name` and `${name:format}` of our variables in any text. */
function variablesIn(text: string): string[] {
  return VARIABLES.filter((name) => new RegExp(`\\$(${name}\\b|\\{${name}\\b)`).test(text));
}

describe.each(slugs)("dashboard %s", (slug) => {
  const json = jsonOf(slug);
  const variables = json.templating.list;
  const panels = panelsOf(slug);

  test("asks a data source that can be chosen, which is ours if nobody does", () => {
    const [source] = variables;
    expect(source).toMatchObject({
      name: "datasource",
      type: "datasource",
      query: "prometheus",
      label: "Data source",
      current: { value: DATASOURCE_UID },
    });
    for (const asked of valuesOf({ ...json, templating: variables.slice(1) }, "datasource")) {
      expect(asked).toEqual(SOURCE);
    }
  });

  test("has no variable but ours, each of them in a query, and each that is used", () => {
    const names = variables.slice(1).map(({ name }) => name);
    expect(names).toEqual(VARIABLES.filter((name) => names.includes(name)));
    const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join();
    const values = variables.map(({ query }) => query).join();
    // `site` decides which hosts there are; where a query names hosts' machines it is in the query too.
    expect(names.filter((name) => !variablesIn(asked + values).includes(name))).toEqual([]);
    const everything = JSON.stringify({ panels: json.panels, values });
    expect(variablesIn(everything).filter((name) => !names.includes(name))).toEqual([]);
  });

  test("looks its variables up again when the time changes, and lets several be chosen", () => {
    for (const variable of variables.slice(1)) {
      expect(variable.refresh).toBe(2);
      const one = slug === "run-explorer" && variable.name === "run";
      expect([variable.multi, variable.includeAll]).toEqual([!one, !one]);
      expect(variable.current).toEqual(one ? undefined : { text: "All", value: "$__all" });
    }
  });

  test("cannot be edited by hand, and looks again every half a minute", () => {
    expect(json).toMatchObject({ editable: false, refresh: "30s", schemaVersion: 42 });
  });

  test("marks the starts and ends of runs, and alerts", () => {
    expect(annotationsOf(slug).map(({ name }) => name)).toEqual([
      "Run starts",
      "Run ends",
      "Firing alerts",
    ]);
    // Without a target Grafana asks nothing, and says nothing of it.
    for (const { target } of json.annotations.list) expect(target.expr).not.toBe("");
  });

  test("has no colour but those that everybody tells apart", () => {
    const allowed = new Set<unknown>(Object.values(COLOURS));
    // A mode of colouring is an object under the same key; a heat map has a scheme of one hue.
    const used = [...valuesOf(json, "color"), ...valuesOf(json, "iconColor")].filter(
      (colour) => typeof colour === "string",
    );
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((colour) => !allowed.has(colour))).toEqual([]);
  });
});

const all = slugs.flatMap((slug) =>
  panelsOf(slug).map((panel) => [`${slug}: ${panel.title}`, panel] as const),
);

test("a series of a run leads to the run, and one of a machine to the machine", () => {
  const urls = (slug: string, title: string): string[] =>
    panelsOf(slug)
      .filter((panel) => panel.title === title)
      .flatMap((panel) => valuesOf(panel.fieldConfig, "url").map(String));
  expect(urls("fl-training", "Client Participation")).toEqual([
    "/d/flower-monitoring-run-explorer?${__url_time_range}&${federation:queryparam}&var-run=${__field.labels.run_id}",
  ]);
  expect(urls("stragglers", "Training replies")).toEqual([
    "/d/flower-monitoring-hosts?${__url_time_range}&${federation:queryparam}&var-host=${__field.labels.node}",
  ]);
  expect(urls("hosts", "CPU")).toEqual([]);
});

describe.each(all)("panel %s", (_title, panel) => {
  const { type, targets = [], fieldConfig } = panel;

  test("says what it shows and what to do about it, and why it may be empty", () => {
    expect(panel.title).toMatch(/^[A-Z0-9]/);
    expect(panel.description).toMatch(/^[^]{20,260}[.?]$/);
    if (WITHOUT_QUERY.includes(type)) return;
    expect(fieldConfig?.defaults.noValue).toMatch(/\w{3,}/);
  });

  test("has units that Grafana knows", () => {
    if (WITHOUT_QUERY.includes(type)) return;
    for (const unit of unitsOf(panel)) expect(UNITS).toContain(unit);
  });

  test("has queries with a letter and a legend each", () => {
    expect(targets.length > 0).toBe(!WITHOUT_QUERY.includes(type));
    const refIds = targets.map(({ refId }) => refId);
    expect(new Set(refIds).size).toBe(refIds.length);
    for (const { legendFormat, datasource } of targets) {
      expect(legendFormat).not.toMatch(/^$|__auto/);
      expect(datasource).toEqual(SOURCE);
    }
    // Two queries whose series have one name cannot be told apart.
    const legends = targets.map(({ legendFormat }) => legendFormat);
    expect(new Set(legends).size).toBe(legends.length);
  });

  test("asks for one moment where it shows one, and for a time where it shows a time", () => {
    for (const { instant, format } of targets) {
      if (type === "table") expect([instant, format]).toEqual([true, "table"]);
      if (["timeseries", "state-timeline", "heatmap"].includes(type)) expect(instant).toBe(false);
      if (type === "bargauge") expect(instant).toBe(true);
    }
  });

  test("has a column for each label that its rows are told apart by", () => {
    if (type !== "table") return;
    const organize = panel.transformations?.find(({ id }) => id === "organize")?.options;
    const columns = Object.keys(organize?.["renameByName"] ?? {});
    for (const { expr } of targets) {
      const kept = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(", ") ?? [];
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.filter((label) => !columns.includes(label))).toEqual([]);
    }
    const values = targets.length === 1 ? ["Value"] : targets.map(({ refId }) => `Value #${refId}`);
    expect(columns).toEqual(expect.arrayContaining(values));
  });

  test("leads on only to what exists, with the time", () => {
    const links = valuesOf(fieldConfig, "url").map(String);
    for (const url of links) {
      const [, to = "", rest = ""] = /^\/d\/flower-monitoring-([\w-]+)\?(.*)$/.exec(url) ?? [];
      expect(slugs).toContain(to);
      expect(rest).toContain("${__url_time_range}&${federation:queryparam}");
      const chosen = [...rest.matchAll(/var-(\w+)=/g)].map(([, name]) => name);
      const known = jsonOf(to).templating.list.map(({ name }) => name);
      expect(chosen.filter((name) => !known.includes(name ?? ""))).toEqual([]);
      for (const [, label = ""] of rest.matchAll(/__field\.labels\.(\w+)/g)) {
        expect(targets.some(({ expr }) => expr.includes(label))).toBe(true);
      }
      for (const [, field] of rest.matchAll(/fields\["([^"]+)"\]/g)) {
        const titles = fieldConfig?.overrides.map(({ matcher }) => matcher.options);
        expect(titles).toContain(field);
      }
    }
  });

  test("has legends of words and labels that fit a line", () => {
    for (const { legendFormat } of targets) {
      expect(legendFormat.length).toBeLessThan(60);
      expect(templateLabels(legendFormat)).not.toContain("instance");
    }
  });
});
