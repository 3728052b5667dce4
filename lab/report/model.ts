/** Dashboards, as far as the report shows them. */
import type {
  Dashboard,
  Panel,
  ThresholdsConfig,
  ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboards } from "../../dashboards";

export interface PanelQuery {
  refId: string;
  expr: string;
  legend: string;
  instant: boolean;
}

/** How values look. */
export interface Look {
  unit: string;
  /** Of counts; undefined: as many as it takes. */
  decimals?: number | undefined;
  /** Texts for values, and their colours. */
  words: Record<string, { text: string; color?: string }>;
  /** Colours from which value on, the least first. */
  steps: { from: number; color: string }[];
}

/** A column of a table: the label or the value that it shows. */
export interface Column extends Look {
  field: string;
  title: string;
}

export interface PanelModel extends Look {
  title: string;
  type: string;
  description: string;
  /** What Grafana says when there is no data. */
  empty: string;
  /** Of 24 columns. */
  width: number;
  queries: PanelQuery[];
  columns: Column[];
  /** Title of the column by which a table is sorted. */
  sort?: { by: string; descending: boolean };
}

export interface VariableModel {
  name: string;
  query: string;
  regex: string;
  /** What "All" is; undefined: the list of all values. */
  allValue?: string;
  several: boolean;
}

export interface RowModel {
  heading: string;
  panels: PanelModel[];
}

export interface DashboardModel {
  slug: string;
  title: string;
  description: string;
  variables: VariableModel[];
  rows: RowModel[];
  annotations: { name: string; expr: string }[];
}

/** All dashboards of a stack that changed no threshold. */
export function dashboardModels(): DashboardModel[] {
  return Object.entries(dashboards).map(([slug, build]) => modelOf(slug, build()));
}

export function modelOf(slug: string, dashboard: Dashboard): DashboardModel {
  const rows: RowModel[] = [];
  for (const panel of dashboard.panels ?? []) {
    if (panel.type === "row") rows.push({ heading: panel.title ?? "", panels: [] });
    else rows.at(-1)?.panels.push(panelOf(panel));
  }
  return {
    slug,
    title: dashboard.title ?? slug,
    description: dashboard.description ?? "",
    variables: (dashboard.templating?.list ?? [])
      .filter(({ type }) => String(type) === "query")
      .map(({ name, query, regex, allValue, multi }) => ({
        name,
        query: typeof query === "string" ? query : "",
        regex: regex ?? "",
        ...(allValue === undefined ? {} : { allValue }),
        several: multi ?? false,
      })),
    rows,
    annotations: (dashboard.annotations?.list ?? []).map(({ name, target }) => ({
      name,
      expr: (target as unknown as PrometheusTarget).expr,
    })),
  };
}

interface PrometheusTarget {
  refId: string;
  expr: string;
  legendFormat: string;
  instant?: boolean;
}

function panelOf(panel: Panel): PanelModel {
  const { unit, decimals, noValue, mappings, thresholds } = panel.fieldConfig?.defaults ?? {};
  const targets = (panel.targets ?? []) as unknown as PrometheusTarget[];
  return {
    title: panel.title ?? "",
    type: panel.type,
    description: panel.description ?? "",
    unit: axisUnit(panel) ?? unit ?? "none",
    decimals,
    empty: noValue ?? "No data",
    width: panel.gridPos?.w ?? 24,
    words: wordsOf(mappings),
    steps: stepsOf(thresholds),
    queries: targets.map(({ refId, expr, legendFormat, instant }) => ({
      refId,
      expr,
      legend: legendFormat,
      instant: instant === true,
    })),
    columns: columnsOf(panel),
    ...sortOf(panel),
  };
}

function sortOf(panel: Panel): Pick<PanelModel, "sort"> {
  const { sortBy } = (panel.options ?? {}) as {
    sortBy?: { displayName: string; desc?: boolean }[];
  };
  const [first] = sortBy ?? [];
  return first === undefined
    ? {}
    : { sort: { by: first.displayName, descending: first.desc === true } };
}

/** A heat map counts in cells; its unit is the axis'. */
function axisUnit(panel: Panel): string | undefined {
  const { yAxis } = (panel.options ?? {}) as { yAxis?: { unit?: string } };
  return yAxis?.unit;
}

function wordsOf(mappings: ValueMapping[] = []): Look["words"] {
  return Object.fromEntries(
    mappings.flatMap((mapping) =>
      String(mapping.type) === "value"
        ? Object.entries(mapping.options as Record<string, { text?: string; color?: string }>).map(
            ([value, { text = value, color }]) => [
              value,
              { text, ...(color === undefined ? {} : { color }) },
            ],
          )
        : [],
    ),
  );
}

function stepsOf(thresholds?: ThresholdsConfig): Look["steps"] {
  return (thresholds?.steps ?? []).map(({ value, color }) => ({ from: value ?? -Infinity, color }));
}

function columnsOf(panel: Panel): Column[] {
  const organize = panel.transformations?.find(({ id }) => id === "organize");
  const { renameByName = {}, indexByName = {} } = (organize?.options ?? {}) as {
    renameByName?: Record<string, string>;
    indexByName?: Record<string, number>;
  };
  // Of an exported dashboard the keys are sorted.
  const places = Object.entries(renameByName).sort(
    ([a], [b]) => (indexByName[a] ?? 0) - (indexByName[b] ?? 0),
  );
  const property = (title: string, id: string): unknown =>
    panel.fieldConfig?.overrides
      .find(({ matcher }) => matcher.options === title)
      ?.properties.find((one) => one.id === id)?.value;
  return places.map(([field, title]) => ({
    field,
    title,
    unit: unitOf(property(title, "unit")),
    decimals: property(title, "decimals") as number | undefined,
    words: wordsOf(property(title, "mappings") as ValueMapping[] | undefined),
    steps: stepsOf(property(title, "thresholds") as ThresholdsConfig | undefined),
  }));
}

const unitOf = (value: unknown): string => (typeof value === "string" ? value : "none");
