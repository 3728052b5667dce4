"""Every private name of Flower's that the hook relies on, in one place."""

from __future__ import annotations

import sys

from . import finder, guard, settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    Row = tuple[str, tuple[str, ...], str]

ANYWHERE: tuple[Row, ...] = (
    ("flwr.supercore.logger", (), "logs:patch_logger"),
    ("flwr.clientapp.client_app", ("ClientApp.__call__",), "client_app:patch"),
    ("flwr.supernode.cli.flower_supernode", ("flower_supernode",), "gpu:patch"),
    ("flwr.serverapp.server_app", ("ServerApp.__call__",), "server_app:patch"),
    (
        "flwr.simulation.simulationio_connection",
        ("SimulationIoConnection.__init__",),
        "simulation:patch",
    ),
    # Processes that run a ServerApp import this one first; the SuperLink does too.
    ("flwr.server.run_serverapp", (), "patches:install_in_serverapp"),
)
"""Module, the names in it that its patch relies on, and the patch: a function of the module, in a
module of this package. It is only called when all the names are there."""

IN_SERVERAPP: tuple[Row, ...] = (
    ("flwr.serverapp.strategy.strategy", ("Strategy.start",), "strategy:patch"),
    ("flwr.server.server", ("Server.fit", "Server.fit_round"), "legacy:patch_server"),
    (
        "flwr.server.workflow.default_workflows",
        ("DefaultWorkflow.__call__",),
        "legacy:patch_workflow",
    ),
    ("flwr.serverapp.server_app", (), "inprocess:patch"),
    ("numpy", (), "checkpoints:patch_numpy"),
    ("torch", (), "checkpoints:patch_torch"),
    ("safetensors.numpy", (), "checkpoints:patch_safetensors"),
    ("safetensors.torch", (), "checkpoints:patch_safetensors"),
    ("joblib", (), "checkpoints:patch_joblib"),
)
"""The same, in processes that run a ServerApp only: every process of Flower's imports its parts."""

ONLY_WITH = {
    "logs:patch_logger": "FL_LOG_FORMAT",
    "gpu:patch": "FL_GPU_ENABLED",
    "inprocess:patch": "FL_METRICS_ENABLED",
}
"""Patches that do nothing without this setting: without it they are not even imported."""

USED = {
    "task_run_id": "_run_id",
    "task_node_id": "_node_id",
    "grid_client": "_runtime_client",
    "simulation_client": "_stub",
    "client_retry": "_retry_invoker",
    "client_push_events": "PushTaskEvents",
    "grid_send": "send_and_receive",
    "grid_push": "push_messages",
    "grid_pull": "pull_messages",
}
"""Attributes that are read where they are needed, under the hook's own names for them."""

TYPES = {
    "push_request": ("flwr.proto.runtime_pb2", "PushTaskEventsRequest"),
    "task_event": ("flwr.proto.task_pb2", "TaskEvent"),
}
"""Types that the hook makes objects of."""

_replaced: list[tuple[Any, str, Any]] = []
_installed_in_serverapp = False


def install() -> None:
    """Waits for all modules of the table; a second call does nothing."""
    if not finder.install():
        return
    for row in ANYWHERE:
        _register(row)


def install_in_serverapp(_: ModuleType | None = None) -> None:
    """Waits for the modules that only matter in a ServerApp."""
    global _installed_in_serverapp
    if not _installed_in_serverapp:
        _installed_in_serverapp = True
        for row in IN_SERVERAPP:
            _register(row)


def remove() -> None:
    """Undoes all of it, for tests and for programs that switch the hook off."""
    global _installed_in_serverapp
    finder.remove()
    while _replaced:
        owner, name, original = _replaced.pop()
        setattr(owner, name, original)
    _installed_in_serverapp = False


def replace(owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
    """Sets owner.name to wrap(what it is), which then looks like what it was.

    A name that `owner` only inherits, or that is wrapped already, is left alone.
    """
    original = vars(owner).get(name)
    if original is None or getattr(original, "__fl_wrapped__", None) is not None:
        return
    # Flower has loaded functools by now; a process without Flower has not.
    from functools import update_wrapper

    wrapper: Any = update_wrapper(wrap(original), original)
    wrapper.__fl_wrapped__ = original
    setattr(owner, name, wrapper)
    _replaced.append((owner, name, original))


def find(module: ModuleType, name: str) -> Any:
    """What a dotted name is in a module; None when it is not there, which is then noted."""
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is None:
        guard.moved(f"{module.__name__}.{name}")
    return found


def get(owner: Any, used: str) -> Any:
    """An attribute by its name in USED; None when it is not there, which is then noted."""
    name = USED[used]
    cls = owner if isinstance(owner, type) else type(owner)
    # Only the class is asked: the attribute itself may be a property that connects.
    if hasattr(cls, name) or name in getattr(owner, "__dict__", {}):
        return getattr(owner, name)
    guard.moved(f"{cls.__module__}.{cls.__qualname__}.{name}")
    return None


def get_type(used: str) -> Any:
    """A type by its name in TYPES; None when it is not there, which is then noted."""
    module_name, name = TYPES[used]
    try:
        module = __import__(module_name, fromlist=[name])
    except ImportError:
        guard.moved(module_name)
        return None
    return find(module, name)


def note_missing_modules() -> None:
    """Notes modules of Flower's that nobody can import any more, once Flower is loaded."""
    from importlib.util import find_spec

    for module, _, _ in (*ANYWHERE, *IN_SERVERAPP):
        parent = module.rpartition(".")[0]
        known = module in sys.modules or parent not in sys.modules
        if module.startswith("flwr.") and not known and find_spec(module) is None:
            guard.moved(module)


def _register(row: Row) -> None:
    module_name, names, target = row

    def patch(module: ModuleType) -> None:
        setting = ONLY_WITH.get(target)
        if setting is not None and settings.get(setting) is None:
            return
        # All are looked for, so that every missing one is told.
        found = [find(module, name) for name in names]
        function = _import(target) if None not in found else None
        if function is not None:
            function(module)

    finder.after_import(module_name, patch)


def _import(target: str) -> Callable[[ModuleType], None] | None:
    module_name, _, function = target.partition(":")
    path = f"{__package__}.{module_name}"
    try:
        __import__(path)
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        return None
    return getattr(sys.modules[path], function)  # type: ignore[no-any-return]
