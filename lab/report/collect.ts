/** Runs every query of every dashboard. */
import { interpolate, type Values } from "../../dashboards/interpolate";
import { limit } from "../../runner/limit";
import { dashboardModels, type DashboardModel, type PanelModel, type PanelQuery } from "./model";
import type { Prometheus, Series, Window } from "./prometheus";
import { chosen } from "./variables";

/** Prometheus answers twenty at once by default; people may be looking at it too. */
const AT_ONCE = 8;

export interface Answered {
  query: PanelQuery;
  /** As it was sent. */
  sent: string;
  series: Series[];
  /** Prometheus' words, when it refused. */
  error?: string;
}

export interface PanelReport {
  panel: PanelModel;
  answers: Answered[];
}

export interface DashboardReport {
  model: DashboardModel;
  values: Values;
  rows: { heading: string; panels: PanelReport[] }[];
  annotations: { name: string; series: Series[]; error?: string }[];
}

/** The points of a chart. */
const POINTS = 90;

/** The last minutes, as Grafana would ask for them in a panel of half a screen. */
export async function windowOf(
  prometheus: Prometheus,
  seconds: number,
  end: number,
): Promise<{ window: Window; macros: Values }> {
  const scrape = await prometheus.scrapeInterval();
  const step = Math.max(seconds / POINTS, scrape);
  return {
    window: { start: end - seconds, end, step },
    macros: {
      // Grafana's own rule, so that a rate always has samples.
      __rate_interval: `${Math.ceil(Math.max(step + scrape, 4 * scrape))}s`,
      __interval: `${Math.ceil(step)}s`,
      __range: `${Math.ceil(seconds)}s`,
    },
  };
}

/** @param liked values of variables in dashboards about one thing, such as one run */
export async function collect(
  prometheus: Prometheus,
  window: Window,
  macros: Values,
  models: DashboardModel[] = dashboardModels(),
  liked: Values = {},
): Promise<DashboardReport[]> {
  const reports: DashboardReport[] = [];
  for (const model of models) {
    const values = await chosen(model.variables, macros, prometheus, window, liked);
    const ask = asker(prometheus, window, values);
    reports.push({
      model,
      values,
      rows: await Promise.all(
        model.rows.map(async ({ heading, panels }) => ({
          heading,
          panels: await Promise.all(
            panels.map(async (panel) => ({
              panel,
              answers: await Promise.all(panel.queries.map(ask)),
            })),
          ),
        })),
      ),
      annotations: await Promise.all(
        model.annotations.map(async ({ name, expr }) => {
          const { series, error } = await ask({ refId: "", expr, legend: "", instant: false });
          return { name, series, ...(error === undefined ? {} : { error }) };
        }),
      ),
    });
  }
  return reports;
}

/** A query with its variables, answered; what Prometheus refuses is told, not thrown. */
function asker(
  prometheus: Prometheus,
  window: Window,
  values: Values,
): (query: PanelQuery) => Promise<Answered> {
  const bounded = limit(AT_ONCE);
  return (query) =>
    bounded(async () => {
      const sent = interpolate(query.expr, values);
      try {
        const series = query.instant
          ? await prometheus.instant(sent, window.end)
          : await prometheus.range(sent, window);
        return { query, sent, series };
      } catch (error) {
        return {
          query,
          sent,
          series: [],
          error: error instanceof Error ? error.message : String(error),
        };
      }
    });
}
