import { describe, expect, test } from "vitest";
import { DATASOURCE_UID, dashboardJson, dashboards } from "../../dashboards";
import { queries } from "../../dashboards/queries";
import { allOf, jsonOf, panelsOf, type Panel } from "../support/panels";

const slugs = Object.keys(dashboards);

function overlap(a: Panel["gridPos"], b: Panel["gridPos"]): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** Every object's keys, in the order in which they stand. */
function keyLists(value: unknown): string[][] {
  if (Array.isArray(value)) return value.flatMap(keyLists);
  if (typeof value !== "object" || value === null) return [];
  return [Object.keys(value), ...Object.values(value).flatMap(keyLists)];
}

describe.each(slugs)("dashboard %s", (slug) => {
  const build = dashboards[slug];
  if (build === undefined) throw new Error(slug);

  test("is the same text each time it is built, with sorted keys", () => {
    expect(dashboardJson(build())).toBe(dashboardJson(build()));
    for (const keys of keyLists(jsonOf(slug))) expect(keys).toEqual([...keys].sort());
  });

  test("has our uid and no id or version, which are the server's", () => {
    const json = jsonOf(slug);
    expect(json.uid).toBe(`flower-monitoring-${slug}`);
    expect(json.uid.length).toBeLessThanOrEqual(40);
    expect(json).not.toHaveProperty("id");
    expect(json).not.toHaveProperty("version");
  });

  test("gives every row and panel an id of its own, above 0", () => {
    const ids = allOf(slug).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !Number.isInteger(id) || id < 1)).toEqual([]);
  });

  test("places everything inside 24 columns, nothing over another", () => {
    const places = allOf(slug).map(({ title, gridPos }) => ({ title, gridPos }));
    const outside = places.filter(({ gridPos: { x, y, w, h } }) => {
      return x < 0 || y < 0 || w < 1 || h < 1 || x + w > 24;
    });
    expect(outside).toEqual([]);
    const clashes = places.flatMap((a, i) =>
      places
        .slice(i + 1)
        .flatMap((b) => (overlap(a.gridPos, b.gridPos) ? [[a.title, b.title]] : [])),
    );
    expect(clashes).toEqual([]);
  });

  test.each(panelsOf(slug).map((panel) => [panel.title, panel] as const))(
    "the panel %s says what it shows, in which unit, from our data source",
    (_title, panel) => {
      expect(panel.description?.length ?? 0).toBeGreaterThan(20);
      expect(panel.fieldConfig?.defaults.unit).toMatch(/^\w+$/);
      expect(panel.datasource).toEqual({ type: "prometheus", uid: DATASOURCE_UID });
      const targets = panel.targets ?? [];
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) {
        expect(target.datasource).toEqual({ type: "prometheus", uid: DATASOURCE_UID });
        expect(Object.values(queries)).toContain(target.expr);
        expect(target.legendFormat).not.toBe("");
      }
      const refIds = targets.map(({ refId }) => refId);
      expect(new Set(refIds).size).toBe(refIds.length);
    },
  );

  test("has no two panels of the same title", () => {
    const titles = panelsOf(slug).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

test("every named query is on some panel", () => {
  const used = new Set(
    slugs.flatMap((slug) =>
      panelsOf(slug).flatMap(({ targets = [] }) => targets.map((t) => t.expr)),
    ),
  );
  const unused = Object.entries(queries).filter(([, expr]) => !used.has(expr));
  expect(unused.map(([name]) => name)).toEqual([]);
});
