"""Checkpoints that a ServerApp writes with the usual functions: numpy, torch, safetensors, joblib.

Only a path counts as a target: with an open file nobody knows here when it is complete. A file
that `tempfile` named is scratch of some library and not told, nor is what a ClientApp saves in a
simulation. For other ways of saving there is `log_fl_event("checkpoint_saved", ...)`.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import PurePath
from types import ModuleType
from typing import Any

from . import channel, client_app, guard, identity, patches

_saving: ContextVar[bool] = ContextVar("fl_saving", default=False)
_SCRATCH = re.compile(r"tmp[a-z0-9_]{8}")
"""How `tempfile` names what is not given another prefix."""

Saver = Callable[..., Any]


def patch_numpy(module: ModuleType) -> None:
    """`module` is `numpy`, whose functions put an ending to a name that has none."""
    _watch(module, "save", 0, "file", ".npy")
    _watch(module, "savez", 0, "file", ".npz")
    _watch(module, "savez_compressed", 0, "file", ".npz")


def patch_torch(module: ModuleType) -> None:
    """`module` is `torch`."""
    _watch(module, "save", 1, "f")


def patch_safetensors(module: ModuleType) -> None:
    """`module` is one of `safetensors.numpy`, `safetensors.torch` and their like."""
    _watch(module, "save_file", 1, "filename")


def patch_joblib(module: ModuleType) -> None:
    """`module` is `joblib`."""
    _watch(module, "dump", 1, "filename")


def _watch(module: ModuleType, name: str, position: int, keyword: str, ending: str = "") -> None:
    """Tells of each call of module.name that leaves a file; its target is the argument at
    `position` or the one called `keyword`."""

    def wrap(original: Saver) -> Saver:
        def save(*args: Any, **kwargs: Any) -> Any:
            if _saving.get() or client_app.is_working() or identity.round() is None:
                return original(*args, **kwargs)
            token = _saving.set(True)
            try:
                result = original(*args, **kwargs)
            finally:
                _saving.reset(token)
            _saved(args[position] if len(args) > position else kwargs.get(keyword), ending)
            return result

        return save

    patches.replace(module, name, wrap)


@guard.guarded
def _saved(target: Any, ending: str) -> None:
    if not isinstance(target, str | os.PathLike):
        return
    path = os.path.abspath(os.fsdecode(target))  # noqa: PTH100 (as the app named it: links stay)
    if not path.endswith(ending):
        path += ending
    if not os.path.isfile(path) or _is_scratch(path):  # noqa: PTH113
        return
    size = os.path.getsize(path)  # noqa: PTH202
    # 0 after all: the ServerApp may have ended in another thread meanwhile.
    channel.emit("checkpoint_saved", round=identity.round() or 0, path=path, size_bytes=size)


def _is_scratch(path: str) -> bool:
    parts = PurePath(path).parts
    directory = PurePath(os.path.abspath(tempfile.gettempdir())).parts  # noqa: PTH100
    inside = parts[: len(directory)] == directory
    return inside and _SCRATCH.match(parts[len(directory)]) is not None
