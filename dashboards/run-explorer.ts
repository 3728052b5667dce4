import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { BigValueGraphMode, BigValueTextMode } from "@grafana/grafana-foundation-sdk/common";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, buckets, heatmap, query, stat, steps, timeline, timeseries } from "./panels";
import { runQueries as q } from "./queries/runs";
import { stragglerQueries } from "./queries/stragglers";
import { costPanels } from "./run-cost";
import { table } from "./table";
import { NO_HOOK, NO_RUN, PHASE, STATUS } from "./training-words";

const PLAIN = steps([null, COLOURS.good]);
const WARN = steps([null, COLOURS.good], [1, COLOURS.warning]);

/** One run: what it is, how far it is, what its rounds were made of, and what went wrong. */
export function runExplorerDashboard(_context: DashboardContext): Dashboard {
  const board = dashboard({
    slug: "run-explorer",
    description:
      "One run: rounds, phases, stragglers, bytes, energy, failures. Choose the time from its start to its end.",
    variables: ["federation", "site", "host", "run"],
    related: ["fl-training", "stragglers", "clients", "gpu"],
    oneRun: true,
    from: "now-6h",
  })
    .withRow(row("The run"))
    .withPanel(
      table(
        {
          title: "What it is",
          description: "App, strategy and state of the chosen run. Its log: flwr log and the id.",
          empty: NO_RUN,
        },
        [
          { label: "run_id", title: "Run" },
          { label: "app", title: "App" },
          { label: "strategy", title: "Strategy" },
        ],
        [
          { title: "Status", expr: q.statusDescribed(), unit: "short", words: STATUS },
          { title: "Round", expr: q.roundDescribed(), unit: "none" },
          { title: "Of", expr: q.roundsDescribed(), unit: "none" },
          { title: "Started", expr: q.startedDescribed(), unit: "dateTimeAsLocal" },
          { title: "Took", expr: q.durationDescribed(), unit: "s" },
        ],
        [{ label: "federation", title: "Federation" }],
      ).height(5),
    )
    .withPanel(
      stat({
        title: "Loss",
        description:
          "The last round's. No number: look at the learning rate and at single clients' data.",
        unit: "none",
        empty: "The run tells no loss",
      })
        .span(12)
        .decimals(4)
        .thresholds(PLAIN)
        .withTarget(query(q.loss(), "loss")),
    )
    .withPanel(
      stat({
        title: "Accuracy",
        description: "The last round's. Flat for long: it has converged, or clients do not learn.",
        unit: "none",
        empty: "The run tells no accuracy",
      })
        .span(12)
        .decimals(4)
        .thresholds(PLAIN)
        .withTarget(query(q.accuracy(), "accuracy")),
    )
    .withPanel(
      stat({
        title: "Known from",
        description:
          "hook tells all; logs tell rounds, results and failures, but no durations; none: nothing is known yet. docs/hook.md brings the hook.",
        unit: "none",
        empty: NO_RUN,
      })
        .span(8)
        .thresholds(PLAIN)
        .textMode(BigValueTextMode.Name)
        .graphMode(BigValueGraphMode.None)
        .withTarget(query(q.sourceBy(), "{{source}}")),
    )
    .withPanel(
      stat({
        title: "Failed because",
        description:
          "serverapp_lost: its ServerApp was killed, or its host is gone. exception: its ServerApp raised one, flwr log has it.",
        unit: "none",
        empty: "It has not failed",
      })
        .span(8)
        .thresholds(steps([null, COLOURS.bad]))
        .textMode(BigValueTextMode.Name)
        .graphMode(BigValueGraphMode.None)
        .withTarget(query(q.failedBy(), "{{cause}}")),
    )
    .withPanel(
      stat({
        title: "Hook in trouble",
        description:
          "Errors, lost events and moved names of the hook, told at the run's end. Above 0 some metrics are missing: is this Flower supported (docs/compatibility.md)?",
        unit: "short",
        empty: NO_HOOK,
      })
        .span(8)
        .thresholds(WARN)
        .withTarget(query(q.hookTrouble(), "in trouble")),
    )
    .withRow(row("Rounds"))
    .withPanel(
      timeseries({
        title: "Rounds",
        description:
          "The round that goes on, and the configured ones. A flat part is a round that takes long: look at the phases beside.",
        unit: "none",
        empty: NO_RUN,
      })
        .withTarget(query(q.round(), "round"))
        .withTarget(query(q.rounds(), "of", "B")),
    )
    .withPanel(
      timeline({
        title: "Phase",
        description:
          "What the run did when. Long in configure: it waited for SuperNodes. Long in train or evaluate: it waited for clients.",
        unit: "short",
        empty: "Its phases are not known in this time",
      })
        .height(9)
        .mappings(PHASE)
        .thresholds(steps([null, COLOURS.neutral]))
        .withTarget(query(q.phase(), "phase")),
    )
    .withPanel(
      bars({
        title: "Time of each phase",
        description: "How long each phase of the last round took. What is long decides the round.",
        unit: "s",
        empty: NO_HOOK,
      })
        .height(9)
        .thresholds(PLAIN)
        .withTarget(query(q.phaseDurations(), "{{phase}}").instant()),
    )
    .withPanel(
      heatmap({
        title: "How long rounds took",
        description: "Rounds that ended, by their duration. They climb: clients get slower.",
        unit: "s",
        empty: NO_HOOK,
      }).withTarget(buckets(q.roundDurations())),
    )
    .withPanel(
      timeseries({
        title: "Loss and accuracy",
        description: "Of the last round, over time.",
        unit: "none",
        empty: "The run tells neither",
      })
        .decimals(4)
        .withTarget(query(q.loss(), "loss"))
        .withTarget(query(q.accuracy(), "accuracy", "B")),
    )
    .withPanel(
      timeseries({
        title: "Metrics of the app",
        description: "What the app itself reports, under its own names.",
        unit: "none",
        empty: "The run reports no metrics of its own",
      })
        .decimals(4)
        .withTarget(query(q.appMetrics(), "{{name}} ({{phase}})")),
    )
    .withRow(row("Clients"))
    .withPanel(
      timeseries({
        title: "Clients",
        description:
          "Selected for the round that goes on; responded in the last one that ended; wanted before a round begins, and present.",
        unit: "short",
        empty: NO_RUN,
      })
        .withTarget(query(q.selected(), "selected"))
        .withTarget(query(q.responded(), "responded", "B"))
        .withTarget(query(q.wanted(), "wanted", "C"))
        .withTarget(query(q.present(), "present", "D")),
    )
    .withPanel(
      bars({
        title: "Failures",
        description:
          "Client failures of the run, by cause. exception: the app's own; crashed: often memory; node_gone: machine or network; timeout: too slow for the strategy.",
        unit: "short",
        empty: "No client has failed",
      })
        .height(9)
        .thresholds(WARN)
        .withTarget(query(q.failures(), "{{cause}}").instant()),
    )
    .withPanel(
      timeseries({
        title: "Stragglers",
        description:
          "Last training reply of each client in the run's federation. Where two runs go on at once, it is the later reply of both.",
        unit: "s",
        empty: NO_HOOK,
      })
        .span(24)
        .withTarget(query(stragglerQueries.ofRun(), "{{node}}")),
    )
    .withRow(row("What it takes"));
  for (const panel of costPanels()) board.withPanel(panel);
  return board.build();
}
