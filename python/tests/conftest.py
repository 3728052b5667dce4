"""The order of the suite: what waits for Flower starts first."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module that starts a federation takes longest, and must not be the last to start.

    With xdist this needs `--no-loadscope-reorder`, and `--dist loadfile`: the tests of such a
    module share one federation.
    """
    items.sort(key=lambda item: item.get_closest_marker("federation") is None)
