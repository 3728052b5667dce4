import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, query, steps } from "./panels";
import { sloQueries as q } from "./queries/slos";

const KEPT = steps([null, COLOURS.bad], [0.95, COLOURS.warning], [0.99, COLOURS.good]);

/** Promises, and how they are kept. */
export function slosDashboard(_context: DashboardContext): Dashboard {
  return dashboard({
    slug: "slos",
    description: "How much of the chosen time the federation's parts were there.",
    variables: ["federation", "site", "host"],
    related: ["federation", "alerts", "fl-overview"],
    from: "now-7d",
  })
    .withRow(row("Availability"))
    .withPanel(
      bars({
        title: "SuperNodes",
        description:
          "Share of the chosen time in which each SuperNode was online. The lowest costs the most rounds.",
        unit: "percentunit",
        empty: "No SuperNode is known to the SuperLink",
      })
        .max(1)
        .thresholds(KEPT)
        .withTarget(query(q.superNodes(), "{{node}}").instant()),
    )
    .withPanel(
      bars({
        title: "Exporters",
        description:
          "Share of the chosen time in which each host's exporters answered. What was not measured is not known.",
        unit: "percentunit",
        empty: "Prometheus has no target",
      })
        .max(1)
        .thresholds(KEPT)
        .withTarget(query(q.targets(), "{{host}}").instant()),
    )
    .build();
}
