"""What a scrape shows of runs and training, made once a poll: a scrape only hands it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client.metrics_core import Metric as Family


@dataclass(frozen=True)
class Snapshot:
    """Families, which nobody changes any more, and the exporter's figures about them."""

    families: tuple[Family, ...] = ()
    app_metrics_dropped: int = 0
    replayed: bool = False
    followed_runs: int = 0
    log_lines: int = 0
    poll_seconds: float = 0.0
    invalid: Mapping[str, int] = field(default_factory=dict)
    """Events of no use, by reason."""
