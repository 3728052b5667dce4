"""Metric families of runs: what they are, how they stand, what they wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from prometheus_client.metrics_core import Metric as Family

from flower_monitoring.events.spec import STALL_CAUSES

from .catalog import Metric, runs
from .families import Row, family
from .follow import Followed
from .model import Run
from .situation import Situation
from .training_metrics import status_family

_STATUS = {
    ("running", ""): 1,
    ("finished", "completed"): 2,
    ("finished", "failed"): 3,
}
"""`fl_training_status` by Flower's status and sub-status; 0 for all others."""


_FAILURES = {
    "No heartbeat received from the task": "serverapp_lost",
    "ServerApp failed with exception": "exception",
}
"""`cause` of `fl_run_failed` by how Flower's word on the run begins; the same in 1.40 to 1.42."""


def failure_of(run: Run) -> str | None:
    """Why the run failed; None for one that did not."""
    if (run.status, run.sub_status) != ("finished", "failed"):
        return None
    return next((c for text, c in _FAILURES.items() if run.details.startswith(text)), "other")


def status_of(run: Run) -> int:
    """`fl_training_status` of a run."""
    return _STATUS.get((run.status, run.sub_status), 0)


def run_list_families(
    shown: Sequence[Run],
    followed: Mapping[int, Followed],
    situations: Mapping[int, Situation],
) -> Iterator[Family]:
    """Families of the runs that get series; `situations` has those of them that are running."""
    yield status_family({str(run.run_id): status_of(run) for run in shown})
    failures = ((str(run.run_id), failure_of(run)) for run in shown)
    yield family(runs.FAILED, [((run, cause), 1) for run, cause in failures if cause is not None])
    yield family(runs.INFO, [(_info(run, followed.get(run.run_id)), 1) for run in shown])
    times: tuple[tuple[Metric, Callable[[Run], float | None]], ...] = (
        (runs.START_TIME, lambda run: run.running_at),
        (runs.END_TIME, lambda run: run.finished_at),
    )
    for metric, moment in times:
        yield family(metric, _known((run, moment(run)) for run in shown))
    read = [(run, followed[run.run_id]) for run in shown if run.run_id in followed]
    yield family(runs.SOURCE, [((str(run.run_id), f.source), 1) for run, f in read])
    yield family(runs.LAST_EVENT, _known((run, f.training.last_event_at) for run, f in read))
    yield family(
        runs.PHASE,
        [
            ((str(run.run_id), f.training.phase), 1)
            for run, f in read
            if f.training.phase is not None and run.run_id in situations
        ],
    )
    yield from _situations(
        [(run, situations[run.run_id]) for run in shown if run.run_id in situations]
    )


def _situations(found: Sequence[tuple[Run, Situation]]) -> Iterator[Family]:
    yield family(runs.WAITING, _known((run, s.waiting) for run, s in found))
    yield family(runs.NODES_WANTED, _known((run, s.wanted) for run, s in found))
    yield family(runs.NODES_PRESENT, _known((run, s.present) for run, s in found))
    yield family(runs.IDLE, _known((run, s.idle) for run, s in found))
    yield family(
        runs.STALLED,
        [
            ((str(run.run_id), cause), s.stall == cause)
            for run, s in found
            for cause in STALL_CAUSES
        ],
    )


def _known(values: Iterator[tuple[Run, float | None]]) -> Iterator[Row]:
    return (((str(run.run_id),), value) for run, value in values if value is not None)


def _info(run: Run, followed: Followed | None) -> tuple[str, ...]:
    strategy, api = (
        ("", "") if followed is None else (followed.training.strategy, followed.training.api)
    )
    return (str(run.run_id), run.app, run.app_version, run.federation, strategy, api)
