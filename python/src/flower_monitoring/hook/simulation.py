"""The simulation runtime: its grid has no connection, but its process has one."""

from __future__ import annotations

import weakref

from . import guard, patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

_connection: Callable[[], Any] | None = None


def patch(module: ModuleType) -> None:
    """`module` is `flwr.simulation.simulationio_connection`."""
    patches.replace(module.SimulationIoConnection, "__init__", _init)


def client() -> Any:
    """The client of the simulation's process; None in every other process."""
    connection = _connection() if _connection is not None else None
    return None if connection is None else patches.get(connection, "simulation_client")


def _init(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        _remember(self)

    return __init__


@guard.guarded
def _remember(connection: Any) -> None:
    global _connection
    _connection = weakref.ref(connection)
