import type { Dashboard, DashboardLink, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { path } from "./common";
import { TITLES, type Slug } from "./slugs";

/** Labels of series that say where more of them is, and the variable that is chosen there. */
const WAYS: { label: string; to: Slug; variable: string }[] = [
  { label: "run_id", to: "run-explorer", variable: "run" },
  // A SuperNode has its host's name.
  { label: "node", to: "hosts", variable: "host" },
  { label: "host", to: "hosts", variable: "host" },
];

/** A click on a series whose legend names a run or a machine leads to it. Tables have links of their own. */
export function withSeriesLinks(slug: Slug, dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel) =>
    panel.type === "row" ? panel : withLinks(slug, panel),
  );
  return { ...dashboard, panels };
}

function withLinks(slug: Slug, panel: Panel): Panel {
  const links = linksOf(slug, panel);
  if (links.length === 0) return panel;
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  return { ...panel, fieldConfig: { defaults: { ...defaults, links }, overrides } };
}

/** The SDK types them as links of a dashboard; of a field Grafana reads title and address. */
function linksOf(slug: Slug, panel: Panel): DashboardLink[] {
  if (panel.type === "table") return [];
  const targets = (panel.targets ?? []) as { legendFormat?: string }[];
  const way = WAYS.find(({ label }) =>
    targets.some(({ legendFormat = "" }) => legendFormat.includes(`{{${label}}}`)),
  );
  if (way === undefined || way.to === slug) return [];
  const chosen = `var-${way.variable}=\${__field.labels.${way.label}}`;
  const link: Pick<DashboardLink, "title" | "url"> = {
    title: `Open in ${TITLES[way.to]}`,
    url: `${path(way.to)}?\${__url_time_range}&\${federation:queryparam}&${chosen}`,
  };
  return [link as DashboardLink];
}
