"""Sends events out of this process without ever making training wait.

To the run's task events when the process runs a ServerApp, else to a datagram socket
(FL_EVENT_SOCKET), else nowhere; with FL_LOG_FORMAT=json each event is a log record as well.
"""

from __future__ import annotations

import logging
import time

from . import guard, variables
from .payload import encode
from .sender import Sender

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Sink = Callable[[str, Mapping[str, Any]], None]

WARNINGS = ("client_failure", "training_stalled", "gpu_unavailable")
"""Events that are logged as warnings, the others as information."""
FLUSH_SECONDS = 2.0

sender = Sender()
_sinks: list[Sink] = []
_log = logging.getLogger("flwr")


@guard.guarded
def emit(event: str, /, **data: Any) -> None:
    """Sends an event; `v` and `ts` are added, unless `ts` is given."""
    payload = {"v": 1, "ts": round(time.time(), 3), **data}
    if variables.context().log_format == "json":
        level = logging.WARNING if event in WARNINGS else logging.INFO
        _log.log(level, "%s", event, extra={"fl_event": event, "fl_data": payload})
    send(event, payload)


@guard.guarded
def send(event: str, payload: Mapping[str, Any]) -> None:
    """Sends an event whose data is complete, and which is logged already if it is to be."""
    text = encode(payload)
    if text is None:
        sender.dropped += 1
        return
    for sink in list(_sinks):
        guard.guarded(sink)(event, payload)
    sender.put(event, text)


def add_sink(sink: Sink) -> None:
    """Has `sink` called with each event and its data, in the emitting thread."""
    if sink not in _sinks:
        _sinks.append(sink)


def remove_sink(sink: Sink) -> None:
    """Undoes `add_sink`."""
    if sink in _sinks:
        _sinks.remove(sink)


def flush(seconds: float = FLUSH_SECONDS) -> bool:
    """Waits until all events are out, at most so long; False when some are not."""
    return bool(guard.guarded(sender.flush)(min(seconds, FLUSH_SECONDS)))
