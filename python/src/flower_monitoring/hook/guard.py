"""Keeps the hook's own faults away from training, and counts them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

errors = 0
"""Exceptions of the hook's own code that were swallowed in this process."""
last: str | None = None
"""The latest of them, as text: the exception itself would keep what it was about alive."""
MAX_TOLD = 5
"""A fault that comes with every message must not fill the log: only the first ones are logged."""

WARN_SECONDS = 8.0
"""By then a ServerApp's process has mostly begun to hand on what it prints."""
HEARD_SECONDS = 60.0
"""How much longer one is waited for that has not, on a slow machine; others never begin."""

_moved: list[str] = []
_warned = False


def guarded(function: Callable[P, R]) -> Callable[P, R | None]:
    """The function, giving None instead of raising an Exception. For the hook's own code only."""

    def call(*args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 (whatever it is, training goes on)
            swallowed(error)
            return None

    call.__name__ = getattr(function, "__name__", "call")
    call.__doc__ = function.__doc__
    return call


def swallowed(error: Exception) -> None:
    """Counts a fault of the hook, and tells it where Flower's debug messages go."""
    global errors, last
    errors += 1
    logging = sys.modules.get("logging")
    try:
        last = f"{type(error).__name__}: {error}"
        if logging is None or errors > MAX_TOLD:
            return
        logging.getLogger("flwr").debug("flower-monitoring: swallowed %r", error, exc_info=error)
    except Exception:  # noqa: BLE001 (nor is a broken log handler a reason to stop)
        return


def moved(name: str) -> None:
    """Notes a private name of Flower's that is not where it is expected."""
    if name not in _moved:
        _moved.append(name)
        _warn_anyway()


def moved_names() -> list[str]:
    """The names noted so far."""
    return list(_moved)


@guarded
def warn_moved() -> None:
    """Tells the moved names, if there are any: once in a process, whoever calls first.

    Called when all of Flower is loaded (an app is called, a server starts), so that one warning
    can name them all.
    """
    global _warned
    if _warned or not _moved:
        return
    _warned = True
    import logging

    from flower_monitoring import __version__

    flwr = sys.modules.get("flwr.supercore.version")
    version = getattr(flwr, "package_version", "unknown")
    logging.getLogger("flwr").warning(
        "flower-monitoring %s does not know flwr %s well: %s not found; training is not affected, "
        "but monitoring may be incomplete",
        __version__,
        version,
        ", ".join(_moved),
    )


def _warn_anyway() -> None:
    """For processes in which nothing else calls, because what would call has moved as well.

    Soon, and not only at the exit: what a ServerApp prints then reaches nobody any more.
    """
    if len(_moved) == 1:
        import atexit

        atexit.register(warn_moved)
        _after(WARN_SECONDS, HEARD_SECONDS)


def _after(seconds: float, patience: float) -> None:
    """Warns then, or later, as soon as Flower hands on what is printed."""
    import threading

    def warn() -> None:
        # Flower hands on what is printed by a `write` of its own on the stream.
        if patience <= 0 or "write" in getattr(sys.stdout, "__dict__", ()):
            warn_moved()
        else:
            _after(1.0, patience - 1)

    soon = threading.Timer(seconds, guarded(warn))
    soon.daemon = True
    soon.start()


def reset() -> None:
    """Forgets what was counted and noted, as at the start of a process."""
    global errors, last, _warned
    errors, last, _warned = 0, None, False
    _moved.clear()
