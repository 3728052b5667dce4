"""Log records as JSON, one object a line: for Flower's processes and for the exporter.

A log line must never fail: what a record holds that JSON cannot say is left out or described.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from .trace import span_id, trace_id

EVENT, DATA, WHO = "fl_event", "fl_data", "fl_who"
"""Attributes of a record: an event's name, its data, and keys that replace those of `who`."""

_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours and cursor movements
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles and links
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ -/]*[0-~]?"  # all others, and half ones
)
_OWN = {"message", "asctime", "taskName", "color_message", EVENT, DATA, WHO}
"""Beside the attributes of every record; uvicorn's `color_message` is the message with colours."""
_KNOWN = frozenset(logging.makeLogRecord({}).__dict__) | _OWN
_MAX_DEPTH = 32


def nobody() -> Mapping[str, Any]:
    """Who logs, in a process that is neither a run's nor a node's."""
    return {}


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of ASCII that is one JSON object.

    `who` tells, at the time of the record, any of `run_id`, `node`, `round`, `message_type`.
    """

    def __init__(self, who: Callable[[], Mapping[str, Any]] = nobody) -> None:
        super().__init__()
        self._who = who

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end. Never raises an Exception."""
        try:
            return json.dumps(self._line(record), allow_nan=False)
        except Exception as error:  # noqa: BLE001 (the records of others may hold anything)
            return json.dumps(_rest(record, error))

    def _line(self, record: logging.LogRecord) -> dict[str, Any]:
        # Formatters of the standard library leave the message here, and handlers look for it.
        record.message = message_of(record)
        line: dict[str, Any] = {
            "timestamp": timestamp(record.created),
            "level": str(record.levelname),
            "logger": clean(str(record.name)),
            "message": clean(record.message).strip(),
        }
        event = getattr(record, EVENT, None)
        if event is not None:
            line["event"] = clean(str(event))
            line["data"] = _known_or(getattr(record, DATA, None), {})
        line.update(self._identity(record))
        line["source"] = f"{clean(str(record.filename))}:{record.lineno}"
        exception = _exception(record)
        if exception:
            line["exception"] = exception
        if record.stack_info:
            line["stack"] = clean(str(record.stack_info))
        extra = _extra(record)
        if extra:
            line["extra"] = extra
        return line

    def _identity(self, record: logging.LogRecord) -> dict[str, Any]:
        who = {**self._who(), **getattr(record, WHO, {})}
        identity: dict[str, Any] = {
            key: plain(value)
            for key in ("run_id", "node", "round", "message_type")
            if (value := who.get(key)) is not None
        }
        if "run_id" in identity:
            identity["trace_id"] = trace_id(identity["run_id"])
            if isinstance(identity.get("round"), int):
                identity["span_id"] = span_id(identity["run_id"], identity["round"])
        return identity


def is_blank(record: logging.LogRecord) -> bool:
    """Whether a record says nothing: Flower logs empty lines to make its text easier to read.

    Never raises an Exception.
    """
    try:
        if record.exc_info or record.exc_text or record.stack_info or hasattr(record, EVENT):
            return False
        return not clean(message_of(record)).strip()
    except Exception:  # noqa: BLE001 (see message_of)
        return False


def message_of(record: logging.LogRecord) -> str:
    """The message with its arguments, or both beside each other when they do not fit."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 (arguments of others: any method of theirs may raise)
        return f"{_shown(record.msg)} {_shown(record.args)}"


def timestamp(seconds: float) -> str:
    """Unix seconds as RFC 3339 in UTC with milliseconds."""
    milliseconds = math.floor(seconds * 1000)
    whole = time.gmtime(milliseconds // 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', whole)}.{milliseconds % 1000:03d}Z"


def clean(text: str) -> str:
    """Text without terminal codes, and without the half characters that no encoding can say."""
    if "\x1b" in text or "\x9b" in text:
        text = _ANSI.sub("", text)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def plain(value: Any, depth: int = 0) -> Any:
    """The value as what JSON knows; NaN and infinities are null.

    Numbers of numpy and torch become numbers. Raises TypeError for anything else, ValueError for
    what is nested too deep or in itself.
    """
    if depth > _MAX_DEPTH:
        raise ValueError(f"nested more than {_MAX_DEPTH} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(str.__str__(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_key(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    if getattr(value, "ndim", None) == 0 and callable(getattr(value, "item", None)):
        return plain(value.item(), depth + 1)
    raise TypeError(f"{type(value).__name__} is nothing that JSON knows")


def _key(key: Any) -> str:
    if isinstance(key, str | int | float):
        return clean(str(key))
    raise TypeError(f"a key is a {type(key).__name__}; JSON's are strings")


def _known_or(value: Any, default: Any) -> Any:
    try:
        return plain(value)
    except Exception:  # noqa: BLE001 (values of others: any method of theirs may raise)
        return default


def _exception(record: logging.LogRecord) -> dict[str, str] | None:
    info = record.exc_info
    if isinstance(info, tuple) and len(info) == 3 and isinstance(info[1], BaseException):
        kind, error, _ = info
        name = getattr(kind or type(error), "__qualname__", str(kind))
        return {
            "type": clean(name),
            "message": clean(_shown(error, str)),
            "stacktrace": clean("".join(traceback.format_exception(*info))).rstrip(),
        }
    if record.exc_text:
        # A record that came from another process has lost the exception but not its text.
        return {"type": "", "message": "", "stacktrace": clean(str(record.exc_text))}
    return None


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    missing = object()
    return {
        clean(key): value
        for key, given in record.__dict__.items()
        if key not in _KNOWN
        and not key.startswith("_")
        and (value := _known_or(given, missing)) is not missing
    }


def _shown(value: Any, show: Callable[[Any], str] = repr) -> str:
    try:
        return show(value)
    except Exception:  # noqa: BLE001 (see message_of)
        return f"<{type(value).__name__}>"


def _rest(record: logging.LogRecord, error: Exception) -> dict[str, str]:
    """What can be said of a record that could not be formatted."""
    return {
        "timestamp": timestamp(time.time()),
        "level": clean(_shown(getattr(record, "levelname", "INFO"), str)),
        "logger": clean(_shown(getattr(record, "name", ""), str)),
        "message": clean(_shown(getattr(record, "msg", ""), str)).strip(),
        "format_error": type(error).__name__,
    }
