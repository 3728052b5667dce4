import { dashboardJson, dashboards } from "../../dashboards";

/** A panel or row of a dashboard's JSON, as far as tests look at it. */
export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { type: string; uid: string };
  fieldConfig?: {
    defaults: { unit?: string; noValue?: string; thresholds?: { steps: { color: string }[] } };
    overrides: { matcher: { options: string }; properties: { id: string; value: unknown }[] }[];
  };
  options?: Record<string, unknown>;
  transformations?: { id: string; options: Record<string, Record<string, unknown>> }[];
  targets?: {
    refId: string;
    expr: string;
    legendFormat: string;
    range?: boolean;
    instant?: boolean;
    format?: string;
    datasource: { type: string; uid: string };
  }[];
  panels?: Panel[];
}

export interface Link {
  title: string;
  type: string;
  url?: string;
  tags: string[];
  keepTime: boolean;
  includeVars: boolean;
  placement?: string;
}

export interface VariableJson {
  name: string;
  type: string;
  label: string;
  query: string;
  regex?: string;
  refresh?: number;
  datasource?: { type: string; uid: string };
  multi: boolean;
  includeAll: boolean;
  current?: { text: string; value: string };
}

export interface DashboardJson {
  uid: string;
  title: string;
  panels: Panel[];
  links: Link[];
  templating: { list: VariableJson[] };
  annotations: {
    list: {
      name: string;
      datasource: { type: string; uid: string };
      target: { expr: string; refId: string; interval: string };
    }[];
  };
  [key: string]: unknown;
}

/** A dashboard as it is sent to Grafana. */
export function jsonOf(slug: string): DashboardJson {
  const build = dashboards[slug];
  if (build === undefined) throw new Error(`no dashboard ${slug}`);
  return JSON.parse(dashboardJson(build())) as DashboardJson;
}

/** Rows and panels, those inside collapsed rows too, in reading order. */
export function allOf(slug: string): Panel[] {
  return jsonOf(slug).panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

/** Panels without rows. */
export function panelsOf(slug: string): Panel[] {
  return allOf(slug).filter(({ type }) => type !== "row");
}

/** Variables whose values come from Prometheus, with the PromQL within Grafana's own functions. */
export function variableQueriesOf(slug: string): { name: string; expr: string; label?: string }[] {
  return jsonOf(slug)
    .templating.list.filter(({ type }) => type === "query")
    .map(({ name, query }) => ({ name, ...asked(query) }));
}

/** `label_values(expr, label)` or `query_result(expr)`. */
function asked(query: string): { expr: string; label?: string } {
  const [, values, label] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
  if (values !== undefined && label !== undefined) return { expr: values, label };
  const [, result] = /^query_result\((.*)\)$/.exec(query) ?? [];
  if (result === undefined) throw new Error(`not a query of a variable: ${query}`);
  return { expr: result };
}

export function annotationsOf(slug: string): { name: string; expr: string }[] {
  return jsonOf(slug).annotations.list.map(({ name, target }) => ({ name, expr: target.expr }));
}
