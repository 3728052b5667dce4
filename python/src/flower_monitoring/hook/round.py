"""What is known of one round while it goes on. No events and no messages in here."""

from __future__ import annotations

import time

from . import figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .figures import Number

CLIENT_PHASES = ("train", "evaluate")
SOURCES = ("evaluate", "central_evaluate", "train")
"""Whose loss and accuracy a round's are: the first that has one."""


class Sent:
    """A message on its way to a client, without its content."""

    def __init__(self, node: str, phase: str, round_number: int, size: int) -> None:
        self.node, self.phase, self.round, self.size = node, phase, round_number, size
        self.at = time.monotonic()


class Reply:
    """What a reply says, without its content. `code` is Flower's error code; None without one."""

    def __init__(self, code: int | None, size: int, metrics: Mapping[str, Number]) -> None:
        self.code, self.size, self.metrics = code, size, metrics


class Round:
    """Counts and times of a round."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.selected: int | None = None
        """Clients of the round; None before it has started."""
        self.failed = 0
        self.bytes = {"sent": 0, "received": 0}
        self.examples: Number | None = None
        self.metrics: dict[str, Mapping[str, Number]] = {}
        self.phases: dict[str, float] = {}
        """Seconds by phase."""
        self.replies: dict[str, list[list[Any]]] = {"train": [], "evaluate": []}
        """By phase, what has not been told yet: [node, seconds, examples, bytes]."""
        self._began = time.monotonic()
        self._phase: tuple[str, float] | None = None
        self._answered: dict[str, set[str]] = {"train": set(), "evaluate": set()}
        self._missed: dict[str, set[str]] = {"train": set(), "evaluate": set()}
        self.trained: set[str] = set()
        """Clients that were sent a message to train."""
        self.answered_since_train = False
        """Whether a reply came after the last message to train."""
        self._means: dict[str, dict[str, list[float]]] = {"train": {}, "evaluate": {}}

    @property
    def phase(self) -> str | None:
        """The phase that goes on."""
        return self._phase[0] if self._phase is not None else None

    def enter(self, phase: str | None) -> None:
        """Begins a phase (or, with None, no other) and ends the one before."""
        now = time.monotonic()
        if self._phase is not None:
            name, since = self._phase
            self.phases[name] = self.phases.get(name, 0.0) + now - since
        self._phase = None if phase is None else (phase, now)

    def add_sent(self, sent: Sent) -> None:
        """Counts a message; those of neither phase are nobody's training."""
        if sent.phase in CLIENT_PHASES:
            self.bytes["sent"] += sent.size
        if sent.phase == "train":
            self.trained.add(sent.node)
            self.answered_since_train = False

    def add_reply(self, sent: Sent, reply: Reply) -> None:
        """Counts a good reply."""
        self.answered_since_train = True
        if sent.phase not in CLIENT_PHASES:
            return
        examples = figures.examples(reply.metrics)
        self.bytes["received"] += reply.size
        self._answered[sent.phase].add(sent.node)
        if sent.phase == "train" and examples is not None:
            self.examples = (self.examples or 0) + examples
        seconds = round(time.monotonic() - sent.at, 3)
        self.replies[sent.phase].append([sent.node, seconds, examples, reply.size])
        for name, value in reply.metrics.items():
            if name not in figures.EXAMPLES:
                mean = self._means[sent.phase].setdefault(name, [0.0, 0.0])
                mean[0] += value * (1 if examples is None else examples)
                mean[1] += 1 if examples is None else examples

    def add_failure(self, sent: Sent) -> None:
        """Counts an error, or a reply that never came."""
        self.failed += 1
        self.answered_since_train = True
        if sent.phase in CLIENT_PHASES:
            self._missed[sent.phase].add(sent.node)

    @property
    def responded(self) -> int:
        """Clients that did all their training, or, in a round without any, their evaluation."""
        phase = "train" if self.trained else "evaluate"
        return len(self._answered[phase] - self._missed[phase])

    def means(self, phase: str) -> dict[str, Number]:
        """Metrics of the phase's replies, weighted by their examples."""
        means = self._means[phase]
        return {name: total / weight for name, (total, weight) in means.items() if weight > 0}

    @property
    def seconds(self) -> float:
        """Since the round began."""
        return time.monotonic() - self._began

    @property
    def loss(self) -> Number | None:
        """The round's loss so far."""
        return figures.loss(self._sources())

    @property
    def accuracy(self) -> Number | None:
        """The round's accuracy so far."""
        return figures.accuracy(self._sources())

    def _sources(self) -> list[Mapping[str, Number]]:
        return [self.metrics[source] for source in SOURCES if source in self.metrics]
