"""Holds events against the catalogue: whatever a real federation told must be as documented."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from flower_monitoring.events import ALL, MAX_BYTES


@cache
def _validator(name: str) -> Any:
    return jsonschema.Draft202012Validator(ALL[name].schema())


def check(told: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Raises for an event that is unknown, breaks its schema, or is too long."""
    for name, data in told:
        assert name in ALL, f"no event {name} is documented"
        _validator(name).validate(data)
        assert set(data) <= set(ALL[name].schema()["properties"]), f"{name}: {data}"
        assert len(json.dumps(data)) <= MAX_BYTES + 64, f"{name} has {len(json.dumps(data))} bytes"
