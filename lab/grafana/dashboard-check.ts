import { stricter } from "./errors";
import type { DataSource, Json } from "./store";
import { textOf, uidOf } from "./uid";

const gridColumns = 24;

/** The panel plugins that come with Grafana 12. */
const panelTypes = new Set(
  (
    "alertlist annolist barchart bargauge candlestick canvas dashlist datagrid debug flamegraph " +
    "gauge geomap heatmap histogram logs news nodeGraph piechart row stat state-timeline " +
    "status-history table text timeseries traces trend welcome xychart gettingstarted"
  ).split(" "),
);

/** Panels that show no data of a source. */
const withoutData = new Set([
  "row",
  "text",
  "news",
  "dashlist",
  "alertlist",
  "annolist",
  "welcome",
]);

/** Sources that every Grafana has. */
const builtIn = new Set(["-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana"]);

/**
 * Refuses a dashboard that a real Grafana would take and then show broken: unknown panel types or data
 * sources, panels outside the grid, ids or refIds used twice. The message names the panel.
 */
export function checkDashboard(model: Json, sources: readonly DataSource[]): void {
  if (typeof model["uid"] === "string") uidOf(model["uid"]);
  const variables = listOf((model["templating"] as Json | undefined)?.["list"]);
  const names = new Set(variables.map((v) => String(v["name"])));
  const known = (reference: unknown, where: string): void =>
    checkSource(reference, where, names, sources);

  for (const variable of variables) {
    if (variable["type"] !== "query") continue;
    known(variable["datasource"], `variable "${String(variable["name"])}"`);
  }
  const panels = listOf(model["panels"]).flatMap((p) => [p, ...listOf(p["panels"])]);
  const seen = new Set<unknown>();
  for (const panel of panels) {
    const where = `panel "${String(panel["title"] ?? panel["type"])}"`;
    const type = String(panel["type"]);
    if (!panelTypes.has(type)) throw stricter(`${where}: unknown panel type "${type}"`);
    if (panel["id"] !== undefined) {
      if (seen.has(panel["id"]))
        throw stricter(`${where}: id ${textOf(panel["id"])} is used twice`);
      seen.add(panel["id"]);
    }
    checkGrid(panel["gridPos"], where);
    if (!withoutData.has(type)) checkTargets(panel, where, known);
  }
}

function checkGrid(position: unknown, where: string): void {
  const { x, y, w, h } = (position ?? {}) as Record<string, unknown>;
  const numbers = [x ?? 0, y ?? 0, w, h];
  if (!numbers.every((n) => Number.isInteger(n) && (n as number) >= 0)) {
    throw stricter(`${where}: gridPos needs whole w and h, and x and y of at least 0`);
  }
  const [left, , width, height] = numbers as [number, number, number, number];
  if (width < 1 || height < 1 || left + width > gridColumns) {
    throw stricter(`${where}: gridPos x ${left} and w ${width} do not fit ${gridColumns} columns`);
  }
}

function checkTargets(
  panel: Json,
  where: string,
  known: (reference: unknown, where: string) => void,
): void {
  const targets = listOf(panel["targets"]);
  if (panel["datasource"] !== undefined) known(panel["datasource"], where);
  const refIds = new Set<unknown>();
  for (const target of targets) {
    const refId = target["refId"];
    if (typeof refId !== "string" || refId === "") {
      throw stricter(`${where}: a query has no refId`);
    }
    if (refIds.has(refId)) throw stricter(`${where}: refId ${refId} is used twice`);
    refIds.add(refId);
    if (target["datasource"] === undefined && panel["datasource"] === undefined) {
      throw stricter(`${where}: query ${refId} has no data source`);
    }
    if (target["datasource"] !== undefined) known(target["datasource"], `${where} query ${refId}`);
  }
}

function checkSource(
  reference: unknown,
  where: string,
  variables: ReadonlySet<string>,
  sources: readonly DataSource[],
): void {
  const { uid, type } = (
    typeof reference === "string" ? { uid: reference } : (reference ?? {})
  ) as { uid?: string; type?: string };
  if (uid === undefined) throw stricter(`${where}: a data source needs its uid`);
  if (builtIn.has(uid) || type === "__expr__") return;
  const variable = /^\$\{?(\w+)(?::\w+)?\}?$/.exec(uid)?.[1];
  if (variable !== undefined) {
    if (variables.has(variable)) return;
    throw stricter(`${where}: the data source variable "${variable}" is not defined`);
  }
  const source = sources.find((s) => s.uid === uid);
  if (source === undefined) throw stricter(`${where}: there is no data source with uid "${uid}"`);
  if (type !== undefined && type !== source.type) {
    throw stricter(`${where}: data source "${uid}" is of type ${source.type}, not ${type}`);
  }
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
