/** The page of `make report`: what is asked, how answers look, what a reviewer is pointed at. */
import { describe, expect, test } from "vitest";
import { collect, windowOf, type DashboardReport } from "../../lab/report/collect";
import { EXPECTED_EMPTY } from "../../lab/report/expected-empty";
import { findings } from "../../lab/report/findings";
import { dashboardModels, type DashboardModel, type PanelModel } from "../../lab/report/model";
import { page } from "../../lab/report/page";
import type { Prometheus, Series, Window } from "../../lab/report/prometheus";
import { chosen } from "../../lab/report/variables";

const window: Window = { start: 0, end: 60, step: 20 };

/** A Prometheus that answers each query alike, and remembers them. */
function fake(answer: (expr: string) => Series[]): Prometheus & { asked: string[] } {
  const asked: string[] = [];
  const told = (expr: string): Promise<Series[]> => {
    asked.push(expr);
    return Promise.resolve().then(() => answer(expr));
  };
  return {
    asked,
    url: "http://127.0.0.1:9090",
    instant: told,
    range: told,
    labelValues: (matcher, label) => Promise.resolve([`${label} of ${matcher}`]),
    scrapeInterval: () => Promise.resolve(15),
  };
}

const series = (labels: Record<string, string>, ...values: number[]): Series => ({
  labels,
  points: values.map((value, index) => [20 * index, value]),
});

const panel: PanelModel = {
  title: "Heat & <co>",
  type: "timeseries",
  description: "What it is.",
  unit: "celsius",
  words: {},
  steps: [],
  empty: "No GPU",
  width: 12,
  queries: [{ refId: "A", expr: 'temperature{host=~"$host"}', legend: "{{host}}", instant: false }],
  columns: [],
};

const model = (...panels: PanelModel[]): DashboardModel => ({
  slug: "gpu",
  title: "GPU Health",
  description: "GPUs.",
  variables: [],
  rows: [{ heading: "All", panels }],
  annotations: [],
});

const reportOf = (
  answer: (expr: string) => Series[],
  ...panels: PanelModel[]
): Promise<DashboardReport[]> => collect(fake(answer), window, { host: "h1" }, [model(...panels)]);

