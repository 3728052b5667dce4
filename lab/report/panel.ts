/** One panel as HTML. */
import type { PanelReport } from "./collect";
import { colourFor, escaped, formatted, legendOf, worded } from "./format";
import type { Look } from "./model";
import type { Series, Window } from "./prometheus";
import { band, colourOf, heatChart, lineChart } from "./svg";
import { tableRows, type Cell } from "./table";

/** Lines of a legend; more are counted. */
const LEGEND = 8;
/** Rows of a table; more are counted. */
const TABLE = 20;

/** @param marked whether a reader is to look at it */
export function panelHtml(report: PanelReport, window: Window, marked = false): string {
  const { panel } = report;
  return `<article class="panel${marked ? " marked" : ""}" style="--w:${panel.width}">
<h3>${escaped(panel.title)} <small>${escaped(panel.type)}</small></h3>
${body(report, window)}
${refusedHtml(report)}
<p>${escaped(panel.description)}</p>
${queriesHtml(report)}
</article>`;
}

function body(report: PanelReport, window: Window): string {
  const { panel, answers } = report;
  if (panel.queries.length === 0) return '<div class="none">Grafana fills this panel itself.</div>';
  const series = answers.flatMap((answer) => answer.series);
  if (series.length === 0) return `<div class="none">${escaped(panel.empty)}</div>`;
  switch (panel.type) {
    case "table":
      return tableHtml(report);
    case "timeseries":
      return lineChart(series, window, panel.unit) + legendHtml(report);
    case "state-timeline":
      return timelineHtml(report, window);
    case "heatmap":
      return heatChart(series, window);
    case "bargauge":
    case "gauge":
      return barsHtml(report);
    default:
      return numbersHtml(report);
  }
}

interface Named {
  name: string;
  value: number;
  largest: number;
}

/** Each series with its legend and its last value. */
function named({ answers }: PanelReport): Named[] {
  return answers.flatMap(({ query, series }) =>
    series.map((one) => ({
      name: legendOf(query.legend, one.labels),
      value: lastOf(one),
      largest: Math.max(...one.points.map(([, value]) => value).filter(Number.isFinite)),
    })),
  );
}

/** Grafana's lastNotNull; NaN where there is none. */
function lastOf({ points }: Series): number {
  return points.findLast(([, value]) => !Number.isNaN(value))?.[1] ?? NaN;
}

function legendHtml(report: PanelReport): string {
  const { unit } = report.panel;
  const all = named(report);
  const lines = all.slice(0, LEGEND).map(({ name, value, largest }, index) => {
    const mark = `<i style="background:${colourOf(index)}"></i>`;
    return `<tr><td>${mark}${escaped(name)}</td><td>${escaped(worded(value, report.panel))}</td><td>${escaped(formatted(largest, unit))}</td></tr>`;
  });
  const head = "<tr><th></th><th>last</th><th>max</th></tr>";
  return `<div class="wide"><table class="legend">${head}${lines.join("")}</table></div>${more(all.length - LEGEND)}`;
}

/** Each series' states between its name and its last one. */
function timelineHtml(report: PanelReport, window: Window): string {
  const { panel, answers } = report;
  const series = answers.flatMap((answer) => answer.series);
  const names = named(report);
  const lines = series.slice(0, TABLE).map((one, index) => {
    const { name = "", value = NaN } = names[index] ?? {};
    return `<tr><td>${escaped(name)}</td><td>${band(one, window, panel)}</td><td>${escaped(worded(value, panel))}</td></tr>`;
  });
  return `<div class="wide"><table class="states">${lines.join("")}</table></div>${more(series.length - TABLE)}`;
}

const more = (count: number): string =>
  count > 0 ? `<div class="more">and ${count} more</div>` : "";

/** Colour as a mark beside the text: as the text's own it may be hard to read. */
function mark(value: number, look: Look): string {
  const colour = colourFor(value, look);
  return colour === undefined ? "" : `<i class="mark" style="background:${colour}"></i>`;
}

function numbersHtml(report: PanelReport): string {
  const { panel } = report;
  const all = named(report);
  const numbers = all
    .slice(0, LEGEND)
    .map(
      ({ name, value }) =>
        `<div class="number"><b>${mark(value, panel)}${escaped(worded(value, panel))}</b><span>${escaped(name)}</span></div>`,
    );
  return `<div class="numbers">${numbers.join("")}</div>${more(all.length - LEGEND)}`;
}

function barsHtml(report: PanelReport): string {
  const { panel } = report;
  const all = named(report);
  const most = Math.max(...all.map(({ value }) => value).filter(Number.isFinite), 0);
  const lines = all.slice(0, 2 * LEGEND).map(({ name, value }) => {
    const share = most > 0 && Number.isFinite(value) ? Math.max(0, (100 * value) / most) : 0;
    const bar = `<i style="width:${share.toFixed(1)}%;background:${colourFor(value, panel) ?? ""}"></i>`;
    return `<tr><td>${escaped(name)}</td><td class="bar">${bar}</td><td>${escaped(worded(value, panel))}</td></tr>`;
  });
  return `<div class="wide"><table class="bars">${lines.join("")}</table></div>${more(all.length - 2 * LEGEND)}`;
}

function tableHtml({ panel, answers }: PanelReport): string {
  const { columns } = panel;
  const rows = tableRows(columns, answers, panel.sort);
  const head = columns.map(({ title }) => `<th>${escaped(title)}</th>`).join("");
  const lines = rows
    .slice(0, TABLE)
    .map(
      (row) => `<tr>${columns.map((column, index) => cellHtml(row[index], column)).join("")}</tr>`,
    );
  return `<div class="wide"><table><tr>${head}</tr>${lines.join("")}</table></div>${more(rows.length - TABLE)}`;
}

function cellHtml(cell: Cell, column: Look): string {
  if (cell === undefined) return "<td></td>";
  if (typeof cell === "string") return `<td>${escaped(cell)}</td>`;
  return `<td>${mark(cell, column)}${escaped(worded(cell, column))}</td>`;
}

/** Also where queries are folded, as in a picture. */
function refusedHtml({ answers }: PanelReport): string {
  return answers
    .flatMap(({ query, error }) =>
      error === undefined
        ? []
        : [`<p class="bad">${escaped(`${query.refId} is refused: ${error}`)}</p>`],
    )
    .join("");
}

function queriesHtml({ answers }: PanelReport): string {
  if (answers.length === 0) return "";
  const lines = answers.map(({ query, sent, series, error }) => {
    const found = error === undefined ? `${series.length} series` : `refused: ${error}`;
    return `<dt>${escaped(query.refId)} <small>${escaped(found)}</small></dt><dd><code>${escaped(query.expr)}</code><code class="sent">${escaped(sent)}</code></dd>`;
  });
  return `<details><summary>${answers.length === 1 ? "Query" : "Queries"}</summary><dl>${lines.join("")}</dl></details>`;
}
