"""JSON log lines: everything that a Flower process logs to its console, one object a line.

Handlers and their formatters come at any time: Flower's own, uvicorn's two sets, those of
`logging.basicConfig` in an app, `logging.lastResort`. So not one formatter after the other is
replaced but what `logging.StreamHandler` writes, wherever it writes to stdout or stderr. Handlers
on files keep their formatters; only the SuperLink's `--log-file`, Flower's own, gets JSON too.
Nothing private to Flower is needed for it.

A record is on the console once, however many handlers pass it there: with a handler on the root
logger Flower's text has each line twice, and an event that is read twice is counted twice.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from logging.handlers import TimedRotatingFileHandler
from types import ModuleType
from typing import Any

from flower_monitoring.json_lines import JsonFormatter, is_blank

from . import client_app, guard, identity, patches, variables

_FILE_DESCRIPTORS = (1, 2)
"""Those of stdout and stderr."""
_WRITTEN = "_fl_written"
"""Mark of a record that is on the console."""


def patch_logger(module: ModuleType) -> None:
    """Turns JSON on in this process when FL_LOG_FORMAT asks for it.

    `module` is `flwr.supercore.logger`, which every process of Flower's imports first.
    """
    if variables.context().log_format != "json":
        return
    patches.replace(logging.StreamHandler, "emit", _emit)
    patches.replace(logging.Handler, "format", _format)
    # Not there in every version, and a log file in Flower's text is no harm.
    if hasattr(module, "configure_superlink_log_file"):
        patches.replace(module, "configure_superlink_log_file", _log_file)


def who() -> Mapping[str, Any]:
    """Who logs: the message that a ClientApp works on, else the process's run, node and round."""
    return guard.guarded(_who)() or {}


FORMATTER = JsonFormatter(who)


def _who() -> Mapping[str, Any]:
    told = {"run_id": identity.run_id(), "node": identity.node_id(), "round": identity.round()}
    return {**told, **client_app.working_on()}


def _emit(original: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    def emit(self: logging.StreamHandler[Any], record: logging.LogRecord) -> None:
        console = _is_on_console(self)
        if not console and not isinstance(self.formatter, JsonFormatter):
            original(self, record)
        elif is_blank(record):
            return
        elif not console:
            original(self, record)
        elif not hasattr(record, _WRITTEN):
            try:
                # Neither the handler's own end of line nor its own format: one object, one line.
                self.stream.write(FORMATTER.format(record) + "\n")
                self.flush()
                setattr(record, _WRITTEN, True)
            except RecursionError:
                raise
            except Exception:  # noqa: BLE001 (as in the standard library's handler)
                self.handleError(record)

    return emit


def _format(original: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
    def format(self: logging.Handler, record: logging.LogRecord) -> str:
        # For handlers that write by themselves, such as one that spares a progress bar.
        if isinstance(self, logging.StreamHandler) and _is_on_console(self):
            return FORMATTER.format(record)
        return original(self, record)

    return format


def _log_file(original: Callable[..., None]) -> Callable[..., None]:
    def configure_superlink_log_file(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        for handler in logging.getLogger("flwr").handlers:
            if isinstance(handler, TimedRotatingFileHandler):
                handler.setFormatter(FORMATTER)

    return configure_superlink_log_file


def _is_on_console(handler: logging.StreamHandler[Any]) -> bool:
    if isinstance(handler, logging.FileHandler):
        return False
    try:
        stream = handler.stream
        console = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
        return any(stream is one for one in console) or stream.fileno() in _FILE_DESCRIPTORS
    except Exception:  # noqa: BLE001 (streams of others: one may have no file, or any fault)
        return False
