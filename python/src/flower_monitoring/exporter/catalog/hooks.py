"""The hooks in ServerApps about themselves."""

from __future__ import annotations

from .spec import RUN, RUNS_SHOWN, Metric

INFO = Metric(
    "fl_hook_info",
    "info",
    (*RUN, "version", "flower_version"),
    f"Versions of the hook and of flwr in the run's ServerApp. {RUNS_SHOWN}",
    "always 1",
    "hook",
)
ERRORS = Metric(
    "fl_hook_errors",
    "gauge",
    RUN,
    f"Exceptions of the hook that it swallowed; told at the end of the run. {RUNS_SHOWN}",
    "errors",
    "hook",
)
DROPPED = Metric(
    "fl_hook_events_dropped",
    "gauge",
    RUN,
    f"Events that the hook could not send; told at the end of the run. {RUNS_SHOWN}",
    "events",
    "hook",
)
MOVED = Metric(
    "fl_hook_names_moved",
    "gauge",
    RUN,
    "Names of Flower's that the hook did not find where it expects them: this Flower is not yet "
    f"supported, and some metrics are missing. {RUNS_SHOWN}",
    "names",
    "hook",
)

ALL = (INFO, ERRORS, DROPPED, MOVED)
