"""What a metric is, and sentences that many of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NODE_LABELS = ("node_id", "name", "location")
RUN = ("run_id",)
RUNS_SHOWN = "Series exist for live runs and run_ttl_seconds after the end; at most max_runs."
NODES_SHOWN = (
    "Series exist for nodes that are online, were online within run_ttl_seconds, or have a name "
    "and are not unregistered; at most max_nodes."
)
REPLAYED = (
    "Counted over all runs that the SuperLink knows, finished ones too; missing until the exporter "
    "has read them all once after its start. Does not go back when the exporter restarts; starts "
    "at 0 with a SuperLink that lost its database or has none."
)
SINCE_START = (
    "Since the exporter started; with a state_file since it first did, so that a restart does not "
    "lose what was counted."
)
EXEMPLARS = "In OpenMetrics its buckets have exemplars with the run's trace_id."


@dataclass(frozen=True)
class Metric:
    """One metric as it is scraped. `unit` is what the value counts, `source` where it is from."""

    name: str
    kind: Literal["gauge", "counter", "histogram", "info"]
    labels: tuple[str, ...]
    help: str
    unit: str
    source: str
