"""What an app may call itself: `from flower_monitoring import log_fl_event`."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from flower_monitoring.json_lines import plain

from . import channel, guard

_PREFIX = "fl."
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_RESERVED = ("v", "ts")


def log_fl_event(
    event: str, data: Mapping[str, Any] | None = None, *, level: int = logging.INFO
) -> None:
    """Tells an event of this app: a line in the log, and a task event of its run.

    In a ServerApp it reaches the exporter like the events that the hook tells itself, so
    `log_fl_event("checkpoint_saved", {"round": 3, "path": path, "size_bytes": size})` counts.
    Elsewhere, and without the hook, it is a log record of the logger `flwr` with the attributes
    `fl_event` and `fl_data`. Names that docs/events.md does not have are passed on as they are.

    `event` is a name of at most 64 letters, digits, `_`, `.` and `-`, without or with the prefix
    `fl.`; `data` what JSON can say, numbers of numpy and torch included; NaN and infinities become
    null, and data of more than 1024 bytes is cut on its way to the exporter. `level` is that of
    the log record.

    Raises TypeError or ValueError when `event`, `data` or `level` is not that, so that a first try
    shows it. Nothing else is raised: what happens to the event afterwards never stops a training.
    """
    name = _name(event)
    if isinstance(level, bool) or not isinstance(level, int):
        raise TypeError(f"level is a {type(level).__name__}; give a number such as logging.INFO")
    payload = {"v": 1, "ts": round(time.time(), 3), **_checked(data)}
    _tell(name, payload, level)


def _name(event: str) -> str:
    if not isinstance(event, str):
        raise TypeError(f"event is a {type(event).__name__}; give its name")
    name = event.removeprefix(_PREFIX)
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"event is {event!r}; give at most 64 letters, digits, '_', '.' and '-', "
            "with a letter first"
        )
    return name


def _checked(data: Mapping[str, Any] | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise TypeError(f"data is a {type(data).__name__}; give a dict")
    checked: dict[str, Any] = {}
    for key, value in data.items():
        if not isinstance(key, str):
            raise TypeError(f"data has the key {key!r}; give strings")
        if key in _RESERVED:
            raise ValueError(f"data has the key {key!r}, which is added to every event; rename it")
        try:
            checked[key] = plain(value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"data[{key!r}] cannot be JSON: {error}") from None
    return checked


@guard.guarded
def _tell(name: str, payload: dict[str, Any], level: int) -> None:
    logging.getLogger("flwr").log(
        level, "%s: %s", name, payload, extra={"fl_event": name, "fl_data": payload}, stacklevel=4
    )
    channel.send(name, payload)
