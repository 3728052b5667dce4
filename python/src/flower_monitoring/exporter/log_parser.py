"""Makes events of what a ServerApp prints: for runs whose hook is missing or cannot send."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flower_monitoring.json_lines import clean

from .log_text import LogText

MAX_LINE = 65536
"""Characters of a line that are looked at; nothing that we know is as long."""

_PREFIX = re.compile(r"(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\s(?:[\d-]+ [\d:,]+)?\s*:\s+(.*)")
"""Flower's console format, with a time at FLWR_LOG_LEVEL=DEBUG."""


class Parsed(NamedTuple):
    """An event from the log. `at` is Unix seconds; None when the line does not tell."""

    event: str
    data: Mapping[str, Any]
    at: float | None = None


class LogParser:
    """Takes a run's output in pieces, in order."""

    def __init__(self) -> None:
        self.lines = 0
        """Lines read so far."""
        self.has_events = False
        """Whether the hook's events are in the log (FL_LOG_FORMAT=json): then text is not used."""
        self._rest = ""
        self._text = LogText()

    def feed(self, text: str) -> list[Parsed]:
        """The events of a further piece; an unfinished last line waits for the next one."""
        *lines, rest = (self._rest + text).split("\n")
        self._rest = rest[:MAX_LINE]
        return [parsed for line in lines for parsed in self._line(line[:MAX_LINE])]

    def end(self) -> list[Parsed]:
        """The events of the last line, when it has no end."""
        rest, self._rest = self._rest, ""
        return list(self._line(rest)) if rest else []

    def _line(self, line: str) -> Iterator[Parsed]:
        self.lines += 1
        line = clean(line).strip()
        if line.startswith("{"):
            yield from self._json(line)
            return
        match = _PREFIX.match(line)
        if match is not None:
            yield from self._said(match[1])

    def _json(self, line: str) -> Iterator[Parsed]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(record, dict):
            return
        event, data, message = (record.get(key) for key in ("event", "data", "message"))
        if isinstance(event, str) and isinstance(data, dict):
            self.has_events = True
            moment = data.get("ts")
            told = isinstance(moment, (int, float)) and not isinstance(moment, bool)
            yield Parsed(event, data, moment if told else None)
        elif isinstance(message, str) and "logger" in record:
            yield from self._said(message)

    def _said(self, message: str) -> Iterator[Parsed]:
        if not self.has_events:
            for event, data in self._text.line(message.strip()):
                yield Parsed(event, data)
