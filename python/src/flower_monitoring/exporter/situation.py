"""What a running run waits for, and whether it stands still. Pure."""

from __future__ import annotations

from typing import NamedTuple

from .model import Run
from .training import TrainingRun

SELECTING = ("configure_train", "configure_evaluate")
WITH_CLIENTS = ("train", "evaluate")


class Situation(NamedTuple):
    """How a running run stands."""

    wanted: int | None
    """Nodes that a round waits for; None when nothing tells."""
    present: int
    waiting: bool
    """Whether it selects clients and too few nodes are there."""
    idle: float | None
    """Seconds since its last event; None for a run without one."""
    stall: str | None
    """Why nothing has happened for too long; None when something has."""


def situation(
    run: Run, training: TrainingRun, online: int, now: float, stall_seconds: float
) -> Situation | None:
    """How the run stands at `now` of the SuperLink's clock; None for one that is not running.

    A run without any event is not called stalled: an app that neither the hook nor the logs can
    tell anything of would be for ever.
    """
    if run.status != "running":
        return None
    wanted = training.min_clients
    short = wanted is not None and online < wanted
    idle = None
    if training.last_event_at is not None:
        idle = max(now - max(training.last_event_at, run.running_at or 0.0), 0.0)
    stall = None
    if idle is not None and idle >= stall_seconds:
        stall = "too_few_nodes" if short else "no_progress"
        if not short and training.phase in WITH_CLIENTS:
            stall = "no_reply"
    return Situation(wanted, online, short and training.phase in SELECTING, idle, stall)
