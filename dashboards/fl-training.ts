import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, query, steps, timeline, timeseries, words } from "./panels";
import { runQueries as q } from "./queries/runs";
import { table } from "./table";
import { NO_HOOK, NO_RUN, PHASE, STATUS } from "./training-words";

const YES = words({ 0: ["no", COLOURS.good], 1: ["yes", COLOURS.warning] });

/** Training, run by run: is it moving, is it learning, and who takes part. */
export function flTrainingDashboard(_context: DashboardContext): Dashboard {
  return dashboard({
    slug: "fl-training",
    description:
      "Every run of the federation: progress, loss and accuracy, rounds, and who takes part.",
    variables: ["federation", "run"],
    related: ["run-explorer", "stragglers", "clients", "fl-overview"],
    from: "now-3h",
  })
    .withRow(row("Runs"))
    .withPanel(
      table(
        {
          title: "Runs",
          description:
            "Each run of the chosen time, the newest first. Its id leads to the Run Explorer.",
          empty: NO_RUN,
        },
        [
          { label: "run_id", title: "Run", link: { to: "run-explorer", choose: { run: "Run" } } },
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
        { by: "Started", descending: true },
      ),
    )
    .withPanel(
      bars({
        title: "Training Progress",
        description:
          "Rounds of the configured ones; the round that goes on counts. A loop of the app's own has no configured number and is not here.",
        unit: "percentunit",
        empty: NO_RUN,
      })
        .max(1)
        .thresholds(steps([null, COLOURS.first], [1, COLOURS.good]))
        .withTarget(query(q.progress(), "{{run_id}}").instant()),
    )
    .withPanel(
      timeline({
        title: "Training Status",
        description:
          "idle is not yet running, or stopped by someone. failed: the Run Explorer has the cause. A killed ServerApp shows as failed after about 55 s.",
        unit: "short",
        empty: NO_RUN,
      })
        .mappings(STATUS)
        .thresholds(steps([null, COLOURS.neutral]))
        .withTarget(query(q.status(), "{{run_id}}")),
    )
    .withRow(row("Learning"))
    .withPanel(
      timeseries({
        title: "Loss Convergence Curve",
        description:
          "The loss of the last round. It rises, or a line ends in between: the loss was no number, look at the learning rate and at single clients.",
        unit: "none",
        empty:
          "No run tells a loss: its metric's name must end in loss, or FL_LOSS_METRIC names it",
      })
        .decimals(4)
        .withTarget(query(q.loss(), "{{run_id}}")),
    )
    .withPanel(
      timeseries({
        title: "Accuracy Convergence Curve",
        description:
          "The accuracy of the last round. Flat for many rounds: it has converged, or clients do not learn.",
        unit: "none",
        empty:
          "No run tells an accuracy: its metric's name must end in accuracy, or FL_ACCURACY_METRIC names it",
      })
        .decimals(4)
        .withTarget(query(q.accuracy(), "{{run_id}}")),
    )
    .withPanel(
      timeseries({
        title: "Metrics of the app",
        description:
          "What the app itself reports, under its own names: aggregated over clients, or from the ServerApp's evaluation.",
        unit: "none",
        empty: "No run reports metrics of its own",
      })
        .decimals(4)
        .span(24)
        .withTarget(query(q.appMetrics(), "{{name}} ({{phase}}) {{run_id}}")),
    )
    .withRow(row("Rounds"))
    .withPanel(
      timeseries({
        title: "Round Duration",
        description:
          "Mean of the rounds that ended in each interval. It grows: Stragglers shows who is waited for.",
        unit: "s",
        empty: NO_HOOK,
      })
        .spanNulls(true)
        .withTarget(query(q.roundDuration(), "{{run_id}}")),
    )
    .withPanel(
      timeseries({
        title: "Client Participation",
        description:
          "Clients that were selected, and that answered in the last round without an error. A gap: Client Health has the failures.",
        unit: "short",
        empty: NO_RUN,
      })
        .withTarget(query(q.responded(), "responded {{run_id}}"))
        .withTarget(query(q.selected(), "selected {{run_id}}", "B")),
    )
    .withPanel(
      timeline({
        title: "Phase",
        description:
          "What each running run does now. Long in configure: it waits for SuperNodes. Long in train or evaluate: it waits for clients.",
        unit: "short",
        empty: "No run is running, or its phases are not known",
      })
        .mappings(PHASE)
        .thresholds(steps([null, COLOURS.neutral]))
        .withTarget(query(q.phase(), "{{run_id}}")),
    )
    .withPanel(
      timeseries({
        title: "Time of each phase",
        description:
          "How long each phase of the last round took. Much in aggregate: the SuperLink's machine is too small.",
        unit: "s",
        empty: NO_HOOK,
      }).withTarget(query(q.phaseDurations(), "{{phase}} {{run_id}}")),
    )
    .withRow(row("Is it moving?"))
    .withPanel(
      timeseries({
        title: "Nodes wanted and present",
        description:
          "A round waits without a limit until as many SuperNodes are online as it wants. Present below wanted: start SuperNodes.",
        unit: "short",
        empty: "No run is running",
      })
        .withTarget(query(q.wanted(), "wanted {{run_id}}"))
        .withTarget(query(q.present(), "present {{run_id}}", "B")),
    )
    .withPanel(
      timeseries({
        title: "Since the last event",
        description:
          "Time since anything happened in a run. Clients that train for long are no event; above the usual length of a round it is stuck.",
        unit: "s",
        empty: "No run is running",
      }).withTarget(query(q.idle(), "{{run_id}}")),
    )
    .withPanel(
      timeline({
        title: "Stalled",
        description:
          "By cause: too_few_nodes, start SuperNodes; no_reply, look at the slowest client; no_progress, look at the ServerApp's log.",
        unit: "short",
        empty: "No run is running",
      })
        .mappings(YES)
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.warning]))
        .withTarget(query(q.stalled(), "{{run_id}} {{cause}}")),
    )
    .withPanel(
      timeseries({
        title: "Bytes of a round",
        description:
          "What the last round sent to clients and got back. Much less back than sent: clients did not answer.",
        unit: "bytes",
        empty: NO_HOOK,
      })
        .withTarget(query(q.roundSent(), "sent {{run_id}}"))
        .withTarget(query(q.roundReceived(), "received {{run_id}}", "B"))
        .withTarget(query(q.modelBytes(), "the model {{run_id}}", "C")),
    )
    .withPanel(
      timeseries({
        title: "Examples of a round",
        description:
          "Examples that clients say they trained on in the last round. It falls with the same clients: one has lost data.",
        unit: "short",
        empty: "No run tells its examples",
      }).withTarget(query(q.examples(), "{{run_id}}")),
    )
    .withPanel(
      timeseries({
        title: "Client compute",
        description:
          "Run time of ClientApps since a run began, all SuperNodes. Flat while the run is running: nobody computes.",
        unit: "s",
        empty: NO_RUN,
      }).withTarget(query(q.clientSeconds(), "{{run_id}}")),
    )
    .build();
}
