import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, gauge, query, stat, steps, timeseries } from "./panels";
import { clientQueries } from "./queries/clients";
import { hostQueries } from "./queries/hosts";
import { overviewQueries as q } from "./queries/overview";
import { runQueries } from "./queries/runs";
import { NO_RUN } from "./training-words";

const SILENT = "No answer of the Flower exporter: FL_METRICS_ENABLED, or the SuperLink's host";
const PLAIN = steps([null, COLOURS.good]);

/** Federated learning at a glance, for who looks once a day. */
export function flOverviewDashboard(_context: DashboardContext): Dashboard {
  return dashboard({
    slug: "fl-overview",
    description: "Federated learning at a glance: jobs, participation, learning curves, machines.",
    variables: ["federation", "site", "host", "run"],
    related: ["fl-training", "federation", "clients", "slos"],
    from: "now-24h",
  })
    .withRow(row("Jobs"))
    .withPanel(
      stat({
        title: "Active Training Jobs",
        description:
          "Runs that are running now. Zero although one was started: it waits for its turn, see the next number.",
        unit: "short",
        empty: SILENT,
      })
        .thresholds(PLAIN)
        .withTarget(query(q.active(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Jobs that wait",
        description:
          "Runs that are pending or starting. They stay so: no SuperExec takes them, look at the SuperLink.",
        unit: "short",
        empty: SILENT,
      })
        .thresholds(PLAIN)
        .withTarget(query(q.waiting(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Rounds",
        description: "Rounds that ended in the chosen time, all runs of a federation.",
        unit: "short",
        empty: SILENT,
      })
        .decimals(0)
        .thresholds(PLAIN)
        .withTarget(query(q.rounds(), "{{federation}}").instant()),
    )
    .withPanel(
      stat({
        title: "Client failures",
        description:
          "Failures of clients in the chosen time. More than a few: Client Health says which and why.",
        unit: "short",
        empty: SILENT,
      })
        .decimals(0)
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.warning]))
        .withTarget(query(clientQueries.failuresInRange(), "{{federation}}").instant()),
    )
    .withPanel(
      gauge({
        title: "Client Participation Rate",
        description:
          "Share of the registered SuperNodes that is online. The missing ones are in Federation by name.",
        unit: "percent",
        empty: "No SuperNode is registered",
      })
        .max(100)
        .thresholds(steps([null, COLOURS.bad], [50, COLOURS.warning], [90, COLOURS.good]))
        .withTarget(query(clientQueries.connectedShare(), "{{federation}}")),
    )
    .withPanel(
      bars({
        title: "Jobs that ended",
        description:
          "Runs that the SuperLink knows, by how they ended. failed: FL Training Overview lists them.",
        unit: "short",
        empty: SILENT,
      })
        .thresholds(PLAIN)
        .withTarget(query(q.ended(), "{{sub_status}}, {{federation}}").instant()),
    )
    .withRow(row("Training"))
    .withPanel(
      timeseries({
        title: "Training Progress",
        description: "Accuracy of each run's last round. FL Training Overview has more of it.",
        unit: "none",
        empty: NO_RUN,
      })
        .decimals(4)
        .withTarget(query(runQueries.accuracy(), "Accuracy {{run_id}}")),
    )
    .withPanel(
      timeseries({
        title: "Training loss",
        description: "Loss of each run's last round: it should fall.",
        unit: "none",
        empty: NO_RUN,
      })
        .decimals(4)
        .withTarget(query(runQueries.loss(), "Loss {{run_id}}")),
    )
    .withPanel(
      timeseries({
        title: "Rounds an hour",
        description:
          "How fast the federation trains, all runs. It falls with the same runs: Stragglers.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.roundsPerHour(), "{{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Events",
        description:
          "What runs told in each interval, by name (docs/events.md). Only round_phase and no round_end: a round hangs.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.events(), "{{event}}, {{federation}}")),
    )
    .withRow(row("What it takes"))
    .withPanel(
      stat({
        title: "Data moved",
        description: "Bytes between SuperLink and SuperNodes in the chosen time, both ways.",
        unit: "bytes",
        empty: SILENT,
      })
        .thresholds(PLAIN)
        .withTarget(query(q.moved(), "{{federation}}").instant()),
    )
    .withPanel(
      stat({
        title: "Client compute",
        description: "Run time of ClientApps in the chosen time, all SuperNodes.",
        unit: "s",
        empty: SILENT,
      })
        .thresholds(PLAIN)
        .withTarget(query(q.computed(), "{{federation}}").instant()),
    )
    .withPanel(
      stat({
        title: "Checkpoints",
        description:
          "Checkpoints that ServerApps saved in the chosen time. Zero during long runs: a crash loses all of it.",
        unit: "short",
        empty: SILENT,
      })
        .decimals(0)
        .thresholds(PLAIN)
        .withTarget(query(q.checkpoints(), "{{federation}}").instant()),
    )
    .withPanel(
      stat({
        title: "Stalls",
        description:
          "How often a run stood still in the chosen time, by cause. FL Training Overview says what to do for each.",
        unit: "short",
        empty: SILENT,
      })
        .decimals(0)
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.warning]))
        .withTarget(query(q.stalls(), "{{cause}}").instant()),
    )
    .withPanel(
      timeseries({
        title: "System Resource Usage",
        description: "Share of each machine's cores that is used.",
        unit: "percentunit",
        empty: "No answer of node_exporter",
      })
        .min(0)
        .max(1)
        .withTarget(query(hostQueries.cpu(), "CPU {{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Memory",
        description: "Share of each machine's memory that is not available.",
        unit: "percentunit",
        empty: "No answer of node_exporter",
      })
        .min(0)
        .max(1)
        .withTarget(query(hostQueries.memory(), "Memory {{host}}")),
    )
    .build();
}
