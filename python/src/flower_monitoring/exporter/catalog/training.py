"""Rounds, results, failures, checkpoints: what hooks tell, or logs say."""

from __future__ import annotations

from .spec import EXEMPLARS, REPLAYED, RUN, RUNS_SHOWN, Metric

_STRATEGY = (*RUN, "strategy")
_HOOK_OR_LOGS = "hook, or logs"
_BY_STRATEGY = f"strategy is its class name. {RUNS_SHOWN}"
_CAUSES = (
    "exception (the client raised one), node_gone, crashed (its process died), timeout (no reply "
    "in the strategy's time), load (its app could not be loaded), mod, fab, message_lost, unknown"
)

ROUND_CURRENT = Metric(
    "fl_round_current",
    "gauge",
    _STRATEGY,
    f"The round that goes on, or was the last; 0 before the first. {_BY_STRATEGY}",
    "round",
    _HOOK_OR_LOGS,
)
ROUND_TOTAL = Metric(
    "fl_round_total",
    "gauge",
    _STRATEGY,
    f"Configured rounds; missing when nothing tells, as in a loop of the app's own. {_BY_STRATEGY}",
    "rounds",
    _HOOK_OR_LOGS,
)
ROUND_DURATION = Metric(
    "fl_round_duration_seconds",
    "histogram",
    _STRATEGY,
    f"Durations of rounds, from the selection of clients on. {_BY_STRATEGY} {EXEMPLARS}",
    "seconds",
    "hook",
)
LOSS = Metric(
    "fl_aggregated_loss",
    "gauge",
    _STRATEGY,
    "The last round's loss: of the clients' evaluation, else of the ServerApp's, else of training. "
    f"Missing when no metric of that round is one, or it is no finite number. {_BY_STRATEGY}",
    "as the app's",
    _HOOK_OR_LOGS,
)
ACCURACY = Metric(
    "fl_aggregated_accuracy",
    "gauge",
    _STRATEGY,
    f"The last round's accuracy, chosen like fl_aggregated_loss. {_BY_STRATEGY}",
    "as the app's, mostly 0 to 1",
    _HOOK_OR_LOGS,
)
CLIENTS_SELECTED = Metric(
    "fl_clients_selected",
    "gauge",
    RUN,
    f"Clients that were selected for the last round that has begun. {RUNS_SHOWN}",
    "clients",
    _HOOK_OR_LOGS,
)
CLIENTS_RESPONDED = Metric(
    "fl_clients_responded",
    "gauge",
    RUN,
    "Clients that answered the training of the last round that has ended (or, without training, "
    f"its evaluation) without an error. {RUNS_SHOWN}",
    "clients",
    _HOOK_OR_LOGS,
)
CLIENTS_FAILED = Metric(
    "fl_clients_failed_total",
    "counter",
    (),
    f"Client failures in rounds, replies that never came included. {REPLAYED}",
    "failures",
    _HOOK_OR_LOGS,
)
RUN_CLIENTS_FAILED = Metric(
    "fl_run_clients_failed_total",
    "counter",
    (*RUN, "cause"),
    f"Client failures of one run by cause: {_CAUSES}. {RUNS_SHOWN}",
    "failures",
    _HOOK_OR_LOGS,
)
ROUNDS_COMPLETED = Metric(
    "fl_rounds_completed_total",
    "counter",
    (),
    f"Rounds that ended. {REPLAYED}",
    "rounds",
    _HOOK_OR_LOGS,
)
PHASE_DURATION = Metric(
    "fl_phase_duration_seconds",
    "histogram",
    ("phase",),
    f"Durations of the phases of rounds, by phase as in fl_run_phase. {REPLAYED} {EXEMPLARS}",
    "seconds",
    "hook",
)
RUN_PHASE_DURATION = Metric(
    "fl_run_phase_duration_seconds",
    "gauge",
    (*RUN, "phase"),
    f"Durations of the phases of the last round that has ended. {RUNS_SHOWN}",
    "seconds",
    "hook",
)
MODEL_BYTES = Metric(
    "fl_model_bytes",
    "gauge",
    RUN,
    "Size of the initial arrays; missing when it is unknown. From logs in steps of 10 kB. "
    f"{RUNS_SHOWN}",
    "bytes",
    _HOOK_OR_LOGS,
)
ROUND_BYTES_SENT = Metric(
    "fl_round_bytes_sent",
    "gauge",
    RUN,
    f"Content of the messages to clients in the last round that has ended. {RUNS_SHOWN}",
    "bytes",
    "hook",
)
ROUND_BYTES_RECEIVED = Metric(
    "fl_round_bytes_received",
    "gauge",
    RUN,
    f"Content of the clients' replies in the last round that has ended. {RUNS_SHOWN}",
    "bytes",
    "hook",
)
ROUND_EXAMPLES = Metric(
    "fl_round_examples",
    "gauge",
    RUN,
    "Examples that the clients say they trained on in the last round that has ended; missing when "
    f"they do not say. {RUNS_SHOWN}",
    "examples",
    "hook",
)
APP_METRIC = Metric(
    "fl_app_metric",
    "gauge",
    (*RUN, "phase", "name"),
    "The app's own metrics under its own names, last value: aggregated over clients (phase train "
    "or evaluate) or of the ServerApp's evaluation (central_evaluate). NaN for what is no finite "
    f"number. At most max_app_metrics (50 by default) a run. {RUNS_SHOWN}",
    "as the app's",
    _HOOK_OR_LOGS,
)
CHECKPOINT_SAVED = Metric(
    "fl_checkpoint_saved_total",
    "counter",
    (),
    f"Checkpoints that ServerApps saved. {REPLAYED}",
    "checkpoints",
    "hook",
)
CHECKPOINT_SIZE = Metric(
    "fl_checkpoint_size_bytes",
    "gauge",
    RUN,
    f"Size of the run's last checkpoint; missing when it is unknown. {RUNS_SHOWN}",
    "bytes",
    "hook",
)
CHECKPOINT_TIME = Metric(
    "fl_checkpoint_time_seconds",
    "gauge",
    RUN,
    f"When the SuperLink heard of the run's last checkpoint. {RUNS_SHOWN}",
    "Unix seconds",
    "hook",
)
EVENTS = Metric(
    "fl_events_total",
    "counter",
    ("event",),
    "Events of runs by name, as in docs/events.md; names of the apps' own as other. The exporter's "
    "own client_join, client_leave and training_stalled have counters of their own instead. "
    f"{REPLAYED}",
    "events",
    _HOOK_OR_LOGS,
)
ALL = (
    ROUND_CURRENT,
    ROUND_TOTAL,
    ROUND_DURATION,
    LOSS,
    ACCURACY,
    CLIENTS_SELECTED,
    CLIENTS_RESPONDED,
    CLIENTS_FAILED,
    RUN_CLIENTS_FAILED,
    ROUNDS_COMPLETED,
    PHASE_DURATION,
    RUN_PHASE_DURATION,
    MODEL_BYTES,
    ROUND_BYTES_SENT,
    ROUND_BYTES_RECEIVED,
    ROUND_EXAMPLES,
    APP_METRIC,
    CHECKPOINT_SAVED,
    CHECKPOINT_SIZE,
    CHECKPOINT_TIME,
    EVENTS,
)
