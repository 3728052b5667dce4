/** Pages that are drawn as pictures: one dashboard alone, or as it was beside as it is. */
import type { DashboardReport } from "./collect";
import { escaped } from "./format";
import type { PanelModel } from "./model";
import { dashboardHtml } from "./page";
import type { Window } from "./prometheus";
import { STYLE } from "./style";

/** Pixels of a dashboard, alone or on its side. */
export const WIDTH = 1200;

export interface Subject {
  slug: string;
  /** One, or two side by side. */
  sides: { heading?: string; report: DashboardReport }[];
}

/** In a picture nobody unfolds or scrolls anything. */
const OWN_STYLE = `
:root { color-scheme: light; } body { padding: 0; } main { display: flex; }
section { width: ${WIDTH}px; padding: 16px; } h2 { margin-top: 0; } section + section { box-shadow: inset 4px 0 var(--line); }
.marked { outline: 3px solid var(--warn); }
details { display: none; } .wide { overflow: hidden; } td { white-space: normal; overflow-wrap: anywhere; }
.side { margin: 0 0 8px; font-size: 15px; font-weight: 600; color: var(--warn); }
`;

/** Says the height of each subject in an attribute, and then has nothing else in it. */
const MEASURE = `
const heights = [...document.querySelectorAll("main")].map((one) => Math.ceil(one.getBoundingClientRect().height));
document.documentElement.dataset.heights = heights.join(" ");
document.body.remove();
`;

/** Of the widest of them, in pixels. */
export function widthOf(subjects: readonly Subject[]): number {
  return WIDTH * Math.max(1, ...subjects.map(({ sides }) => sides.length));
}

export function picturePage(subject: Subject, window: Window): string {
  return html(mainHtml(subject, window));
}

export function measuringPage(subjects: readonly Subject[], window: Window): string {
  const all = subjects.map((subject) => mainHtml(subject, window));
  return html(`${all.join("\n")}\n<script>${MEASURE}</script>`);
}

function mainHtml({ slug, sides }: Subject, window: Window): string {
  const parts = sides.map(({ heading, report }, index) => {
    const other = sides[1 - index];
    const above = heading === undefined ? "" : `<p class="side">${escaped(heading)}</p>\n`;
    return dashboardHtml(report, window, above, other && onlyIn(report, other.report));
  });
  return `<main title="${escaped(slug)}">${parts.join("\n")}</main>`;
}

/** Panels that the other side has not, or has otherwise. */
function onlyIn(report: DashboardReport, other: DashboardReport): Set<PanelModel> {
  const there = new Set(panelsOf(other).map((panel) => JSON.stringify(panel)));
  return new Set(panelsOf(report).filter((panel) => !there.has(JSON.stringify(panel))));
}

const panelsOf = ({ model }: DashboardReport): PanelModel[] =>
  model.rows.flatMap(({ panels }) => panels);

function html(body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Dashboards</title>
<style>${STYLE}${OWN_STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
