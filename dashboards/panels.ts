/** The kinds of panels, with the project's habits; widths are of 24 columns. */
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { PanelBuilder as GaugeBuilder } from "@grafana/grafana-foundation-sdk/gauge";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { COLOURS, type Colour } from "./palette";
import { SOURCE } from "./source";

/** What every panel says of itself. */
export interface About {
  title: string;
  /** What is shown, and what to do about it. */
  description: string;
  /** Grafana's id of the unit. */
  unit: string;
  /** Shown in place of data: why there is none. */
  empty: string;
}

/** One query over time. */
export function query(expr: string, legend: string, refId = "A"): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(refId)
    .expr(expr)
    .legendFormat(legend)
    .datasource(SOURCE)
    .range();
}

/** One query at the end of the time range. */
export function instant(expr: string, legend: string, refId = "A"): DataqueryBuilder {
  return query(expr, legend, refId).instant();
}

/** A histogram's buckets. */
export function buckets(expr: string): DataqueryBuilder {
  return query(expr, "{{le}}").format(PromQueryFormat.Heatmap);
}

/** Threshold steps as `[from, colour]`; the first starts at minus infinity. */
export function steps(...values: [number | null, Colour][]): ThresholdsConfigBuilder {
  const list: Threshold[] = values.map(([value, color]) => ({ value, color }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list);
}

/** Good below the number at which an alert fires, bad from there on. */
export const above = (limit: number): ThresholdsConfigBuilder =>
  steps([null, COLOURS.good], [rounded(limit), COLOURS.bad]);

/** 1 - 0.05 without the last digits of a floating point number. */
const rounded = (value: number): number => Number(value.toPrecision(12));

/** Values that are words. */
export function words(texts: Record<string, [text: string, color: Colour]>): ValueMapping[] {
  const options = Object.entries(texts).map(([value, [text, color]], index) => {
    return [value, { text, color, index }] as const;
  });
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

const byThreshold = (): FieldColorBuilder =>
  new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

/** A series has the same colour in all panels. */
const byName = (): FieldColorBuilder =>
  new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName);

const last = (): ReduceDataOptionsBuilder => new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);

/** A single number, the last one, with its course behind it. */
export function stat({ title, description, unit, empty }: About): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(empty)
    .datasource(SOURCE)
    .reduceOptions(last())
    .colorScheme(byThreshold())
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area)
    .textMode(BigValueTextMode.Auto)
    .height(4)
    .span(6);
}

/** A share of a whole, as a dial with its number. */
export function gauge({ title, description, unit, empty }: About): GaugeBuilder {
  return new GaugeBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(empty)
    .datasource(SOURCE)
    .reduceOptions(last())
    .colorScheme(byThreshold())
    .showThresholdMarkers(true)
    .min(0)
    .height(8)
    .span(12);
}

/** One bar a series, longest first where the query sorts. */
export function bars({ title, description, unit, empty }: About): BarGaugeBuilder {
  return new BarGaugeBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(empty)
    .datasource(SOURCE)
    .reduceOptions(last())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .colorScheme(byThreshold())
    .min(0)
    .height(8)
    .span(12);
}

/** Lines over time, with a table of the last and the largest values below. */
export function timeseries({ title, description, unit, empty }: About): TimeseriesBuilder {
  return new TimeseriesBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(empty)
    .datasource(SOURCE)
    .colorScheme(byName())
    .lineWidth(2)
    .fillOpacity(5)
    .axisSoftMin(0)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(["lastNotNull", "max"]),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .height(9)
    .span(12);
}

/** A dashed line at each threshold but the first, which is the ground. */
export function lines(): GraphThresholdsStyleConfigBuilder {
  return new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
}

/** States over time, one row a series. */
export function timeline({ title, description, unit, empty }: About): StateTimelineBuilder {
  return new StateTimelineBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(empty)
    .datasource(SOURCE)
    .colorScheme(byThreshold())
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .height(8)
    .span(12);
}

/** How often which duration was seen, over time: the darker, the more often. */
export function heatmap({ title, description, unit, empty }: About): HeatmapBuilder {
  return new HeatmapBuilder()
    .title(title)
    .description(description)
    .unit("short")
    .noValue(empty)
    .datasource(SOURCE)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme("Blues")
        .steps(32)
        .reverse(false)
        .exponent(0.5)
        .fill("dark-blue"),
    )
    .exemplarsColor(COLOURS.warning)
    .yAxis(new YAxisConfigBuilder().unit(unit))
    .showLegend()
    .height(9)
    .span(12);
}
