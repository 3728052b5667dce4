"""Where the exporter's words go: events as JSON on stdout, log lines on stderr."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from flower_monitoring.events import ALL
from flower_monitoring.json_lines import DATA, EVENT, WHO, JsonFormatter

# Python 3.10 knows the parameter only where types are checked.
if TYPE_CHECKING:
    TextHandler = logging.StreamHandler[TextIO]
else:
    TextHandler = logging.StreamHandler

EVENTS_LOGGER = "flower_monitoring.events"

log = logging.getLogger("flower_monitoring.exporter")


class _EventHandler(TextHandler):
    """Says once that nobody can read its lines, and goes on."""

    _failed = False

    def handleError(self, record: logging.LogRecord) -> None:
        if not self._failed:
            log.warning("cannot print the event %s (%s)", record.getMessage(), sys.exc_info()[1])
        self._failed = True


def set_up_logging(log_format: str) -> None:
    """Log lines to stderr, as text or as one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(levelname)s %(message)s")
    handler.setFormatter(JsonFormatter() if log_format == "json" else text)
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.WARNING
    log.setLevel(logging.INFO)


class StdoutEvents:
    """Prints events in the format of the hook's, whatever the format of log lines."""

    def __init__(self) -> None:
        handler = _EventHandler(sys.stdout)
        handler.setFormatter(JsonFormatter())
        self._logger = logging.getLogger(EVENTS_LOGGER)
        self._logger.handlers, self._logger.propagate = [handler], False
        self._logger.setLevel(logging.INFO)

    def __call__(self, event: str, data: Mapping[str, Any], who: Mapping[str, Any]) -> None:
        level = logging.WARNING if ALL[event].level == "WARNING" else logging.INFO
        extra = {EVENT: event, DATA: data, WHO: who}
        self._logger.log(level, "%s", event, extra=extra)
