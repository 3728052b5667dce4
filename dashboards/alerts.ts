import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { query, stat, steps, timeseries } from "./panels";
import { alertQueries as q } from "./queries/alerts";
import { table } from "./table";
import type { Builder } from "./variables";

const GRAFANA = "Nothing. Where Grafana evaluates the alerts, they are in its own list only";
const SILENT = "No answer of Alertmanager: nobody is told of anything";
const LABELS = [
  { label: "alertname", title: "Alert" },
  { label: "severity", title: "Severity" },
  { label: "host", title: "Host", link: { to: "hosts", choose: { host: "Host" } } },
] as const;
const FEDERATION = [{ label: "federation", title: "Federation" }];

/** Grafana's own list, of alerts of either evaluator. The SDK has no builder for it. */
const list: Builder<Panel> = {
  build: () => ({
    type: "alertlist",
    title: "All alerts",
    description:
      "Alerts that fire or are about to, whoever evaluates them. Open one for its runbook; to silence it see docs/alerting.md.",
    transparent: false,
    gridPos: { x: 0, y: 0, w: 24, h: 9 },
    options: {
      alertInstanceLabelFilter: '{severity!="none"}',
      groupMode: "default",
      maxItems: 50,
      sortOrder: 3,
      stateFilter: { error: true, firing: true, noData: false, normal: false, pending: true },
      viewMode: "list",
    },
  }),
};

/** What is wrong now, and what was. */
export function alertsDashboard(_context: DashboardContext): Dashboard {
  return dashboard({
    slug: "alerts",
    description: "What fires now, what is about to, and what did. Each alert has a runbook.",
    variables: ["federation", "site", "host"],
    related: ["federation", "stack", "slos"],
    from: "now-24h",
  })
    .withRow(row("Now"))
    .withPanel(
      stat({
        title: "Firing",
        description:
          "Alerts that fire, by severity, as Prometheus evaluates them. critical: somebody was called.",
        unit: "short",
        empty: GRAFANA,
      })
        .span(8)
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.bad]))
        .withTarget(query(q.firing(), "{{severity}}")),
    )
    .withPanel(
      stat({
        title: "Targets that do not answer",
        description:
          "Exporters from which Prometheus gets no answer now. TargetDown fires after a while.",
        unit: "short",
        empty: "All answer",
      })
        .span(8)
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.warning]))
        .withTarget(query(q.targetsDown(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Silences",
        description:
          "Silences that are in force. More than people remember: amtool silence query lists them with their ends.",
        unit: "short",
        empty: SILENT,
      })
        .span(8)
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.warning]))
        .withTarget(query(q.silences(), "{{federation}}")),
    )
    .withPanel(list)
    .withPanel(
      table(
        {
          title: "Firing, by host",
          description:
            "Each alert that fires as Prometheus evaluates it, and how many of its kind. A host leads to the machine.",
          empty: GRAFANA,
        },
        LABELS,
        [
          {
            title: "Alerts",
            expr: q.firingNow(),
            unit: "short",
            thresholds: steps([null, COLOURS.bad]),
          },
        ],
        FEDERATION,
      ).span(12),
    )
    .withPanel(
      table(
        {
          title: "About to fire",
          description: "Conditions that hold, but not yet for long enough.",
          empty: GRAFANA,
        },
        LABELS,
        [
          {
            title: "Alerts",
            expr: q.pendingNow(),
            unit: "short",
            thresholds: steps([null, COLOURS.warning]),
          },
        ],
        FEDERATION,
      ).span(12),
    )
    .withRow(row("Who is told"))
    .withPanel(
      timeseries({
        title: "At Alertmanager",
        description:
          "Alerts that Alertmanager has, whoever evaluates them: active ones are told, suppressed ones are silenced or spoken for by another. One is the Watchdog.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.atAlertmanager(), "{{state}}")),
    )
    .withPanel(
      timeseries({
        title: "Notifications",
        description:
          "Told to each receiver in each interval, and not told although all was tried. Not told: the receiver's service or its credentials.",
        unit: "short",
        empty: SILENT,
      })
        .withTarget(query(q.told(), "{{receiver_name}} ({{integration}})"))
        .withTarget(query(q.notTold(), "not told: {{receiver_name}} ({{integration}})", "B")),
    )
    .withRow(row("Before"))
    .withPanel(
      timeseries({
        title: "Alerts over time",
        description:
          "How many alerts of each name fired. One that comes and goes: its threshold is too near to what is normal (docs/thresholds.md).",
        unit: "short",
        empty: GRAFANA,
      })
        .span(24)
        .withTarget(query(q.history(), "{{alertname}} ({{severity}})")),
    )
    .build();
}
