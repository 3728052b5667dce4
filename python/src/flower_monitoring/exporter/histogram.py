"""A histogram of seconds whose sums are exact: adding up in another order gives the same numbers.

With floats they would not, and a total that is a hair lower after a restart looks to Prometheus
like a counter that began again at 0.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import NamedTuple

ROUND_BUCKETS = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""Upper bounds in seconds for rounds and for the work of a client."""
PHASE_BUCKETS = (0.1, 0.5, *ROUND_BUCKETS)
"""The same for a phase of a round; selecting and aggregating often take less than a second."""

MICROSECONDS = 1_000_000


class Exemplar(NamedTuple):
    """One observation of a bucket, to look up in traces. `at` is Unix seconds."""

    run_id: str
    seconds: float
    at: float


class Histogram:
    """Counts by bucket, their sum, and the latest exemplar of each bucket."""

    def __init__(self, bounds: tuple[float, ...] = ROUND_BUCKETS) -> None:
        self.bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._micros = 0
        self._exemplars: list[Exemplar | None] = [None] * (len(bounds) + 1)

    def observe(self, seconds: float, run_id: str = "", at: float = 0.0) -> None:
        """Counts one duration; a negative one (a clock went back) as none."""
        seconds = max(seconds, 0.0)
        slot = bisect_left(self.bounds, seconds)
        self._counts[slot] += 1
        self._micros += round(seconds * MICROSECONDS)
        self._keep(slot, Exemplar(run_id, seconds, at))

    def add(self, other: Histogram) -> None:
        """Takes in what `other`, of the same bounds, has counted."""
        self._counts = [a + b for a, b in zip(self._counts, other._counts, strict=True)]
        self._micros += other._micros
        for slot, exemplar in enumerate(other._exemplars):
            if exemplar is not None:
                self._keep(slot, exemplar)

    @property
    def sum(self) -> float:
        """All durations together, in seconds."""
        return self._micros / MICROSECONDS

    @property
    def count(self) -> int:
        """How many there were."""
        return sum(self._counts)

    def buckets(self) -> list[tuple[str, int, Exemplar | None]]:
        """Upper bound, how many durations up to it, and the bucket's exemplar."""
        bounds = [*map(str, self.bounds), "+Inf"]
        return list(zip(bounds, accumulate(self._counts), self._exemplars, strict=True))

    def _keep(self, slot: int, exemplar: Exemplar) -> None:
        kept = self._exemplars[slot]
        if kept is None or exemplar.at >= kept.at:
            self._exemplars[slot] = exemplar
