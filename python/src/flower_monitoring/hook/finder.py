"""Calls back right after a module was imported, without importing anything itself."""

from __future__ import annotations

import sys

from . import guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    Patch = Callable[[ModuleType], None]

_patches: dict[str, list[Patch]] = {}


def after_import(module: str, patch: Patch) -> None:
    """Calls `patch` with the module each time it is executed, and at once if it is loaded."""
    _patches.setdefault(module, []).append(patch)
    loaded = sys.modules.get(module)
    # A module that is being executed right now is patched when it is done.
    if loaded is not None and not getattr(loaded.__spec__, "_initializing", False):
        guard.guarded(patch)(loaded)


def install() -> bool:
    """Puts the finder before all others; False when it is there already."""
    if _finder in sys.meta_path:
        return False
    sys.meta_path.insert(0, _finder)
    return True


def remove() -> None:
    """Takes the finder and all callbacks away."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    _patches.clear()


class _Finder:
    """Lets the others find, and only has itself called after some of the modules."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _patches:
            return None
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            if finder is self or find_spec is None:
                continue
            spec: ModuleSpec | None = find_spec(name, path, target)
            if spec is not None:
                _watch(spec)
                return spec
        return None


@guard.guarded
def _watch(spec: ModuleSpec) -> None:
    """Replaces the loader's method in this one loader, so that its type stays what it is."""
    loader = spec.loader
    execute = getattr(loader, "exec_module", None)
    if execute is None:
        return

    def exec_module(module: ModuleType) -> None:
        # The loader stays reachable as module.__loader__: it gets its own method back first.
        vars(loader).pop("exec_module", None)
        execute(module)
        for patch in list(_patches.get(module.__name__, ())):
            guard.guarded(patch)(module)

    loader.exec_module = exec_module  # type: ignore[union-attr,method-assign]


_finder = _Finder()
