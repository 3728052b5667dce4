import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { above, bars, lines, query, stat, steps, timeline, timeseries, words } from "./panels";
import { federationQueries as q } from "./queries/federation";
import { healthQueries } from "./queries/health";
import { hostQueries } from "./queries/hosts";
import { table } from "./table";

const NO_EXPORTER = "No answer of the Flower exporter: FL_METRICS_ENABLED, or the SuperLink's host";
const NO_NODE = "No SuperNode is known to the SuperLink";
const ON_OFF = words({ 0: ["offline", COLOURS.bad], 1: ["online", COLOURS.good] });
const DOWN_UP = words({ 0: ["no answer", COLOURS.bad], 1: ["answers", COLOURS.good] });
const SCORE = steps([null, COLOURS.bad], [50, COLOURS.warning], [90, COLOURS.good]);

/** Is the federation alive, and which of its sites is not well, and why. */
export function federationDashboard({ thresholds }: DashboardContext): Dashboard {
  return dashboard({
    slug: "federation",
    description:
      "Whether the federation works: its sites by name with a health score and the reasons for it.",
    variables: ["federation", "site", "host"],
    related: ["fl-training", "clients", "hosts", "alerts"],
  })
    .withRow(row("Now"))
    .withPanel(
      stat({
        title: "SuperNodes online",
        description:
          "SuperNodes with a heartbeat. Fewer than a run needs: the run waits without a limit. Start the missing ones, or lower min_available_nodes.",
        unit: "short",
        empty: NO_EXPORTER,
      })
        .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
        .withTarget(query(q.superNodesOnline(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "SuperNodes offline",
        description:
          "SuperNodes that left without signing off. Find them below, then look at the host and at the journal of flower-supernode.",
        unit: "short",
        empty: NO_EXPORTER,
      })
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.warning]))
        .withTarget(query(q.superNodesOffline(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Live runs",
        description:
          "Runs that are pending, starting or running. FL Training Overview shows whether they move.",
        unit: "short",
        empty: NO_EXPORTER,
      })
        .thresholds(steps([null, COLOURS.good]))
        .withTarget(query(q.runsLive(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Age of this view",
        description:
          "Time since the SuperLink last answered the exporter. When it grows all panels about Flower show the past: look at the SuperLink.",
        unit: "s",
        empty: NO_EXPORTER,
      })
        .thresholds(above(thresholds.exporterBlindSeconds))
        .withTarget(query(q.viewAge(), "{{federation}}")),
    )
    .withRow(row("Sites"))
    .withPanel(
      table(
        {
          title: "Sites",
          description:
            "SuperNodes by name, the least healthy first. A name leads to the machine; the next panel says why points are missing. A machine is found by the SuperNode's name.",
          empty: NO_NODE,
        },
        [
          { label: "node", title: "Site", link: { to: "hosts", choose: { host: "Site" } } },
          { label: "location", title: "Location" },
        ],
        [
          {
            title: "Health",
            expr: healthQueries.score(thresholds),
            unit: "short",
            thresholds: SCORE,
            width: 90,
          },
          { title: "State", expr: q.superNodeUpNow(), unit: "short", words: ON_OFF, width: 90 },
          { title: "Heartbeat", expr: q.heartbeatAge(), unit: "s", decimals: 0, width: 110 },
        ],
        [
          { label: "node_id", title: "Node id" },
          { label: "federation", title: "Federation" },
        ],
        { by: "Health", descending: false },
      ),
    )
    .withPanel(
      bars({
        title: "Why points are missing",
        description:
          "Points of 100 that a SuperNode lost, and for what. offline: start it. heartbeat missed: its network. failed or slow: Client Health, Stragglers. The others are about its machine: Hosts, GPU Health.",
        unit: "short",
        empty: "Nothing to complain of",
      })
        .max(100)
        .thresholds(steps([null, COLOURS.warning], [50, COLOURS.bad]))
        .withTarget(query(healthQueries.reasons(thresholds), "{{node}}: {{reason}}").instant()),
    )
    .withPanel(
      timeseries({
        title: "Health",
        description:
          "Score of each SuperNode over time. A step down is when something began; the marks say what else did.",
        unit: "short",
        empty: NO_NODE,
      })
        .min(0)
        .max(100)
        .withTarget(query(healthQueries.score(thresholds), "{{node}}")),
    )
    .withPanel(
      timeline({
        title: "Online",
        description:
          "Online while the SuperLink has the SuperNode's heartbeat. Flower notices a death 37 to 60 s after it.",
        unit: "short",
        empty: NO_NODE,
      })
        .mappings(ON_OFF)
        .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
        .withTarget(query(q.superNodeUp(), "{{node}}")),
    )
    .withPanel(
      timeseries({
        title: "Heartbeat age",
        description:
          "Time since the last heartbeat. One is due every 17 to 23 s; above the line one was missed; after 60 s Flower calls the node offline.",
        unit: "s",
        empty: "No SuperNode has ever been online",
      })
        .thresholds(above(thresholds.heartbeatMissedSeconds))
        .thresholdsStyle(lines())
        .withTarget(query(q.heartbeatAge(), "{{node}}")),
    )
    .withRow(row("Training"))
    .withPanel(
      timeseries({
        title: "Model traffic",
        description:
          "Bytes a second between SuperLink and SuperNodes, all runs. Flat at zero during a run: nobody trains.",
        unit: "Bps",
        empty: NO_EXPORTER,
      })
        .withTarget(query(q.bytesSent(), "to SuperNodes, {{federation}}"))
        .withTarget(query(q.bytesReceived(), "from SuperNodes, {{federation}}", "B")),
    )
    .withPanel(
      timeseries({
        title: "Busy SuperNodes",
        description:
          "Seconds of ClientApp run time per second: 2 means that two SuperNodes work all the time. Counted when a reply arrives, so it comes in steps.",
        unit: "short",
        empty: NO_EXPORTER,
      }).withTarget(query(q.busySuperNodes(), "{{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Runs that ended",
        description:
          "Runs that the SuperLink knows, by how they ended. failed grows: open the run in the Run Explorer.",
        unit: "short",
        empty: NO_EXPORTER,
      }).withTarget(query(q.runsFinished(), "{{sub_status}}, {{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "SuperNodes by state",
        description: "registered has never been online; offline left without signing off.",
        unit: "short",
        empty: NO_EXPORTER,
      }).withTarget(query(q.superNodesBy(), "{{status}}, {{federation}}")),
    )
    .withRow(row("Machines"))
    .withPanel(
      timeline({
        title: "Exporters",
        description:
          "Whether Prometheus gets an answer from each exporter. One that is silent: its unit on that host. All of a host: the host or a firewall.",
        unit: "short",
        empty: "Prometheus has no target",
      })
        .mappings(DOWN_UP)
        .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
        .withTarget(query(q.targetsUp(), "{{host}} {{job}}")),
    )
    .withPanel(
      timeseries({
        title: "CPU",
        description: "Share of all cores of a host that is used. More of a machine is in Hosts.",
        unit: "percentunit",
        empty: "No answer of node_exporter",
      })
        .min(0)
        .max(1)
        .withTarget(query(hostQueries.cpu(), "{{host}}")),
    )
    .build();
}
