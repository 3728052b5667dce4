"""ServerApps are observed from their call on.

Every process of Flower's imports the ServerApp and few run one: what that needs is imported then.
"""

from __future__ import annotations

from . import guard, patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from .run import RunObserver


def patch(module: ModuleType) -> None:
    """`module` is `flwr.serverapp.server_app`."""
    patches.replace(module.ServerApp, "__call__", _call)


def _call(original: Callable[..., Any]) -> Callable[..., Any]:
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        observer = _begin(args, kwargs)
        if observer is None:
            return original(self, *args, **kwargs)
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            _end(observer, error)
            raise
        _end(observer, None)
        return result

    return __call__


@guard.guarded
def _begin(args: Any, kwargs: Any) -> RunObserver | None:
    from . import lifetime

    return lifetime.begin(args, kwargs)


@guard.guarded
def _end(observer: RunObserver, error: BaseException | None) -> None:
    from . import lifetime

    lifetime.end(observer, error)
