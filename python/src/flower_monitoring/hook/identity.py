"""Who this process is to Flower: for log lines and events."""

from __future__ import annotations

import sys

from . import patches

_TASK_IDENTITY = "flwr.supercore.task_identity"


def run_id() -> str | None:
    """The run that this process works for, as decimal digits; None when it works for none."""
    return _digits(_task("task_run_id"))


def node_id() -> str | None:
    """The node that this process is; None in a process that is none (and in a ServerApp)."""
    node = _task("task_node_id")
    # 1 is the SuperLink's own id, 0 that of a ServerApp of a simulation.
    return None if node in (0, 1) else _digits(node)


def round() -> int | None:
    """The round that the ServerApp of this process is in; None without a ServerApp."""
    run = sys.modules.get("flower_monitoring.hook.run")
    observer = run.current if run is not None else None
    return observer.round if observer is not None else None


def _task(name: str) -> object:
    module = sys.modules.get(_TASK_IDENTITY)
    identity = getattr(module, "TaskIdentity", None)
    return None if identity is None else patches.get(identity, name)


def _digits(value: object) -> str | None:
    return str(value) if isinstance(value, int) else None
