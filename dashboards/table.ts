/** Tables: one row a subject, one column a label or a query. */
import {
  FieldColorBuilder,
  FieldColorModeId,
  type DynamicConfigValue,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { TableFooterOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import type { ThresholdsConfigBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { path } from "./common";
import { instant, type About } from "./panels";
import { TITLES, type Slug } from "./slugs";

/** Where a cell leads: the dashboard, and the columns whose values are chosen there. */
export interface RowLink {
  to: Slug;
  /** Variable to the column's title. */
  choose: Partial<Record<"host" | "run", string>>;
}

interface Column {
  title: string;
  link?: RowLink;
  /** Pixels; a table that does not fit is scrolled. */
  width?: number;
}

/** A label of the series. */
export interface LabelColumn extends Column {
  label: string;
}

/** The value of a query. */
export interface ValueColumn extends Column {
  expr: string;
  unit: string;
  decimals?: number;
  thresholds?: ThresholdsConfigBuilder;
  words?: ValueMapping[];
}

/**
 * Series of all queries that agree in their labels are one row, so each label has a column.
 *
 * @param identity labels that tell rows apart and that few people read; they come last
 */
export function table(
  about: Omit<About, "unit">,
  labels: readonly LabelColumn[],
  values: readonly ValueColumn[],
  identity: readonly LabelColumn[] = [],
  sort?: { by: string; descending: boolean },
): TableBuilder {
  const builder = new TableBuilder()
    .title(about.title)
    .description(about.description)
    .unit("short")
    .noValue(about.empty)
    .datasource({ type: "prometheus", uid: "${datasource}" })
    .footer(new TableFooterOptionsBuilder().show(false).reducer([]))
    .height(9)
    .span(24);
  const refs = values.map((_, index) => String.fromCharCode(65 + index));
  const valueField = (ref: string): string => (values.length === 1 ? "Value" : `Value #${ref}`);
  values.forEach(({ expr, title }, index) => {
    builder.withTarget(instant(expr, title, refs[index] ?? "").format(PromQueryFormat.Table));
  });
  const labelName = ({ label, title }: LabelColumn): [string, string] => [label, title];
  const names = [
    ...labels.map(labelName),
    ...values.map(({ title }, index): [string, string] => [valueField(refs[index] ?? ""), title]),
    ...identity.map(labelName),
  ];
  builder.withTransformation({ id: "merge", options: {} });
  builder.withTransformation({
    id: "organize",
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(names.map(([name], index) => [name, index])),
      renameByName: Object.fromEntries(names),
    },
  });
  for (const column of [...labels, ...values, ...identity])
    builder.overrideByName(column.title, settings(column));
  if (sort !== undefined) {
    const by = { displayName: sort.by, desc: sort.descending };
    builder.sortBy([{ build: () => by }]);
  }
  return builder;
}

function settings(column: LabelColumn | ValueColumn): DynamicConfigValue[] {
  const { link, width } = column;
  const list: DynamicConfigValue[] = [];
  const add = (id: string, value: unknown): number => list.push({ id, value });
  if (width !== undefined) add("custom.width", width);
  if (link !== undefined) add("links", [linkOf(link)]);
  if (!("expr" in column)) return list;
  add("unit", column.unit);
  if (column.decimals !== undefined) add("decimals", column.decimals);
  if (column.words !== undefined) add("mappings", column.words);
  if (column.thresholds !== undefined) add("thresholds", column.thresholds.build());
  if (column.thresholds !== undefined || column.words !== undefined) {
    add("custom.cellOptions", { type: "color-text" });
    add("color", new FieldColorBuilder().mode(FieldColorModeId.Thresholds).build());
  }
  return list;
}

function linkOf({ to, choose }: RowLink): { title: string; url: string } {
  const chosen = Object.entries(choose).map(
    ([variable, column]) => `&var-${variable}=\${__data.fields["${column}"]:percentencode}`,
  );
  return {
    title: `Open in ${TITLES[to]}`,
    url: `${path(to)}?\${__url_time_range}&\${federation:queryparam}${chosen.join("")}`,
  };
}
