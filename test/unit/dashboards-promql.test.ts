/**
 * Rules on the queries of panels: those of grafana/dashboard-linter on targets, written anew, and our
 * own on variables and sums. An exception stands in a list, with its reason.
 */
import { describe, expect, test } from "vitest";
import { HEALTH_WINDOW } from "../../dashboards/queries/health";
import { panelQueries, RANGE, RATE_INTERVAL, type PanelQuery } from "../support/dashboard-queries";
import { reads, type Selector } from "../support/promql";
import { shapeOf } from "../support/promql-shape";
import { recordedScrapes } from "../support/scrapes";

const catalogue = recordedScrapes();

/** Jobs of the monitoring VM: whichever host is chosen, they are the monitoring's. */
const SERVICES = ["prometheus", "alertmanager", "grafana"];

/** Matchers that a series must have, so that the panel shows what is chosen. */
function required({ metric, matchers }: Selector): Record<string, string> {
  const federation = { federation: "$federation" };
  const host = { ...federation, site: "$site", host: "$host" };
  if (/^(node_|flower_monitoring_|host:)/.test(metric)) return { job: "node", ...host };
  if (/^DCGM_/.test(metric)) return { job: "dcgm", ...host };
  if (/^container_/.test(metric)) return { job: "cadvisor", ...host };
  if (/^prometheus_/.test(metric)) return { job: "prometheus", ...federation };
  if (/^alertmanager_/.test(metric)) return { job: "alertmanager", ...federation };
  if (/^process_/.test(metric)) {
    const job = matchers["job"]?.value ?? "one of ours";
    return { job, ...(SERVICES.includes(job) ? federation : host) };
  }
  if (/^fl_supernode_/.test(metric)) return { ...federation, name: "$host|" };
  if (catalogue.get(metric)?.has("run_id") === true) return { ...federation, run_id: "$run" };
  return federation;
}

function missing({ raw }: PanelQuery): string[] {
  // Grafana's own names of ranges are no PromQL.
  const { selectors } = reads(raw.replace(/\[\$__\w+\]/g, "[5m]"));
  return selectors.flatMap((selector) =>
    Object.entries(required(selector)).flatMap(([label, value]) => {
      const matcher = selector.matchers[label];
      return matcher?.value === value ? [] : [`${selector.metric}: ${label}="${value}"`];
    }),
  );
}

/** Counters that a panel shows as they are: what was counted since a beginning that the panel names. */
const COUNTED: Record<string, string> = {
  fl_run_bytes_sent_total: "of one run, since it began",
  fl_run_bytes_received_total: "of one run, since it began",
  fl_run_client_seconds_total: "of one run, since it began",
  fl_run_clients_failed_total: "of one run, since it began",
  fl_supernode_replies_total: "since the SuperLink's database began: born with the first reply",
  fl_supernode_failures_total: "the same; a series that is born with 1 has no increase",
  DCGM_FI_DEV_ECC_DBE_VOL_TOTAL: "since the driver was loaded: one is too many",
};

/** Label of the points that a SuperNode loses. */
const POINTS = "reason";

const COUNTER = /_(total|sum|count|bucket)$/;
/** Configured rounds. */
const GAUGE = "fl_round_total";
/** How many series there are is no matter of their values. */
const OVER_TIME = ["rate", "increase", "count"];

function uncounted({ expr }: PanelQuery): string[] {
  return shapeOf(expr)
    .uses.filter(({ metric }) => COUNTER.test(metric) && metric !== GAUGE)
    .filter(({ metric, within }) => {
      return !(metric in COUNTED) && !within.some((name) => OVER_TIME.includes(name));
    })
    .map(({ metric }) => metric);
}

function wrongRange({ expr, instant }: PanelQuery): string[] {
  return shapeOf(expr).uses.flatMap(({ metric, range, within }) => {
    if (range === undefined || range === RATE_INTERVAL) return [];
    if (range === HEALTH_WINDOW && expr.includes(`"${POINTS}"`)) return [];
    // The whole chosen time is one number, not a line.
    if (range === RANGE && instant && !within.includes("rate")) return [];
    return [`${metric}[${range}]`];
  });
}

