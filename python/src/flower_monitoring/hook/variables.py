"""The context's variables in this process: a fault is one warning, and its default is used."""

from __future__ import annotations

import logging

from flower_monitoring.context import NAMES, Context, ContextError, read_context

from . import settings

_context: Context | None = None


def context() -> Context:
    """What the environment and the settings file say; the first call warns of what is wrong."""
    global _context
    if _context is None:
        try:
            _context = read_context({name: settings.get(name) or "" for name in NAMES})
        except ContextError as error:
            _context = error.context
            logging.getLogger("flwr").warning(
                "flower-monitoring: the default is used: %s", " | ".join(error.faults)
            )
    return _context


def reset() -> None:
    """Forgets them: the next `context` reads and warns again."""
    global _context
    _context = None
