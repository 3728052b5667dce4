"""Turns the last known state into metric families. Pure but for the clock: asks nobody."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from operator import attrgetter

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from .catalog import exporter, federation, runs
from .families import Row, family
from .model import ONLINE, UNREGISTERED, NodesAnswer, RunsAnswer
from .shown import Limits, node_labels, shown_nodes, shown_runs
from .snapshot import Snapshot
from .state import BUCKETS, CallStats, Store

NODE_STATUSES = ("registered", ONLINE, "offline", UNREGISTERED)
RUN_STATUSES = (
    ("pending", ""),
    ("starting", ""),
    ("running", ""),
    ("finished", "completed"),
    ("finished", "failed"),
    ("finished", "stopped"),
)

_RUN_COUNTERS = (
    (federation.RUN_BYTES_SENT, federation.BYTES_SENT, attrgetter("bytes_sent")),
    (federation.RUN_BYTES_RECEIVED, federation.BYTES_RECEIVED, attrgetter("bytes_received")),
    (federation.RUN_CLIENT_SECONDS, federation.CLIENT_SECONDS, attrgetter("client_seconds")),
)


class StateCollector(Collector):
    """The metrics of `catalog`, from a Store. Before the first answer only `fl_exporter_*`."""

    def __init__(
        self,
        store: Store,
        limits: Limits,
        version: str,
        flower_version: str,
        started_at: float = 0.0,
    ) -> None:
        """`started_at` is when the exporter started: Unix seconds."""
        self._store = store
        self._limits = limits
        self._versions = (version, flower_version)
        self._started_at = started_at

    def collect(self) -> Iterator[Family]:
        """One scrape."""
        state = self._store.state
        dropped: list[Row] = []
        if state.nodes is not None:
            yield from self._node_families(state.nodes, dropped)
        if state.runs is not None:
            yield from self._run_families(state.runs, dropped)
        yield from state.snapshot.families
        yield family(exporter.UP_TO_DATE, [((), state.age(self._store.clock()))])
        yield family(exporter.ERRORS, [((call,), s.errors) for call, s in state.calls.items()])
        yield _durations(state.calls)
        yield from _figures(state.snapshot)
        dropped.append((("app_metric",), state.snapshot.app_metrics_dropped))
        yield family(exporter.SERIES_DROPPED, dropped)
        yield family(exporter.START_TIME, [((), self._started_at)])
        yield family(exporter.BUILD_INFO, [(self._versions, 1)])

    def _node_families(self, answer: NodesAnswer, dropped: list[Row]) -> Iterator[Family]:
        counts = Counter(node.status for node in answer.nodes)
        statuses = [*NODE_STATUSES, *sorted(counts.keys() - set(NODE_STATUSES))]
        yield family(federation.SUPERNODES, [((status,), counts[status]) for status in statuses])
        yield family(federation.CLIENTS_CONNECTED, [((), counts[ONLINE])])
        wanted = shown_nodes(answer, self._limits.run_ttl_seconds)
        shown = wanted[: self._limits.max_nodes]
        dropped.append((("supernode",), len(wanted) - len(shown)))
        yield family(
            federation.SUPERNODE_UP, [(node_labels(node), node.status == ONLINE) for node in shown]
        )
        yield family(
            federation.SUPERNODE_HEARTBEAT_AGE,
            [
                (node_labels(node), max(answer.now - node.last_heartbeat, 0.0))
                for node in shown
                if node.last_heartbeat is not None
            ],
        )

    def _run_families(self, answer: RunsAnswer, dropped: list[Row]) -> Iterator[Family]:
        counts = Counter((run.status, run.sub_status) for run in answer.runs)
        statuses = [*RUN_STATUSES, *sorted(counts.keys() - set(RUN_STATUSES))]
        yield family(runs.RUNS, [(status, counts[status]) for status in statuses])
        wanted = shown_runs(answer, self._limits.run_ttl_seconds)
        shown = wanted[: self._limits.max_runs]
        dropped.append((("run",), len(wanted) - len(shown)))
        for per_run, total, value in _RUN_COUNTERS:
            yield family(per_run, [((str(run.run_id),), value(run)) for run in shown])
            # fsum: in whatever order the runs come, a total must not be a hair lower than before.
            yield family(total, [((), math.fsum(value(run) for run in answer.runs))])


def build_registry(collector: Collector) -> CollectorRegistry:
    """A registry of our own, so that a scrape has what `catalog` says and nothing else."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    ProcessCollector(registry=registry)
    return registry


def _figures(snapshot: Snapshot) -> Iterator[Family]:
    for metric, value in (
        (exporter.POLL_DURATION, snapshot.poll_seconds),
        (exporter.REPLAYED, snapshot.replayed),
        (exporter.FOLLOWED_RUNS, snapshot.followed_runs),
        (exporter.LOG_LINES, snapshot.log_lines),
    ):
        yield family(metric, [((), value)])
    reasons = [((reason,), count) for reason, count in sorted(snapshot.invalid.items())]
    yield family(exporter.EVENTS_INVALID, reasons)


def _durations(calls: dict[str, CallStats]) -> Family:
    metric = exporter.DURATION
    found = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    bounds = [*map(str, BUCKETS), "+Inf"]
    for call, stats in calls.items():
        buckets = list(zip(bounds, accumulate(stats.counts), strict=True))
        found.add_metric((call,), buckets, sum_value=stats.seconds)
    return found
