import { describe, expect, test } from "vitest";
import { dashboardJson, dashboards, type DashboardContext } from "../../dashboards";
import { defaultContext } from "../../dashboards/context";
import { queries } from "../../dashboards/queries";
import { TITLES } from "../../dashboards/slugs";
import { thresholdsOf } from "../../rules/thresholds";
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

test("there are the dashboards that alerts and documents name, each with a title of its own", () => {
  expect(slugs).toEqual(Object.keys(TITLES));
  expect(slugs.length).toBeGreaterThanOrEqual(13);
  const titles = slugs.map((slug) => jsonOf(slug).title);
  expect(new Set(titles).size).toBe(slugs.length);
});

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

  test("leaves no hole beside a panel", () => {
    const panels = panelsOf(slug).map(({ gridPos }) => gridPos);
    const widths = new Map<number, number>();
    for (const { y, w } of panels) widths.set(y, (widths.get(y) ?? 0) + w);
    expect([...widths].filter(([, width]) => width !== 24)).toEqual([]);
  });

  test("has no panel too small to read, nor one higher than a phone's screen", () => {
    const small = panelsOf(slug).filter(({ type, gridPos: { w, h } }) => {
      return w < (type === "stat" ? 6 : 8) || h < 4 || h > 12;
    });
    expect(small.map(({ title }) => title)).toEqual([]);
  });

  test("has no two panels of the same title", () => {
    const titles = panelsOf(slug).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test("links to others with the time and the variables, where they are seen", () => {
    const { links } = jsonOf(slug);
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const link of links) {
      expect(link).toMatchObject({ keepTime: true, includeVars: true });
      expect(link).not.toHaveProperty("placement");
      if (link.type === "dashboards") expect(link.tags).toEqual(["flower-monitoring"]);
      else {
        const to = link.url?.replace("/d/flower-monitoring-", "") ?? "";
        expect(slugs).toContain(to);
        expect(to).not.toBe(slug);
        expect(link.title).toBe(jsonOf(to).title);
      }
    }
    expect(links.at(-1)?.type).toBe("dashboards");
  });
});

test("every named query is on some panel, and every panel has a named query", () => {
  const used = new Set(
    slugs.flatMap((slug) =>
      panelsOf(slug).flatMap(({ targets = [] }) => targets.map((t) => t.expr)),
    ),
  );
  const named = Object.entries(queries).flatMap(([subject, all]) =>
    Object.entries(all).map(([name, query]) => [`${subject}.${name}`, query()] as const),
  );
  expect(named.filter(([, expr]) => !used.has(expr)).map(([name]) => name)).toEqual([]);
  const texts = new Set(named.map(([, expr]) => expr));
  expect([...used].filter((expr) => !texts.has(expr))).toEqual([]);
});

test("what runs beside Flower has panels only where a stack has it", () => {
  const system = dashboards["system"];
  if (system === undefined) throw new Error("no dashboard system");
  const titles = (platform: DashboardContext["platform"]): string[] =>
    (system({ ...defaultContext, platform }).panels ?? []).map(({ title }) => title ?? "");
  expect(titles({ mongodb: false })).not.toContain("Beside Flower");
  expect(titles({ mongodb: true })).toContain("Connections of MongoDB");
  expect(titles({ mongodb: true })).not.toContain("Answers of the API");
});

test("lines are drawn where the stack's own alerts fire", () => {
  const stack = dashboards["stack"];
  if (stack === undefined) throw new Error("no dashboard stack");
  const own = dashboardJson(
    stack({ ...defaultContext, thresholds: thresholdsOf({ prometheusStorageGib: 7 }) }),
  );
  expect(own).toContain(`"value": ${7 * 1024 ** 3}`);
  expect(dashboardJson(stack())).not.toContain(`"value": ${7 * 1024 ** 3}`);
});