/** Gauges of which a sum is a number of things. */
const ADDITIVE: Record<string, string> = {
  mongodb_ss_connections:
    "connections by what they are: those in use and those that are left are all",
  fl_supernodes: "SuperNodes by status",
  fl_runs: "runs by status",
  fl_supernode_replies_total: "replies by phase",
  fl_supernode_failures_total: "failures by cause",
  scrape_samples_scraped: "samples by target",
  alertmanager_marked_alerts: "alerts by state",
  alertmanager_silences: "silences in force",
  DCGM_EXP_XID_ERRORS_COUNT: "errors of one code",
};

function wrongSums({ expr }: PanelQuery): string[] {
  if (expr.includes(`"${POINTS}"`)) return [];
  return shapeOf(expr)
    .aggregations.filter(({ operator }) => operator === "sum")
    .flatMap(({ uses }) => uses)
    .filter(({ metric, within }) => {
      return !(metric in ADDITIVE) && !within.some((name) => OVER_TIME.includes(name));
    })
    .map(({ metric }) => metric);
}

/** What is left of a federation after an aggregation, except in the cells of a heat map. */
function mixed({ expr, type }: PanelQuery): string[] {
  if (type === "heatmap") return [];
  return shapeOf(expr)
    .aggregations.filter(({ by }) => !by.includes("federation"))
    .map(({ operator, by }) => `${operator} by (${by.join(", ")})`);
}

describe.each(panelQueries.map((one) => [`${one.slug}: ${one.title}`, one] as const))(
  "%s",
  (_name, query) => {
    test("shows what is chosen in the variables", () => {
      expect(missing(query)).toEqual([]);
    });

    test("looks at counters by their growth, over Grafana's own interval", () => {
      expect(uncounted(query)).toEqual([]);
      expect(wrongRange(query)).toEqual([]);
    });

    test("adds up only what can be added up, and never two federations", () => {
      expect(wrongSums(query)).toEqual([]);
      expect(mixed(query)).toEqual([]);
    });
  },
);

describe("the rules would notice", () => {
  const query = (raw: string, instant = false): PanelQuery => ({
    slug: "",
    title: "",
    type: "timeseries",
    raw,
    expr: raw.replaceAll("$__rate_interval", RATE_INTERVAL).replaceAll("$__range", RANGE),
    instant,
  });

  test("a query that shows all hosts, whatever is chosen", () => {
    expect(missing(query('node_load1{job="node",federation=~"$federation"}'))).toEqual([
      'node_load1: site="$site"',
      'node_load1: host="$host"',
    ]);
    expect(missing(query("rate(fl_run_bytes_sent_total[$__rate_interval])"))).toHaveLength(2);
  });

  test("a counter without a rate, and a rate over a fixed time", () => {
    expect(uncounted(query("fl_bytes_sent_total"))).toEqual(["fl_bytes_sent_total"]);
    expect(uncounted(query("rate(fl_bytes_sent_total[5m])"))).toEqual([]);
    expect(wrongRange(query("rate(fl_bytes_sent_total[5m])"))).toEqual(["fl_bytes_sent_total[5m]"]);
    expect(wrongRange(query("increase(x_total[$__range])"))).toEqual([`x_total[${RANGE}]`]);
    expect(wrongRange(query("increase(x_total[$__range])", true))).toEqual([]);
  });

  test("a sum of temperatures, and one over federations", () => {
    const hot = "sum by (federation) (DCGM_FI_DEV_GPU_TEMP)";
    expect(wrongSums(query(hot))).toEqual(["DCGM_FI_DEV_GPU_TEMP"]);
    expect(wrongSums(query("sum by (federation) (rate(x_total[1m]) + y)"))).toEqual(["y"]);
    expect(mixed(query("sum by (host) (fl_runs)"))).toEqual(["sum by (host)"]);
    expect(mixed(query("sum(fl_runs)"))).toEqual(["sum by ()"]);
  });
});
