"""From rows of values to the metric families that prometheus_client writes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.samples import Exemplar as FamilyExemplar

from flower_monitoring.trace import trace_id

from .catalog import Metric
from .histogram import Exemplar, Histogram

Bucket = tuple[str, float] | tuple[str, float, FamilyExemplar]
Row = tuple[Sequence[str], float]
"""Label values in the metric's order, and the value."""


def family(metric: Metric, rows: Iterable[Row]) -> Family:
    """A gauge, a counter, or an info metric, whose rows have the value 1."""
    if metric.kind == "info":
        info = InfoMetricFamily(metric.name.removesuffix("_info"), metric.help, labels=())
        for labels, _ in rows:
            info.add_metric((), dict(zip(metric.labels, labels, strict=True)))
        return info
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    found = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in rows:
        found.add_metric(labels, float(value))
    return found


def histogram_family(metric: Metric, rows: Iterable[tuple[Sequence[str], Histogram]]) -> Family:
    """A histogram, with exemplars that only OpenMetrics shows."""
    found = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, histogram in rows:
        buckets: list[Bucket] = []
        for bound, count, exemplar in histogram.buckets():
            shown = _exemplar(exemplar)
            buckets.append((bound, count) if shown is None else (bound, count, shown))
        found.add_metric(labels, buckets, sum_value=histogram.sum)
    return found


def _exemplar(exemplar: Exemplar | None) -> FamilyExemplar | None:
    if exemplar is None or not exemplar.run_id:
        return None
    return FamilyExemplar({"trace_id": trace_id(exemplar.run_id)}, exemplar.seconds, exemplar.at)
