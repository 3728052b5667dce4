import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import {
  bars,
  buckets,
  heatmap,
  lines,
  query,
  stat,
  steps,
  timeline,
  timeseries,
  words,
} from "./panels";
import { clientQueries as q } from "./queries/clients";
import { federationQueries } from "./queries/federation";
import { table } from "./table";
import { NO_HOOK, NO_RUN } from "./training-words";

const SILENT = "No answer of the Flower exporter: FL_METRICS_ENABLED, or the SuperLink's host";
const NO_NODE = "No SuperNode is known to the SuperLink";
const ON_OFF = words({ 0: ["offline", COLOURS.bad], 1: ["online", COLOURS.good] });
const WARN = steps([null, COLOURS.good], [1, COLOURS.warning]);

/** SuperNodes as clients: who is there, who answers, how fast, and what fails. */
export function clientsDashboard({ thresholds }: DashboardContext): Dashboard {
  return dashboard({
    slug: "clients",
    description:
      "SuperNodes as clients of runs: who is there, who answers, how fast, and what fails.",
    variables: ["federation", "site", "host", "run"],
    related: ["stragglers", "federation", "hosts", "run-explorer"],
    from: "now-3h",
  })
    .withRow(row("Now"))
    .withPanel(
      stat({
        title: "Connected Clients",
        description:
          "SuperNodes that are online. Fewer than yesterday: the table below has the missing ones first.",
        unit: "short",
        empty: SILENT,
      })
        .span(8)
        .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
        .withTarget(query(q.connected(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Online of all",
        description: "Share of the registered SuperNodes that is online.",
        unit: "percent",
        empty: NO_NODE,
      })
        .span(8)
        .decimals(0)
        .thresholds(steps([null, COLOURS.bad], [50, COLOURS.warning], [90, COLOURS.good]))
        .withTarget(query(q.connectedShare(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Failures in this time",
        description: "Failures of clients in rounds, replies that never came included.",
        unit: "short",
        empty: SILENT,
      })
        .span(8)
        .decimals(0)
        .thresholds(WARN)
        .withTarget(query(q.failuresInRange(), "{{federation}}").instant()),
    )
    .withPanel(
      table(
        {
          title: "Clients",
          description:
            "Each SuperNode: state, last heartbeat, how long its last replies took, and what it did since the SuperLink began. A name leads to the machine.",
          empty: NO_NODE,
        },
        [{ label: "node", title: "Client", link: { to: "hosts", choose: { host: "Client" } } }],
        [
          { title: "State", expr: federationQueries.superNodeUp(), unit: "short", words: ON_OFF },
          { title: "Heartbeat", expr: federationQueries.heartbeatAge(), unit: "s", decimals: 0 },
          { title: "Training reply", expr: q.trainReply(), unit: "s", decimals: 1 },
          { title: "Evaluation reply", expr: q.evaluateReply(), unit: "s", decimals: 1 },
          { title: "Replies", expr: q.replies(), unit: "short", decimals: 0 },
          {
            title: "Failures",
            expr: q.failuresByNode(),
            unit: "short",
            decimals: 0,
            thresholds: WARN,
          },
        ],
        [
          { label: "node_id", title: "Node id" },
          { label: "federation", title: "Federation" },
        ],
        { by: "State", descending: false },
      ),
    )
    .withRow(row("Failures"))
    .withPanel(
      timeseries({
        title: "Client Failures",
        description:
          "Failures in each interval. A wave at once: the app or the network; one by one: a single client, see beside.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.failures(), "{{federation}}")),
    )
    .withPanel(
      bars({
        title: "Failures by client and cause",
        description:
          "Since the SuperLink began. exception: the app's own, read its log; crashed: often memory; node_gone: its machine or network; timeout: too slow for the strategy.",
        unit: "short",
        empty: "No client has failed",
      })
        .height(9)
        .thresholds(WARN)
        .withTarget(query(q.failuresByNodeAndCause(), "{{node}}: {{cause}}").instant()),
    )
    .withRow(row("Answers"))
    .withPanel(
      timeseries({
        title: "Client Participation Rate",
        description:
          "Share of the selected clients that answered the last round without an error. Below 100 for long: a client that is selected and never answers.",
        unit: "percent",
        empty: NO_RUN,
      })
        .min(0)
        .max(100)
        .thresholds(steps([null, COLOURS.bad], [100 * (1 - thresholds.dropoutShare), COLOURS.good]))
        .thresholdsStyle(lines())
        .withTarget(query(q.participation(), "{{run_id}}")),
    )
    .withPanel(
      timeseries({
        title: "Response time, 95 %",
        description:
          "All but the slowest twentieth of the replies came within this time. Flower asks for replies every 3 s, so it comes in such steps.",
        unit: "s",
        empty: NO_HOOK,
      })
        .spanNulls(true)
        .withTarget(query(q.responseTime(), "{{phase}}, {{federation}}")),
    )
    .withPanel(
      heatmap({
        title: "Client Response Time",
        description:
          "How many replies took how long: from sending to taking, with the start of the client's process. Two bands: two kinds of clients, open Stragglers.",
        unit: "s",
        empty: NO_HOOK,
      })
        .span(24)
        .withTarget(buckets(q.responseTimes())),
    )
    .withRow(row("Coming and going"))
    .withPanel(
      timeseries({
        title: "Joins and leaves",
        description:
          "SuperNodes that came online and that went in each interval. Both again and again: a network that breaks, or a unit that restarts.",
        unit: "short",
        empty: SILENT,
      })
        .withTarget(query(q.joins(), "joined, {{federation}}"))
        .withTarget(query(q.leaves(), "left: {{reason}}, {{federation}}", "B")),
    )
    .withPanel(
      timeline({
        title: "Online",
        description: "Online while the SuperLink has the SuperNode's heartbeat.",
        unit: "short",
        empty: NO_NODE,
      })
        .height(9)
        .mappings(ON_OFF)
        .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
        .withTarget(query(federationQueries.superNodeUp(), "{{node}}")),
    )
    .build();
}
