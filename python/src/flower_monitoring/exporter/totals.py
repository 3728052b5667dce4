"""What is counted of a run, and can be added up over all of them in any order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .histogram import Histogram


@dataclass
class Totals:
    """Sums of one run, or of many."""

    rounds: int = 0
    checkpoints: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """Failed clients by cause."""
    events: Counter[str] = field(default_factory=Counter)
    """Events by name; names that are not in the catalogue as `other`."""
    invalid: Counter[str] = field(default_factory=Counter)
    """Events that could not be used, by reason."""
    phases: dict[str, Histogram] = field(default_factory=dict)
    """Durations of phases, by phase."""
    clients: dict[str, Histogram] = field(default_factory=dict)
    """Times of clients to their replies, by phase."""
    replies: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Good replies by node id and phase."""
    node_failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Failures by node id and cause."""

    def add(self, other: Totals) -> None:
        """Takes in the sums of `other`."""
        self.rounds += other.rounds
        self.checkpoints += other.checkpoints
        # Not Counter's own +=, which walks over all that is there already.
        for mine, theirs in (
            (self.failures, other.failures),
            (self.events, other.events),
            (self.invalid, other.invalid),
        ):
            mine.update(theirs)
        self.replies.update(other.replies)
        self.node_failures.update(other.node_failures)
        for own, others in ((self.phases, other.phases), (self.clients, other.clients)):
            for phase, histogram in others.items():
                own.setdefault(phase, Histogram(histogram.bounds)).add(histogram)


def sum_of(parts: list[Totals]) -> Totals:
    """All of them together."""
    total = Totals()
    for part in parts:
        total.add(part)
    return total
