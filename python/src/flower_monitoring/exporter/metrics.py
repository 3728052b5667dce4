"""Turns the last known state into metric families. Pure but for the clock: asks nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from . import catalog
from .model import ONLINE, UNREGISTERED, Node, NodesAnswer, Run, RunsAnswer
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

_Row = tuple[Sequence[str], float]
_RUN_COUNTERS = (
    (catalog.RUN_BYTES_SENT, catalog.BYTES_SENT, attrgetter("bytes_sent")),
    (catalog.RUN_BYTES_RECEIVED, catalog.BYTES_RECEIVED, attrgetter("bytes_received")),
    (catalog.RUN_CLIENT_SECONDS, catalog.CLIENT_SECONDS, attrgetter("client_seconds")),
)


@dataclass(frozen=True)
class Limits:
    """What gets series of its own, and how long. See `Config`."""

    run_ttl_seconds: float
    max_nodes: int
    max_runs: int


class StateCollector(Collector):
    """The metrics of `catalog`, from a Store. Before the first answer only `fl_exporter_*`."""

    def __init__(self, store: Store, limits: Limits, version: str, flower_version: str) -> None:
        self._store = store
        self._limits = limits
        self._versions = {"version": version, "flower_version": flower_version}

    def collect(self) -> Iterator[Family]:
        """One scrape."""
        state = self._store.state
        dropped: list[_Row] = []
        if state.nodes is not None:
            yield from self._node_families(state.nodes, dropped)
        if state.runs is not None:
            yield from self._run_families(state.runs, dropped)
        yield _family(catalog.UP_TO_DATE, [((), state.age(self._store.clock()))])
        yield _family(catalog.ERRORS, [((call,), s.errors) for call, s in state.calls.items()])
        yield _durations(state.calls)
        yield _family(catalog.SERIES_DROPPED, dropped)
        build = catalog.BUILD_INFO
        yield InfoMetricFamily(build.name.removesuffix("_info"), build.help, value=self._versions)

    def _node_families(self, answer: NodesAnswer, dropped: list[_Row]) -> Iterator[Family]:
        counts = Counter(node.status for node in answer.nodes)
        statuses = [*NODE_STATUSES, *sorted(counts.keys() - set(NODE_STATUSES))]
        yield _family(catalog.SUPERNODES, [((status,), counts[status]) for status in statuses])
        wanted = shown_nodes(answer, self._limits.run_ttl_seconds)
        shown = wanted[: self._limits.max_nodes]
        dropped.append((("supernode",), len(wanted) - len(shown)))
        yield _family(
            catalog.SUPERNODE_UP, [(_labels(node), node.status == ONLINE) for node in shown]
        )
        yield _family(
            catalog.SUPERNODE_HEARTBEAT_AGE,
            [
                (_labels(node), max(answer.now - node.last_heartbeat, 0.0))
                for node in shown
                if node.last_heartbeat is not None
            ],
        )

    def _run_families(self, answer: RunsAnswer, dropped: list[_Row]) -> Iterator[Family]:
        counts = Counter((run.status, run.sub_status) for run in answer.runs)
        statuses = [*RUN_STATUSES, *sorted(counts.keys() - set(RUN_STATUSES))]
        yield _family(catalog.RUNS, [(status, counts[status]) for status in statuses])
        wanted = shown_runs(answer, self._limits.run_ttl_seconds)
        shown = wanted[: self._limits.max_runs]
        dropped.append((("run",), len(wanted) - len(shown)))
        for per_run, total, value in _RUN_COUNTERS:
            yield _family(per_run, [((str(run.run_id),), value(run)) for run in shown])
            yield _family(total, [((), sum(value(run) for run in answer.runs))])


def shown_nodes(answer: NodesAnswer, ttl: float) -> list[Node]:
    """Nodes that get series, most wanted first.

    A SuperNode without a registered key takes a new id at each start, so nodes that are neither
    online, named nor recently seen would grow the series without bound.
    """
    seen_since = answer.now - ttl

    def is_shown(node: Node) -> bool:
        if node.status == ONLINE or (node.name and node.status != UNREGISTERED):
            return True
        return node.online_until is not None and node.online_until >= seen_since

    def order(node: Node) -> tuple[bool, bool, float, int]:
        return (node.status != ONLINE, not node.name, -(node.online_until or 0.0), node.node_id)

    return sorted(filter(is_shown, answer.nodes), key=order)


def shown_runs(answer: RunsAnswer, ttl: float) -> list[Run]:
    """Runs that get series: live ones, then those that ended last."""
    ended_since = answer.now - ttl

    def is_shown(run: Run) -> bool:
        return not run.finished or (run.finished_at is not None and run.finished_at >= ended_since)

    def order(run: Run) -> tuple[bool, float, int]:
        return (run.finished, -(run.finished_at or 0.0), run.run_id)

    return sorted(filter(is_shown, answer.runs), key=order)


def build_registry(collector: Collector) -> CollectorRegistry:
    """A registry of our own, so that a scrape has what `catalog` says and nothing else."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return registry


def _labels(node: Node) -> tuple[str, str, str]:
    return (str(node.node_id), node.name, node.location)


def _family(metric: catalog.Metric, rows: Iterable[_Row]) -> Family:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in rows:
        family.add_metric(labels, float(value))
    return family


def _durations(calls: dict[str, CallStats]) -> Family:
    metric = catalog.DURATION
    family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    bounds = [*map(str, BUCKETS), "+Inf"]
    for call, stats in calls.items():
        buckets = list(zip(bounds, accumulate(stats.counts), strict=True))
        family.add_metric((call,), buckets, sum_value=stats.seconds)
    return family
