import { dashboardJson, dashboards } from "../../dashboards";

/** A panel or row of a dashboard's JSON, as far as tests look at it. */
export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { type: string; uid: string };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: {
    refId: string;
    expr: string;
    legendFormat: string;
    datasource: { type: string; uid: string };
  }[];
  panels?: Panel[];
}

export interface DashboardJson {
  uid: string;
  title: string;
  panels: Panel[];
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
