import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { federationDashboard } from "./federation";

export { DATASOURCE_UID } from "./common";

/** Every dashboard by its slug; the uid is `flower-monitoring-<slug>`. */
export const dashboards: Record<string, () => Dashboard> = {
  federation: () => withPanelIds(federationDashboard()),
};

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
