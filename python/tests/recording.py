"""Log records and events of this process, as they are told."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flower_monitoring.hook import channel

Events = list[tuple[str, Mapping[str, Any]]]


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def recorded_log() -> Iterator[list[logging.LogRecord]]:
    """What the logger `flwr` logs meanwhile, at every level."""
    logger, recorder = logging.getLogger("flwr"), _Recorder()
    level = logger.level
    logger.addHandler(recorder)
    logger.setLevel(logging.DEBUG)
    try:
        yield recorder.records
    finally:
        logger.setLevel(level)
        logger.removeHandler(recorder)


@contextmanager
def recorded_events() -> Iterator[Events]:
    """Events that are emitted meanwhile, whole, in order."""
    events: Events = []

    def sink(event: str, data: Mapping[str, Any]) -> None:
        events.append((event, data))

    channel.add_sink(sink)
    try:
        yield events
    finally:
        channel.remove_sink(sink)
