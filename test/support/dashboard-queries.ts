/** Every query of every panel, as a test looks at it. */
import { dashboards } from "../../dashboards";
import { ALL, interpolate } from "../../dashboards/interpolate";
import { panelsOf } from "./panels";

/** Ranges that no query has as it stands, so that Grafana's own can be told from fixed ones. */
export const RATE_INTERVAL = "1m1s";
export const RANGE = "1h1m1s";

const MARKED = { ...ALL, __rate_interval: RATE_INTERVAL, __range: RANGE };

export interface PanelQuery {
  slug: string;
  title: string;
  type: string;
  /** As the dashboard has it. */
  raw: string;
  /** With everything chosen. */
  expr: string;
  instant: boolean;
}

export const panelQueries: PanelQuery[] = Object.keys(dashboards).flatMap((slug) =>
  panelsOf(slug).flatMap(({ title, type, targets = [] }) =>
    targets.map(({ expr, instant = false }) => ({
      slug,
      title,
      type,
      raw: expr,
      expr: interpolate(expr, MARKED),
      instant,
    })),
  ),
);
