"""Metric families of training: the exporter's, and those of a ServerApp that serves itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.metrics_core import Metric as Family

from flower_monitoring.events import ALL
from flower_monitoring.events.spec import FAILURE_CAUSES

from .catalog import Metric, federation, hooks, training
from .catalog import runs as run_metrics
from .families import Row, family, histogram_family
from .totals import Totals, sum_of
from .training import OTHER_EVENT, TrainingRun

NodeLabels = tuple[str, str, str]
"""Node id, name and location, as `catalog.NODE_LABELS`."""
Runs = Mapping[str, TrainingRun]
"""Training by run id, each with series of its own."""

STATUS_BY_OUTCOME = {None: 1, "complete": 2, "failed": 3, "stopped": 0}
"""`fl_training_status` of a run that trains, by what its training came to."""

RUN_EVENTS = (
    *(name for name, event in ALL.items() if event.source == "hook" and "gpu" not in name),
    OTHER_EVENT,
)
"""Those that come from ServerApps; all are there from the start, so that a first one is a rise."""

_Value = Callable[[TrainingRun], float | None]

_BY_STRATEGY: tuple[tuple[Metric, _Value], ...] = (
    (training.ROUND_CURRENT, lambda run: run.round),
    (training.ROUND_TOTAL, lambda run: run.num_rounds),
    (training.LOSS, lambda run: run.loss),
    (training.ACCURACY, lambda run: run.accuracy),
)
_BY_RUN: tuple[tuple[Metric, _Value], ...] = (
    (training.CLIENTS_SELECTED, lambda run: run.selected),
    (training.CLIENTS_RESPONDED, lambda run: run.responded),
    (training.MODEL_BYTES, lambda run: run.model_bytes),
    (training.ROUND_BYTES_SENT, lambda run: run.bytes_sent),
    (training.ROUND_BYTES_RECEIVED, lambda run: run.bytes_received),
    (training.ROUND_EXAMPLES, lambda run: run.examples),
    (training.CHECKPOINT_SIZE, lambda run: run.checkpoint and run.checkpoint[0]),
    (training.CHECKPOINT_TIME, lambda run: run.checkpoint and run.checkpoint[1]),
    (hooks.ERRORS, lambda run: run.hook_errors if run.hook else None),
    (hooks.DROPPED, lambda run: run.hook_dropped if run.hook else None),
    (hooks.MOVED, lambda run: run.hook_moved if run.hook else None),
)


def training_families(
    runs: Runs, nodes: Mapping[str, NodeLabels] | None = None
) -> Iterator[Family]:
    """All that is known of these runs, and their sums, as if there were no others.

    `nodes` has the labels of the nodes that get series, by node id; without it, all that replied,
    nameless.
    """
    totals = sum_of([run.totals for run in runs.values()])
    ids = {node for node, _ in (*totals.replies, *totals.node_failures)}
    shown = {node: (node, "", "") for node in sorted(ids)} if nodes is None else nodes
    yield from run_families(runs, shown)
    yield from total_families(totals, shown)


def run_families(runs: Runs, nodes: Mapping[str, NodeLabels]) -> Iterator[Family]:
    """Series of single runs."""
    for metric, value in _BY_STRATEGY:
        yield family(metric, _rows(runs, value, lambda run: (run.run_id, run.strategy)))
    for metric, value in _BY_RUN:
        yield family(metric, _rows(runs, value, lambda run: (run.run_id,)))
    yield histogram_family(
        training.ROUND_DURATION,
        (
            ((run_id, strategy), histogram)
            for run_id, run in runs.items()
            for strategy, histogram in run.round_durations.items()
        ),
    )
    yield family(
        training.RUN_CLIENTS_FAILED,
        (
            ((run_id, cause), run.totals.failures[cause])
            for run_id, run in runs.items()
            for cause in FAILURE_CAUSES
            if run.totals.failures[cause]
        ),
    )
    yield family(
        training.RUN_PHASE_DURATION,
        (
            ((run_id, phase), seconds)
            for run_id, run in runs.items()
            for phase, seconds in run.phase_seconds.items()
        ),
    )
    yield family(
        training.APP_METRIC,
        (
            ((run_id, phase, name), value)
            for run_id, run in runs.items()
            for (phase, name), value in run.metrics.items()
        ),
    )
    yield family(
        hooks.INFO,
        (((run_id, *run.hook), 1.0) for run_id, run in runs.items() if run.hook is not None),
    )
    yield family(federation.SUPERNODE_REPLY_SECONDS, _last_replies(runs, nodes))


def total_families(totals: Totals, nodes: Mapping[str, NodeLabels]) -> Iterator[Family]:
    """Counters over all runs, whether they have series or not."""
    yield family(training.CLIENTS_FAILED, [((), totals.failures.total())])
    yield family(training.ROUNDS_COMPLETED, [((), totals.rounds)])
    yield family(training.CHECKPOINT_SAVED, [((), totals.checkpoints)])
    yield family(training.EVENTS, [((event,), totals.events[event]) for event in RUN_EVENTS])
    for metric, histograms in (
        (training.PHASE_DURATION, totals.phases),
        (federation.CLIENT_DURATION, totals.clients),
    ):
        yield histogram_family(
            metric, (((phase,), one) for phase, one in sorted(histograms.items()))
        )
    for metric, counts in (
        (federation.SUPERNODE_REPLIES, totals.replies),
        (federation.SUPERNODE_FAILURES, totals.node_failures),
    ):
        yield family(
            metric,
            (
                ((*nodes[node], kind), count)
                for (node, kind), count in sorted(counts.items())
                if node in nodes
            ),
        )


def status_family(statuses: Mapping[str, int]) -> Family:
    """`fl_training_status` by run id; one idle series when there is no run."""
    rows: list[Row] = [((run_id,), status) for run_id, status in statuses.items()]
    return family(run_metrics.STATUS, rows or [(("",), 0.0)])


def _rows(
    runs: Runs, value: _Value, labels: Callable[[TrainingRun], tuple[str, ...]]
) -> Iterator[Row]:
    for run in runs.values():
        found = value(run)
        if found is not None:
            yield labels(run), found


def _last_replies(runs: Runs, nodes: Mapping[str, NodeLabels]) -> Iterator[Row]:
    last: dict[tuple[str, str], tuple[float, float | None]] = {}
    for run in runs.values():
        for key, reply in run.replies.items():
            last[key] = max(reply, last.get(key, reply), key=lambda told: told[0])
    for (node, phase), (_, seconds) in sorted(last.items(), key=lambda item: item[0]):
        if seconds is not None and node in nodes:
            yield (*nodes[node], phase), seconds
