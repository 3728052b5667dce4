import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, lines, query, steps, timeline, timeseries, words } from "./panels";
import { sloQueries as q } from "./queries/slos";
import { table } from "./table";

const NONE = "Not enough has happened yet to say anything, or the Flower exporter is silent";
const KEPT = steps([null, COLOURS.bad], [0.95, COLOURS.warning], [0.99, COLOURS.good]);
const LEFT = steps([null, COLOURS.bad], [0, COLOURS.warning], [0.25, COLOURS.good]);
const KNOWN = words({ 1: ["measured", COLOURS.good] });

/** Promises, and how they are kept. */
export function slosDashboard(_context: DashboardContext): Dashboard {
  return dashboard({
    slug: "slos",
    description:
      "What the federation promises, how much of it was kept, and how fast the error budget goes.",
    variables: ["federation", "site", "host"],
    related: ["federation", "alerts", "fl-overview"],
    from: "now-24h",
  })
    .withRow(row("Promises"))
    .withPanel(
      table(
        {
          title: "Promises",
          description:
            "What was kept over the promise's own time, what has to be, and what is left of the error budget: 100 % is all of it, below 0 the promise is broken.",
          empty: NONE,
        },
        [{ label: "slo", title: "Promise" }],
        [
          { title: "Kept", expr: q.kept(), unit: "percentunit", decimals: 3 },
          { title: "To keep", expr: q.objective(), unit: "percentunit", decimals: 3 },
          {
            title: "Budget left",
            expr: q.budget(),
            unit: "percentunit",
            decimals: 0,
            thresholds: LEFT,
          },
          { title: "Bad", expr: q.bad(), unit: "short", decimals: 0 },
          { title: "Of", expr: q.total(), unit: "short", decimals: 0 },
        ],
        [{ label: "federation", title: "Federation" }],
        { by: "Budget left", descending: false },
      ),
    )
    .withPanel(
      timeseries({
        title: "Budget left",
        description:
          "A steep fall: something is broken now, the marks say what. A slow one: something is a little bad all the time; plan work on it before it is used up.",
        unit: "percentunit",
        empty: NONE,
      })
        .thresholds(steps([null, COLOURS.bad], [0, COLOURS.good]))
        .thresholdsStyle(lines())
        .withTarget(query(q.budget(), "{{slo}}")),
    )
    .withPanel(
      timeseries({
        title: "Burn rate",
        description:
          "How many times as fast as allowed the budget goes, in windows of several lengths. At 1 it lasts exactly for its time; alerts fire above their factors (docs/thresholds.md).",
        unit: "short",
        empty: NONE,
      })
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.warning]))
        .thresholdsStyle(lines())
        .withTarget(query(q.burn(), "{{slo}} over {{window}}")),
    )
    .withPanel(
      timeseries({
        title: "Kept",
        description:
          "Share that was good, in windows of several lengths. A short window that is low while a long one is high: it has just begun.",
        unit: "percentunit",
        empty: NONE,
      })
        .max(1)
        .withTarget(query(q.shares(), "{{slo}} over {{window}}")),
    )
    .withPanel(
      timeline({
        title: "Measured",
        description:
          "A gap is a time of which nothing is known: it counts neither as kept nor as broken. Look at the Flower exporter.",
        unit: "short",
        empty: NONE,
      })
        .height(9)
        .mappings(KNOWN)
        .thresholds(steps([null, COLOURS.neutral]))
        .withTarget(query(q.known(), "{{slo}}")),
    )
    .withRow(row("Who was there"))
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
