import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboards } from ".";
import { losses } from "./queries/health";
import { thresholdsOf } from "../rules/thresholds";

/** docs/dashboards.md, from the dashboards themselves. */
export function dashboardsPage(): string {
  const points = Object.entries(losses(thresholdsOf())).map(
    ([reason, { points }]) => `| ${reason} | ${points} |`,
  );
  const sections = Object.entries(dashboards).map(([slug, build]) => {
    const { title, description, panels = [] } = build();
    const shown = (panels as Panel[]).filter(({ type }) => type !== "row");
    const rows = shown.map((panel) => `| ${panel.title ?? ""} | ${panel.description ?? ""} |`);
    return `## ${title ?? slug}\n\n${description ?? ""} uid \`flower-monitoring-${slug}\`.\n\n| panel | what it says |\n| --- | --- |\n${rows.join("\n")}\n`;
  });
  return `${HEAD.replace("POINTS", points.join("\n"))}\n${sections.join("\n")}`;
}

const HEAD = `# Dashboards

Made from dashboards/ by \`make docs\`; do not edit.

Grafana has them in the folder of the stack, read-only: a change by hand would be gone with the next \`up\`. Each
exists for every stack; a panel without data says why there is none.

**What is chosen.** \`federation\`, \`site\` (the label that a host has in the stack), \`host\` and \`run\`. A SuperNode is
found by its host's name, so register it with that name; one without a name is shown with any host, by its id. The
Run Explorer is about one run, the newest if none is chosen. Links keep the time and what is chosen; a row of a table
leads to its machine or its run.

**What is marked.** Starts and ends of runs, and alerts: by name where Prometheus evaluates them. Where Grafana does,
there is no series with their names; then it is marked that alerts fire, by Alertmanager's number, and the dashboard
Alerts has Grafana's own list.

**Colours** are blue for good, orange for a warning, vermilion for bad and grey for neither. They can be told apart
without seeing red or green, and a value or a word always says the same.

**Lines and colours of limits** are where the stack's own alerts fire (docs/thresholds.md).

**Health.** A SuperNode has 100 points and loses some for each reason, never more than all:

| reason | points |
| --- | --- |
POINTS

To look at all of it without Grafana, as it is now or as recorded, as a page or as pictures: \`make report\`, see docs/lab.md.
`;
