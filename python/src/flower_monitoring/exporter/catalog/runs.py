"""Runs: what they are, how they stand, what they wait for."""

from __future__ import annotations

from .spec import RUN, RUNS_SHOWN, SINCE_START, Metric

_LIVE = "Series exist for runs that are running; at most max_runs."

RUNS = Metric(
    "fl_runs",
    "gauge",
    ("status", "sub_status"),
    "Runs that the SuperLink knows, by status (pending, starting, running, finished) and, for "
    "finished ones, sub_status (completed, failed, stopped); else sub_status is empty.",
    "runs",
    "ListRuns",
)
STATUS = Metric(
    "fl_training_status",
    "gauge",
    RUN,
    "0 idle (not running yet, or stopped by someone), 1 running, 2 complete, 3 failed. Without any "
    f"run one series with an empty run_id, 0. A ServerApp that was killed is failed after about "
    f"55 s: so long Flower waits for it. {RUNS_SHOWN}",
    "0 to 3",
    "ListRuns",
)
FAILED = Metric(
    "fl_run_failed",
    "gauge",
    (*RUN, "cause"),
    "1 for a run that failed, by what Flower says of it: serverapp_lost (its ServerApp's "
    "heartbeats ended, so it was killed or its host is gone), exception (its ServerApp raised "
    "one), other. Missing for all other runs. Series exist run_ttl_seconds after the end; at most "
    "max_runs.",
    "always 1",
    "ListRuns",
)
INFO = Metric(
    "fl_run_info",
    "info",
    (*RUN, "app", "app_version", "federation", "strategy", "api"),
    "What the run is: its app, Flower's name of its federation, the strategy's class (custom for a "
    "loop of the app's own) and what drives the rounds (message, legacy, workflow, grid). "
    f"strategy and api are empty until they are known. {RUNS_SHOWN}",
    "always 1",
    "ListRuns, and hook or logs",
)
SOURCE = Metric(
    "fl_run_source",
    "gauge",
    (*RUN, "source"),
    "Where the run's training is known from: hook (all there is to know), logs (rounds, results "
    "and failures from what the ServerApp prints, without durations), none (nothing yet, or an app "
    f"that prints nothing known). {RUNS_SHOWN}",
    "always 1",
    "exporter",
)
START_TIME = Metric(
    "fl_run_start_time_seconds",
    "gauge",
    RUN,
    f"When the run began to run. {RUNS_SHOWN}",
    "Unix seconds",
    "ListRuns",
)
END_TIME = Metric(
    "fl_run_end_time_seconds",
    "gauge",
    RUN,
    "When the run ended. Series exist run_ttl_seconds after that; at most max_runs.",
    "Unix seconds",
    "ListRuns",
)
PHASE = Metric(
    "fl_run_phase",
    "gauge",
    (*RUN, "phase"),
    "The phase that the round is in: configure_train, train, aggregate_train, configure_evaluate, "
    "evaluate, aggregate_evaluate or central_evaluate. One series for each running run whose phase "
    "is known; at most max_runs.",
    "always 1",
    "hook, or logs",
)
WAITING = Metric(
    "fl_run_waiting_for_nodes",
    "gauge",
    RUN,
    "1 while the run selects clients and fewer SuperNodes are online than it waits for, else 0. "
    f"Flower waits for ever. {_LIVE}",
    "1 or 0",
    "ListNodes, and hook or logs",
)
NODES_WANTED = Metric(
    "fl_run_nodes_wanted",
    "gauge",
    RUN,
    f"SuperNodes that a round waits for; missing while that is unknown. {_LIVE}",
    "nodes",
    "hook, or logs",
)
NODES_PRESENT = Metric(
    "fl_run_nodes_present",
    "gauge",
    RUN,
    f"SuperNodes that are online for the run. {_LIVE}",
    "nodes",
    "ListNodes",
)
IDLE = Metric(
    "fl_run_idle_seconds",
    "gauge",
    RUN,
    "Time since the run's last event, on the SuperLink's clock; missing for a run without one. "
    "Clients that train for long are no event, so know your rounds before you alert on it. "
    f"{_LIVE}",
    "seconds",
    "hook, or logs",
)
LAST_EVENT = Metric(
    "fl_run_last_event_time_seconds",
    "gauge",
    RUN,
    "When the run's last event reached the SuperLink; from logs, when the last output that the "
    f"exporter read did. {RUNS_SHOWN}",
    "Unix seconds",
    "hook, or logs",
)
STALLED = Metric(
    "fl_run_stalled",
    "gauge",
    (*RUN, "cause"),
    "1 when nothing has happened in the run for stall_seconds (600 by default), by cause: "
    "too_few_nodes (fewer are online than it waits for), no_reply (clients have not answered), "
    f"no_progress (anything else); else 0. {_LIVE}",
    "1 or 0",
    "exporter",
)
STALLS = Metric(
    "fl_training_stalls_total",
    "counter",
    ("cause",),
    f"Stalls of runs, by cause as in fl_run_stalled. {SINCE_START}",
    "stalls",
    "exporter",
)

ALL = (
    RUNS,
    STATUS,
    FAILED,
    INFO,
    SOURCE,
    START_TIME,
    END_TIME,
    PHASE,
    WAITING,
    NODES_WANTED,
    NODES_PRESENT,
    IDLE,
    LAST_EVENT,
    STALLED,
    STALLS,
)
