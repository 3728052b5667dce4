"""What is known of messages and replies, without them: nothing here keeps their content."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from . import figures, guard
from .round import Reply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

ROUND_KEY = "server-round"
"""Where Flower's strategies, and the apps that follow them, put the round into a message."""
STATUS_KEYS = ("fitres.status", "evaluateres.status", "getparametersres.status")
"""Where a legacy client says how it went; 0 is good."""
KINDS = ("ArrayRecord", "ConfigRecord", "MetricRecord")
"""Flower's classes of records."""
UNKNOWN = 0
"""Flower's error code for what it has no other for."""


class Content:
    """What is to be known of a message's records."""

    def __init__(self, records: Any) -> None:
        self.size = 0
        self.model_bytes = 0
        self.round: int | None = None
        self.metrics: dict[str, figures.Number] = {}
        self.code: int | None = None
        """A legacy client may answer that it could not: to Flower that is no error."""
        for name, record in records.items():
            self.size += _size(record)
            kind = _kind(type(record))
            if kind == "MetricRecord":
                self.metrics.update(figures.numbers(record))
            elif kind == "ArrayRecord":
                self.model_bytes += sum(len(array.data) for array in record.values())
            elif kind == "ConfigRecord":
                number = record.get(ROUND_KEY)
                if isinstance(number, int) and number > 0:
                    self.round = number
                if name in STATUS_KEYS and record.get("code"):
                    self.code = UNKNOWN


class Seen:
    """A message to a client. `known` are contents by their id."""

    def __init__(self, message: Any, known: dict[int, Content]) -> None:
        records = message.content
        if id(records) not in known:
            known[id(records)] = Content(records)
        self.content = known[id(records)]
        self.metadata = message.metadata
        self.node = str(message.metadata.dst_node_id)


def see(messages: Iterable[Any]) -> tuple[list[Seen], Iterable[Any]]:
    """What is known of the messages, and what to give to Flower in their place.

    An iterator can be read only once, and not before Flower reads it: so it is read with Flower.
    """
    seen: list[Seen] = []
    note = guard.guarded(lambda message, known: seen.append(Seen(message, known)))
    if isinstance(messages, Iterator):
        return seen, _noted(messages, note)
    if isinstance(messages, Collection):
        _note_all(messages, note)
    return seen, messages


def reply(message: Any) -> Reply:
    """What a reply says."""
    if message.has_error():
        return Reply(message.error.code, 0, {})
    content = Content(message.content)
    return Reply(content.code, content.size, content.metrics)


def _kind(record: type) -> str:
    """Flower's name for this class of records; empty for what is none."""
    return next((cls.__name__ for cls in record.__mro__ if cls.__name__ in KINDS), "")


def _size(record: Any) -> int:
    try:
        return int(record.count_bytes())
    except IndexError:
        # Flower's own count fails when a value is an empty list.
        values = ([value] if not isinstance(value, list) else value for value in record.values())
        sizes = (len(v) if isinstance(v, (str, bytes)) else 8 for items in values for v in items)
        return sum(map(len, record)) + sum(sizes)


def _noted(messages: Iterator[Any], note: Callable[..., Any]) -> Iterator[Any]:
    for message in messages:
        note(message, {})
        yield message


@guard.guarded
def _note_all(messages: Collection[Any], note: Callable[..., Any]) -> None:
    # A strategy's messages share one content: it is looked at once.
    known: dict[int, Content] = {}
    for message in messages:
        note(message, known)