describe("queries", () => {
  test("are sent with the variables' values and Grafana's macros", async () => {
    const prometheus = fake(() => []);
    const rate = {
      ...panel,
      queries: [{ ...panel.queries[0]!, expr: "rate(x[$__rate_interval])" }],
    };
    const { macros } = await windowOf(prometheus, 3600, 7200);
    await collect(prometheus, window, { ...macros, host: "h1" }, [model(panel, rate)]);
    expect(prometheus.asked).toEqual(['temperature{host=~"h1"}', "rate(x[60s])"]);
    expect(macros).toEqual({ __rate_interval: "60s", __interval: "40s", __range: "3600s" });
  });

  test("of every panel, variable and annotation of our dashboards are asked", async () => {
    const prometheus = fake(() => []);
    const models = dashboardModels();
    const { window: now, macros } = await windowOf(prometheus, 900, 1000);
    const reports = await collect(prometheus, now, macros, models);
    const panels = reports.flatMap(({ rows }) => rows.flatMap((row) => row.panels));
    expect(panels.length).toBeGreaterThan(130);
    expect(prometheus.asked.filter((expr) => expr.includes("$__"))).toEqual([]);
    const variables = prometheus.asked.join().match(/\$\{?(federation|site|host|run)\b/g);
    expect(variables).toBeNull();
  });
});

describe("variables", () => {
  const all = { regex: "", several: true };

  test("are all values where several can be chosen, each as it is meant", async () => {
    const prometheus = fake(() => [series({ host: "a.b" }, 1), series({ host: "c" }, 1)]);
    const values = await chosen(
      [
        { ...all, name: "federation", query: "label_values(up, federation)", allValue: ".*" },
        {
          ...all,
          name: "host",
          query: 'query_result(up{federation=~"$federation"})',
          regex: '/host="([^"]+)"/',
        },
      ],
      {},
      prometheus,
      window,
    );
    expect(values).toEqual({ federation: ".*", host: "(a\\\\.b|c)" });
    expect(prometheus.asked).toEqual(['up{federation=~".*"}']);
  });

  test("are the first value where one is chosen, and nothing where there is none", async () => {
    const one = {
      name: "run",
      query: "query_result(x)",
      regex: '/run_id="([^"]+)"/',
      several: false,
    };
    const both = fake(() => [series({ run_id: "2" }, 1), series({ run_id: "1" }, 1)]);
    expect(await chosen([one], {}, both, window)).toEqual({ run: "2" });
    expect(
      await chosen(
        [one],
        {},
        fake(() => []),
        window,
      ),
    ).toEqual({ run: "" });
  });

  test("of another form than Grafana's are a fault", async () => {
    const wrong = { ...all, name: "x", query: "label_names()" };
    await expect(
      chosen(
        [wrong],
        {},
        fake(() => []),
        window,
      ),
    ).rejects.toThrow("label_names()");
  });
});

describe("findings", () => {
  test("are empty queries that are on no list, and refused ones whatever the list says", async () => {
    const refused = {
      ...panel,
      title: "Refused",
      queries: [{ ...panel.queries[0]!, expr: "bad" }],
    };
    const known = { ...panel, title: "Known" };
    const reports = await reportOf(
      (expr) => {
        if (expr === "bad") throw new Error("many-to-many");
        return [];
      },
      panel,
      refused,
      known,
    );
    const reviewed = [
      { where: "gpu: Known", because: "there is none" },
      { where: /bad/, because: "never mind" },
    ];
    expect(findings(reports, reviewed)).toEqual([
      { slug: "gpu", panel: "Heat & <co>", refId: "A", because: "" },
      { slug: "gpu", panel: "Refused", refId: "A", because: "", error: "many-to-many" },
      { slug: "gpu", panel: "Known", refId: "A", because: "there is none" },
    ]);
  });

  test("are expected only of panels that exist, each with a reason", () => {
    const models = dashboardModels();
    const panels = models.flatMap(({ slug, rows }) =>
      rows.flatMap((row) => row.panels.map(({ title }) => `${slug}: ${title}`)),
    );
    const exprs = models.flatMap(({ rows }) =>
      rows.flatMap((row) => row.panels.flatMap(({ queries }) => queries.map(({ expr }) => expr))),
    );
    for (const { where, because } of EXPECTED_EMPTY) {
      const found =
        typeof where === "string" ? panels.includes(where) : exprs.some((expr) => where.test(expr));
      expect([where, found]).toEqual([where, true]);
      expect(because.length).toBeGreaterThan(10);
    }
  });
});

describe("the page", () => {
  test("needs nothing else, and says at its top what found nothing", async () => {
    const reports = await reportOf(() => [], panel);
    const html = page(reports, { prometheus: "http://127.0.0.1:9090", window });
    expect(html).not.toMatch(/<script|<link|src=|@import|url\(/);
    expect(html.indexOf("1 queries to look at")).toBeLessThan(html.indexOf("<section"));
    expect(html).toContain("Heat &amp; &lt;co&gt;");
    expect(html).toContain("No GPU");
    expect(html).not.toContain("<co>");
  });

  test("shows each kind of panel with its values", async () => {
    const kinds = ["timeseries", "stat", "bargauge", "gauge", "state-timeline", "heatmap"];
    const panels = kinds.map((type) => ({ ...panel, title: type, type }));
    const reports = await reportOf(() => [series({ host: "h1", le: "+Inf" }, 20, 40)], ...panels);
    const html = page(reports, { prometheus: "", window });
    const articles = html.split("<article").slice(1);
    expect(articles).toHaveLength(kinds.length);
    for (const article of articles.slice(0, -1)) expect(article).toMatch(/h1[^]*40 °C|40 °C[^]*h1/);
    expect(html).toContain("is known to find nothing here");
  });
});
