/** The whole report as one HTML page that needs nothing else. */
import type { DashboardReport } from "./collect";
import { findings, type Finding } from "./findings";
import { escaped } from "./format";
import type { PanelModel } from "./model";
import { panelHtml } from "./panel";
import type { Window } from "./prometheus";
import { STYLE } from "./style";

export interface About {
  /** What was asked. */
  prometheus: string;
  window: Window;
}

export function page(reports: readonly DashboardReport[], { prometheus, window }: About): string {
  const found = findings(reports);
  const panels = reports.flatMap(({ rows }) => rows.flatMap((row) => row.panels));
  const queries = panels.reduce((sum, { answers }) => sum + answers.length, 0);
  const time = (seconds: number): string =>
    `${new Date(1000 * seconds).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dashboards as they are now</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Dashboards as they are now</h1>
<p class="soft">${reports.length} dashboards, ${panels.length} panels, ${queries} queries to ${escaped(prometheus)}, from ${time(window.start)} to ${time(window.end)}. Drawn without Grafana: what panels show, not how Grafana draws them.</p>
<nav>${reports.map(({ model }) => `<a href="#${model.slug}">${escaped(model.title)}</a>`).join("")}</nav>
${findingsHtml(found)}
${reports.map((report) => dashboardHtml(report, window)).join("\n")}
</body>
</html>
`;
}

function findingsHtml(found: Finding[]): string {
  const open = found.filter(({ because }) => because === "");
  const known = found.filter(({ because }) => because !== "");
  const where = ({ slug, panel, refId }: Finding): string =>
    `<a href="#${slug}">${escaped(slug)}</a></td><td>${escaped(panel)} ${escaped(refId)}`;
  const lines = open.map((one) => {
    const what = one.error === undefined ? "found nothing" : `refused: ${one.error}`;
    return `<tr><td>${where(one)}</td><td class="bad">${escaped(what)}</td></tr>`;
  });
  const reasons = known.map(
    (one) => `<tr><td>${where(one)}</td><td>${escaped(one.because)}</td></tr>`,
  );
  const first =
    open.length === 0
      ? "<p>Every query found something, or is known to find nothing here.</p>"
      : `<p class="bad">${open.length} queries to look at:</p><div class="wide"><table>${lines.join("")}</table></div>`;
  const second =
    known.length === 0
      ? ""
      : `<details><summary>${known.length} queries that may find nothing, and why</summary><div class="wide"><table>${reasons.join("")}</table></div></details>`;
  return first + second;
}

/**
 * @param above HTML over its title
 * @param marked panels that a reader is to look at
 */
export function dashboardHtml(
  { model, values, rows, annotations }: DashboardReport,
  window: Window,
  above = "",
  marked: ReadonlySet<PanelModel> = new Set(),
): string {
  const variables = model.variables.map(({ name }) => `${name} = ${values[name] ?? ""}`);
  const marks = annotations.map(({ name, series }) => `${name}: ${series.length}`);
  return `<section>
${above}<h2 id="${model.slug}">${escaped(model.title)} <small>${model.slug}</small></h2>
<p class="soft">${escaped(model.description)}<br>${escaped(variables.join(", "))}<br>${escaped(marks.join(", "))}</p>
${rows
  .map(
    ({ heading, panels }) =>
      `<h4>${escaped(heading)}</h4>\n<div class="row">${panels.map((panel) => panelHtml(panel, window, marked.has(panel.panel))).join("\n")}</div>`,
  )
  .join("\n")}
</section>`;
}
