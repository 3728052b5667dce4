import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { alertsDashboard } from "./alerts";
import { clientsDashboard } from "./clients";
import { containersDashboard } from "./containers";
import { defaultContext, type DashboardContext } from "./context";
import { federationDashboard } from "./federation";
import { flOverviewDashboard } from "./fl-overview";
import { flTrainingDashboard } from "./fl-training";
import { gpuDashboard } from "./gpu";
import { hostsDashboard } from "./hosts";
import { runExplorerDashboard } from "./run-explorer";
import { withSeriesLinks } from "./series-links";
import { slosDashboard } from "./slos";
import type { Slug } from "./slugs";
import { stackDashboard } from "./stack";
import { stragglersDashboard } from "./stragglers";
import { systemDashboard } from "./system";

export { DATASOURCE_UID } from "./source";
export { type DashboardContext } from "./context";

const BUILDERS: Record<Slug, (context: DashboardContext) => Dashboard> = {
  federation: federationDashboard,
  "fl-overview": flOverviewDashboard,
  "fl-training": flTrainingDashboard,
  "run-explorer": runExplorerDashboard,
  clients: clientsDashboard,
  stragglers: stragglersDashboard,
  gpu: gpuDashboard,
  hosts: hostsDashboard,
  containers: containersDashboard,
  system: systemDashboard,
  slos: slosDashboard,
  alerts: alertsDashboard,
  stack: stackDashboard,
};

/** Every dashboard by its slug; the uid is `flower-monitoring-<slug>`. */
export const dashboards: Record<string, (context?: DashboardContext) => Dashboard> =
  Object.fromEntries(
    Object.entries(BUILDERS).map(([slug, build]) => [
      slug,
      (context = defaultContext) => withPanelIds(withSeriesLinks(slug as Slug, build(context))),
    ]),
  );

/** The SDK numbers nothing, and Grafana needs an id of its own for each row and panel. */
function withPanelIds(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
  return { ...dashboard, panels };
}

/** JSON with sorted keys: the same dashboard is always the same text. */
export function dashboardJson(dashboard: Dashboard): string {
  return JSON.stringify(sorted(dashboard), null, 2);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]),
  );
}
