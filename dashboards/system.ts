import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { buckets, heatmap, query, stat, steps, timeline, timeseries, words } from "./panels";
import { hostQueries } from "./queries/hosts";
import { systemQueries as q } from "./queries/system";
import { platformPanels } from "./system-platform";
import { table } from "./table";

const SILENT = "No answer of the Flower exporter: FL_METRICS_ENABLED, or the SuperLink's host";
const YES = words({ 0: ["not yet", COLOURS.warning], 1: ["yes", COLOURS.good] });
const NO_NODE = "No answer of node_exporter on the chosen hosts";

/** How well the SuperLink answers, and what asking it costs. */
export function systemDashboard(context: DashboardContext): Dashboard {
  const beside = platformPanels(context);
  const board = dashboard({
    slug: "system",
    description:
      "How fast and how well the SuperLink's API answers, its database's machine, and what the exporter costs.",
    variables: ["federation", "site", "host"],
    related: ["stack", "hosts", "federation"],
  })
    .withRow(row("The SuperLink's API"))
    .withPanel(
      heatmap({
        title: "API Response Times",
        description:
          "How many answers of the Control API took how long. They climb: the SuperLink is busy, or its database is slow.",
        unit: "s",
        empty: SILENT,
      }).withTarget(buckets(q.responseTimes())),
    )
    .withPanel(
      timeseries({
        title: "95th percentile",
        description:
          "All but the slowest twentieth of the answers came within this time, by call. run_events and run_logs of a live run wait 0.2 s for more.",
        unit: "s",
        empty: SILENT,
      })
        .spanNulls(true)
        .withTarget(query(q.p95(), "{{call}}, {{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Error Rates",
        description:
          "Failed calls a second, by call. All of them fail: the SuperLink is down or its certificate is not accepted; the exporter's journal says which.",
        unit: "cps",
        empty: SILENT,
      }).withTarget(query(q.errors(), "{{call}}, {{federation}}")),
    )
    .withPanel(
      stat({
        title: "Share of calls that fail",
        description:
          "0 is normal; a few are a restart of the SuperLink. At 1 the view of Flower is old on every dashboard.",
        unit: "percentunit",
        empty: SILENT,
      })
        .height(9)
        .span(12)
        .thresholds(steps([null, COLOURS.good], [0.01, COLOURS.warning], [0.5, COLOURS.bad]))
        .withTarget(query(q.errorShare(), "{{federation}}")),
    )
    .withRow(row("Its database"))
    .withPanel(
      timeseries({
        title: "Database Performance",
        description:
          "Mean time of each call. list_runs and list_nodes read Flower's database: when only they grow, remove old runs or give it a faster disk.",
        unit: "s",
        empty: SILENT,
      })
        .spanNulls(true)
        .withTarget(query(q.mean(), "{{call}}, {{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Calls",
        description:
          "Calls a second, by call: about one for each poll, and one or two more for each live run.",
        unit: "cps",
        empty: SILENT,
      }).withTarget(query(q.calls(), "{{call}}, {{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Disks busy",
        description:
          "Share of the time in which a disk was at work. Choose the SuperLink's host to see the database's.",
        unit: "percentunit",
        empty: NO_NODE,
      })
        .min(0)
        .withTarget(query(hostQueries.diskBusy(), "{{host}} {{device}}")),
    )
    .withPanel(
      timeseries({
        title: "CPU",
        description: "Share of all cores. Choose the SuperLink's host to see its own.",
        unit: "percentunit",
        empty: NO_NODE,
      })
        .min(0)
        .max(1)
        .withTarget(query(hostQueries.cpu(), "{{host}}")),
    )
    .withRow(row("What asking costs"))
    .withPanel(
      timeseries({
        title: "Time of a poll",
        description:
          "The exporter's whole poll: nodes, runs and their events. Above poll_interval_seconds not all runs are read each time.",
        unit: "s",
        empty: SILENT,
      }).withTarget(query(q.poll(), "{{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Runs that are read",
        description:
          "Live runs, and ended ones that were not read to their end. It grows without live runs: the exporter does not keep up.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.followed(), "{{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "CPU of the exporter",
        description: "Cores that the Flower exporter keeps busy: 0.01 is a hundredth of one.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.cpu(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Memory of the exporter",
        description:
          "Memory that the Flower exporter has. It grows for days: report it, and restart the unit.",
        unit: "bytes",
        empty: SILENT,
      }).withTarget(query(q.memory(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Series left out",
        description:
          "Nodes, runs and metrics of apps without series of their own, because max_nodes, max_runs or max_app_metrics is reached. Counts still include them.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.dropped(), "{{kind}}, {{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Events that could not be used",
        description:
          "In each interval, by reason (docs/metrics.md). unknown_run and datagram: something else sends to the event socket.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.invalid(), "{{reason}}, {{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Files of the exporter",
        description:
          "Share of the files and sockets that the exporter may open. Near 1 its calls fail.",
        unit: "percentunit",
        empty: SILENT,
      })
        .span(24)
        .min(0)
        .withTarget(query(q.files(), "{{host}}")),
    )
    .withPanel(
      table(
        {
          title: "Versions",
          description:
            "Version of the exporter and of the Flower that it uses. It should be the SuperLink's own (docs/compatibility.md).",
          empty: SILENT,
        },
        [
          { label: "version", title: "Exporter" },
          { label: "flower_version", title: "Flower" },
        ],
        [{ title: "Runs", expr: q.versions(), unit: "short", words: YES }],
        [{ label: "federation", title: "Federation" }],
      ).span(12),
    )
    .withPanel(
      timeline({
        title: "All runs are read",
        description:
          "Whether the exporter has read every run once since its start. Until then counters over all runs are missing; for long: the SuperLink has very many runs.",
        unit: "short",
        empty: SILENT,
      })
        .height(9)
        .mappings(YES)
        .thresholds(steps([null, COLOURS.warning], [1, COLOURS.good]))
        .withTarget(query(q.replayed(), "{{federation}}")),
    );
  if (beside.length > 0) board.withRow(row("Beside Flower"));
  for (const panel of beside) board.withPanel(panel);
  return board.build();
}
