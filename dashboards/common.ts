import {
  DashboardBuilder,
  DashboardCursorSync,
  DataSourceRef,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import {
  ReduceDataOptionsBuilder,
  VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { LegendDisplayMode, LegendPlacement } from "@grafana/grafana-foundation-sdk/common";

/** uid of the Prometheus data source; fixed, so that dashboards and rules can name it. */
export const DATASOURCE_UID = "flower-monitoring-prometheus";

const datasource: DataSourceRef = { type: "prometheus", uid: DATASOURCE_UID };

/** A dashboard with the project's habits: fixed uid, UTC-free, shared crosshair, read-only. */
export function dashboard(slug: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(`flower-monitoring-${slug}`)
    .description(description)
    .tags(["flower-monitoring"])
    .timezone("browser")
    .time({ from: "now-1h", to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly();
}

/** One Prometheus query. */
export function query(expr: string, legend: string, refId = "A"): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).datasource(datasource);
}

/** Threshold steps as `[from, colour]`; the first starts at minus infinity. */
export function steps(...values: [number | null, string][]): ThresholdsConfigBuilder {
  const list: Threshold[] = values.map(([value, color]) => ({ value, color }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list);
}

/** A single number, the last one. */
export function stat(title: string, description: string, unit: string): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .height(4)
    .span(6);
}

/** Lines over time, with a table legend below. */
export function timeseries(title: string, description: string, unit: string): TimeseriesBuilder {
  return new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(["lastNotNull", "max"]),
    )
    .height(8)
    .span(12);
}

/** Yes (1) and no (0) over time, one row a series. */
export function stateTimeline(title: string, description: string): StateTimelineBuilder {
  return new StateTimelineBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit("bool_yes_no")
    .height(8)
    .span(12);
}
