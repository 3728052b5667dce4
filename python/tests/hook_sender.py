"""A way out for events that does as a test tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flower_monitoring.hook.sender import Sender

Item = tuple[str, str]


class Out:
    """A way out that does as it is told for each batch, then takes them all."""

    def __init__(self, *answers: Exception | Callable[[], object]) -> None:
        self._answers = list(answers)
        self.batches: list[list[Item]] = []

    def send(self, batch: Any) -> None:
        """One batch."""
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            answer()
        self.batches.append(list(batch))

    @property
    def names(self) -> list[str]:
        """Events that were taken."""
        return [name for batch in self.batches for name, _ in batch]


def filled(out: Out | None, *names: str) -> Sender:
    """A sender with these events, all in one batch."""
    filled = Sender(batch_seconds=5)
    filled.use(out)
    for name in names:
        filled.put(name, "{}")
    return filled
