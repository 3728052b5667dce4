import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, lines, query, stat, steps, timeseries } from "./panels";
import { stragglerQueries as q } from "./queries/stragglers";
import { NO_HOOK } from "./training-words";

const PLAIN = steps([null, COLOURS.good]);
const NO_GPU = "No GPU is measured: FL_DCGM_ENABLED is NO, or the DCGM exporter is silent";
const SILENT = "No answer of node_exporter on the chosen hosts";

/** Who gates the round, and why. */
export function stragglersDashboard({ thresholds }: DashboardContext): Dashboard {
  return dashboard({
    slug: "stragglers",
    description:
      "A round is as slow as its slowest client: who that is, and what its machine does meanwhile.",
    variables: ["federation", "site", "host"],
    related: ["clients", "gpu", "hosts", "run-explorer"],
    from: "now-3h",
  })
    .withRow(row("Who is waited for"))
    .withPanel(
      stat({
        title: "Slowest training reply",
        description: "The longest of the chosen clients' last replies: a round cannot be shorter.",
        unit: "s",
        empty: NO_HOOK,
      })
        .span(8)
        .thresholds(PLAIN)
        .withTarget(query(q.slowest(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Median training reply",
        description: "Half of the chosen clients are faster than this.",
        unit: "s",
        empty: NO_HOOK,
      })
        .span(8)
        .thresholds(PLAIN)
        .withTarget(query(q.median(), "{{federation}}")),
    )
    .withPanel(
      stat({
        title: "Time waited",
        description:
          "Share of the slowest client's time in which the median client had nothing to do. High: give that client less data or a faster machine, or let rounds go on without it.",
        unit: "percentunit",
        empty: NO_HOOK,
      })
        .span(8)
        .thresholds(steps([null, COLOURS.good], [0.5, COLOURS.warning]))
        .withTarget(query(q.waited(), "{{federation}}")),
    )
    .withPanel(
      bars({
        title: "Times the median",
        description:
          "Last training reply of each client as a multiple of the median. Far above 1 it gates the round.",
        unit: "short",
        empty: NO_HOOK,
      })
        .span(24)
        .decimals(2)
        .thresholds(
          steps(
            [null, COLOURS.good],
            [1.5, COLOURS.warning],
            [thresholds.stragglerFactor, COLOURS.bad],
          ),
        )
        .withTarget(query(q.trainRatio(), "{{node}}").instant()),
    )
    .withPanel(
      timeseries({
        title: "Training replies",
        description:
          "How long each client's last training reply took. One line that leaves the others: its machine, below.",
        unit: "s",
        empty: NO_HOOK,
      }).withTarget(query(q.train(), "{{node}}")),
    )
    .withPanel(
      timeseries({
        title: "Evaluation replies",
        description:
          "The same for evaluation. Slow in both: the machine or its network; slow in training alone: its data or its GPU.",
        unit: "s",
        empty: NO_HOOK,
      }).withTarget(query(q.evaluate(), "{{node}}")),
    )
    .withPanel(
      timeseries({
        title: "Phases, 95 %",
        description:
          "All but the slowest twentieth of each phase took no longer, all runs. train and evaluate are the clients, aggregate is the SuperLink, configure is waiting for SuperNodes.",
        unit: "s",
        empty: NO_HOOK,
      })
        .span(24)
        .spanNulls(true)
        .withTarget(query(q.phases(), "{{phase}}, {{federation}}")),
    )
    .withRow(row("Its machine"))
    .withPanel(
      timeseries({
        title: "CPU",
        description:
          "Share of all cores. At 1 on the slow host: it has too little, or something else runs there.",
        unit: "percentunit",
        empty: SILENT,
      })
        .min(0)
        .max(1)
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.warning]))
        .thresholdsStyle(lines())
        .withTarget(query(q.cpu(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Waiting for disks",
        description:
          "Share of the time in which some process waited for a disk: the data loader is the brake.",
        unit: "percentunit",
        empty: "The kernels have no pressure stall information",
      })
        .min(0)
        .withTarget(query(q.pressure(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Network",
        description:
          "Bytes a second, both ways. Flat at one height for long: the line is full, and the model waits for it.",
        unit: "Bps",
        empty: SILENT,
      }).withTarget(query(q.network(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "GPU use",
        description:
          "Low while the others are high: it waits for data, or trains on the CPU by mistake.",
        unit: "percent",
        empty: NO_GPU,
      })
        .min(0)
        .max(100)
        .withTarget(query(q.gpu(), "{{host}} GPU {{gpu}}")),
    )
    .withPanel(
      timeseries({
        title: "GPU slowed down",
        description:
          "Share of the time in which heat or the power limit slowed a GPU down. GPU Health has which.",
        unit: "percentunit",
        empty: NO_GPU,
      })
        .min(0)
        .span(24)
        .withTarget(query(q.slowedDown(), "{{host}} GPU {{gpu}}")),
    )
    .build();
}
