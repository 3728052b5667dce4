"""What a ClientApp does: on which message it works, for its log lines, and its exceptions.

The ServerApp tells of a failure to everyone; here it is only logged, on the machine where it
happened, with the message that it happened on. Messages and replies are not touched.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from . import guard, patches, variables

RAISED = 2
"""Flower's error code of a ClientApp that raised an exception."""
_ROUND_KEY = "server-round"
"""Where the strategies of the message API put the round, in any config record of a message."""

_log = logging.getLogger("flwr")
_working_on: ContextVar[Mapping[str, Any] | None] = ContextVar("fl_working_on", default=None)


def working_on() -> Mapping[str, Any]:
    """`run_id`, `node`, `round` and `message_type` of the message in work; empty without one.

    A simulation runs many ClientApps in one process: each thread sees its own.
    """
    return _working_on.get() or {}


def is_working() -> bool:
    """Whether the caller is inside of a ClientApp."""
    return _working_on.get() is not None


def patch(module: ModuleType) -> None:
    """`module` is `flwr.clientapp.client_app`."""
    patches.replace(module.ClientApp, "__call__", _call)


def _call(original: Callable[..., Any]) -> Callable[..., Any]:
    def __call__(self: Any, message: Any, context: Any) -> Any:
        token = _working_on.set(guard.guarded(_tell)(message, context) or {})
        began = time.monotonic()
        try:
            reply = original(self, message, context)
        except Exception as error:
            _failed(error)
            raise
        else:
            _done(time.monotonic() - began)
            return reply
        finally:
            _working_on.reset(token)

    return __call__


def _tell(message: Any, context: Any) -> Mapping[str, Any]:
    told = {
        "run_id": str(message.metadata.run_id),
        "node": str(context.node_id),
        "message_type": str(message.metadata.message_type),
    }
    server_round = _round(message)
    return told if server_round is None else {**told, "round": server_round}


def _round(message: Any) -> int | None:
    for record in message.content.config_records.values():
        value = record.get(_ROUND_KEY)
        if isinstance(value, int):
            return value
    # Legacy strategies put it where others put the name of a group.
    group = message.metadata.group_id
    return int(group) if isinstance(group, str) and group.isascii() and group.isdigit() else None


@guard.guarded
def _done(seconds: float) -> None:
    """The client's own time: what the ServerApp sees has Flower's polling in it."""
    if _logs_events():
        told = {"seconds": round(seconds, 3)}
        _log.info("ClientApp: %s done in %.3f s", _message_type(), seconds, extra=told)


@guard.guarded
def _failed(error: Exception) -> None:
    if not _logs_events():
        return
    told = working_on()
    phase = _message_type().partition(".")[0]
    data = {
        "v": 1,
        "ts": round(time.time(), 3),
        "round": told.get("round", 0),
        "node_id": told.get("node"),
        "error_type": "exception",
        "phase": phase if phase in ("train", "evaluate") else "query",
        "code": RAISED,
    }
    extra = {"fl_event": "client_failure", "fl_data": data}
    _log.warning("ClientApp: %s raised %s: %s", phase, type(error).__name__, error, extra=extra)


def _message_type() -> str:
    return str(working_on().get("message_type", "a message"))


def _logs_events() -> bool:
    guard.warn_moved()
    return variables.context().log_format == "json"
