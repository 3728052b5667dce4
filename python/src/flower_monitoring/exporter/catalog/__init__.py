"""Every metric, once: the scrape and docs/metrics.md are both made from this.

A metric, once shipped, is an interface: names, labels and meaning do not change.
"""

from __future__ import annotations

from . import exporter, federation, hooks, process, runs, training
from .spec import NODE_LABELS, Metric

SECTIONS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    ("Federation", federation.ALL),
    ("Runs", runs.ALL),
    ("Training", training.ALL),
    ("Hook", hooks.ALL),
    ("Exporter", (*exporter.ALL, *process.ALL)),
)
"""The metrics by subject."""
ALL = tuple(metric for _, metrics in SECTIONS for metric in metrics)

__all__ = [
    "ALL",
    "NODE_LABELS",
    "SECTIONS",
    "Metric",
    "exporter",
    "federation",
    "hooks",
    "process",
    "runs",
    "training",
]
