"""Starts the hook in a Python process: called from a .pth file or a sitecustomize.

Every Python process of the environment pays for this, so it only waits here, for Flower: a process
that does not import Flower imports nothing more of the hook's, and reads none of its files.
"""

import os
import sys

OLDEST = (3, 10)


def start() -> None:
    """Has the hook installed when Flower is imported. Never raises; more calls do nothing."""
    if sys.version_info >= OLDEST and _wait not in sys.meta_path:
        sys.meta_path.insert(0, _wait)
        if "flwr" in sys.modules:
            _install()


def _install() -> None:
    try:
        # The command that people call: no training in it, and the hook costs time.
        name = os.path.basename(sys.argv[0]) if sys.argv else ""  # noqa: PTH119
        if os.path.splitext(name)[0] == "flwr":  # noqa: PTH122
            return
        from . import settings

        if settings.enabled():
            from . import patches

            patches.install()
    except Exception:  # noqa: BLE001
        # Whatever happened to the hook's files: Flower must start.
        return


class _Wait:
    """Finds nothing, but learns of each import."""

    waiting = True

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        if self.waiting and name == "flwr":
            self.waiting = False
            _install()


_wait = _Wait()
