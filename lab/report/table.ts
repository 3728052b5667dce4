/** Rows of a table panel, merged as Grafana merges the answers of its queries. */
import type { Answered } from "./collect";
import type { Column, PanelModel } from "./model";

/** A label's text or a query's value; undefined where a query has nothing for the row. */
export type Cell = string | number | undefined;

/** Series of all queries that agree in the labels which all of them have are one row. */
export function tableRows(
  columns: readonly Column[],
  answers: readonly Answered[],
  sort?: PanelModel["sort"],
): Cell[][] {
  const rows = new Map<string, Map<string, Cell>>();
  const common = sharedLabels(columns, answers);
  for (const { query, series } of answers) {
    const field = answers.length === 1 ? "Value" : `Value #${query.refId}`;
    for (const { labels, points } of series) {
      const key = JSON.stringify(common.map((label) => labels[label] ?? ""));
      const row = rows.get(key) ?? new Map<string, Cell>();
      for (const [label, value] of Object.entries(labels)) row.set(label, value);
      row.set(field, points.at(-1)?.[1]);
      rows.set(key, row);
    }
  }
  const cells = [...rows.values()].map((row) => columns.map(({ field }) => row.get(field)));
  const by = columns.findIndex(({ title }) => title === sort?.by);
  if (by === -1) return cells;
  const sign = sort?.descending === true ? -1 : 1;
  return cells.sort((a, b) => sign * (numberOf(a[by]) - numberOf(b[by])));
}

/** Labels of columns that each query which has an answer has. */
function sharedLabels(columns: readonly Column[], answers: readonly Answered[]): string[] {
  const answered = answers.filter(({ series }) => series.length > 0);
  return columns
    .map(({ field }) => field)
    .filter((field) =>
      answered.every(({ series }) => series.some(({ labels }) => labels[field] !== undefined)),
    );
}

/** Rows without a value count as the largest: with NaN the order would be chance. */
const numberOf = (cell: Cell): number => (typeof cell === "number" ? cell : Number.MAX_VALUE);
