"""Fields of an event's data, checked: what an app or an old hook sends can be anything.

Each reader gives None for a field that is missing or null, and raises InvalidEvent for one that is
of another kind than the catalogue says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 200
"""Characters that a label value keeps."""
MAX_NUMBER = 1e300


class InvalidEvent(Exception):
    """The data is not what the catalogue says of this event."""


def number(data: Mapping[str, Any], name: str) -> float | None:
    """A finite number."""
    value = data.get(name)
    return None if value is None else as_number(value, name)


def seconds(data: Mapping[str, Any], name: str) -> float | None:
    """A number that is not negative."""
    value = number(data, name)
    return None if value is None else max(value, 0.0)


def count(data: Mapping[str, Any], name: str) -> int | None:
    """A whole number that is not negative."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 2**63:
        raise InvalidEvent(name)
    return value


def round_of(data: Mapping[str, Any]) -> int:
    """The round, which must be there."""
    value = count(data, "round")
    if value is None:
        raise InvalidEvent("round")
    return value


def text(data: Mapping[str, Any], name: str) -> str | None:
    """A string, made fit for a label."""
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidEvent(name)
    return label(value)


def choice(data: Mapping[str, Any], name: str, allowed: tuple[str, ...], other: str) -> str:
    """A string of a closed list; `other` for one that is not on it, or missing."""
    value = text(data, name)
    return value if value in allowed else other


def mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object; an empty one when it is missing."""
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidEvent(name)
    return value


def items(data: Mapping[str, Any], name: str) -> list[Any]:
    """An array; an empty one when it is missing."""
    value = data.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidEvent(name)
    return value


def node_id(value: Any) -> str:
    """A node's id as decimal digits; empty when it is unknown."""
    if value is None:
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,20}", value, re.ASCII):
        raise InvalidEvent("node_id")
    return value


def as_number(value: Any, name: str) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidEvent(name)
    if not abs(value) <= MAX_NUMBER or math.isnan(value):
        raise InvalidEvent(name)
    return float(value)


def label(value: str) -> str:
    """Text that any label may have: not too long, no half characters that UTF-8 cannot say."""
    return value[:MAX_TEXT].encode("utf-8", "replace").decode()
