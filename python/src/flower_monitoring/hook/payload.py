"""The data of an event as JSON that any reader can take, and no larger than it may be."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

MAX_BYTES = 1024
"""As in the events' catalogue, which a training process does not import."""
MAX_STRING = 200
"""Characters that a string keeps when the whole is too large."""
CUT = "..."


def encode(data: Mapping[str, Any]) -> str | None:
    """One line of valid JSON; None when it cannot be made small enough.

    NaN and infinity become null. Of data that is too large the strings are cut, then the ends of
    its lists and objects are left out.
    """
    text = _dumps(clean(data))
    if _size(text) <= MAX_BYTES:
        return text
    short = {key: _cut(value) for key, value in data.items()}
    while _size(text := _dumps(clean(short))) > MAX_BYTES:
        largest = max(
            (key for key in short if isinstance(short[key], (dict, list)) and short[key]),
            key=lambda key: len(_dumps(clean(short[key]))),
            default=None,
        )
        if largest is None:
            return None
        short[largest] = _halve(short[largest])
    return text


def split(items: Sequence[Any] | Mapping[str, Any], room: int = MAX_BYTES - 224) -> Iterator[Any]:
    """The items in parts, each of which is at most `room` bytes of JSON (or a single item)."""
    is_mapping = isinstance(items, dict)
    part: list[Any] = []
    used = 2
    for item in items.items() if is_mapping else items:  # type: ignore[union-attr]
        # A pair's brackets and comma weigh at least as much as an object's colon and comma.
        size = _size(_dumps(clean(item))) + 1
        if part and used + size > room:
            yield dict(part) if is_mapping else part
            part, used = [], 2
        part.append(item)
        used += size
    if part:
        yield dict(part) if is_mapping else part


def clean(value: Any) -> Any:
    """The value with what JSON cannot say replaced: NaN and infinity by None, others by text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        # Half a surrogate pair, as in the name of a file that is no UTF-8, is no text to others.
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return clean(str(value))


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_STRING:
        # Bytes count: a character may be four of them, or six when it is escaped.
        return value[: MAX_STRING - len(CUT)] + CUT
    if isinstance(value, dict):
        return {_cut(str(key)): _cut(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cut(item) for item in value]
    return value


def _halve(value: Any) -> Any:
    keep = len(value) // 2
    return dict(list(value.items())[:keep]) if isinstance(value, dict) else value[:keep]


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _size(text: str) -> int:
    return len(text.encode())
