import type { Dashboard, Json } from "./store";
import { textOf } from "./uid";

/** What stands at the top of every page. */
export const notice = "Grafana stand-in: dashboards are checked and kept, not drawn.";

/** The page at `/`: every dashboard. */
export function indexPage(dashboards: readonly Dashboard[]): string {
  const parts = dashboards.map((dashboard) => dashboardSection(dashboard));
  return page("Dashboards", parts.join("\n") || "<p>No dashboards yet.</p>");
}

/** The page at `/d/:uid`. */
export function dashboardPage(dashboard: Dashboard): string {
  return page(String(dashboard.model["title"]), dashboardSection(dashboard));
}

function dashboardSection(dashboard: Dashboard): string {
  const { model, uid } = dashboard;
  const panels = listOf(model["panels"]).flatMap((panel) => [panel, ...listOf(panel["panels"])]);
  const items = panels.map((panel) => {
    const queries = listOf(panel["targets"]).map(
      (target) => `<li><code>${escape(textOf(target["expr"] ?? target["refId"]))}</code></li>`,
    );
    const title = escape(textOf(panel["title"], "(no title)"));
    const type = escape(String(panel["type"]));
    return `<li>${title} <small>${type}</small><ul>${queries.join("")}</ul></li>`;
  });
  const link = `<a href="/d/${escape(uid)}">${escape(String(model["title"]))}</a>`;
  return `<section><h2>${link}</h2><ul>${items.join("\n")}</ul></section>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)} - Grafana stand-in</title>
<style>body{font-family:sans-serif;margin:2rem;max-width:70rem}code{white-space:pre-wrap}
.notice{background:#fff3cd;border:1px solid #e0c96b;padding:.7rem}</style></head>
<body><p class="notice"><strong>${notice}</strong></p>
${body}
</body></html>
`;
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
