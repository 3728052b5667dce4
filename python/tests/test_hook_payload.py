"""Data of events: always valid JSON, never too large, and the right numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from flower_monitoring import events
from flower_monitoring.hook import figures, payload, transports
from flower_monitoring.hook.payload import MAX_BYTES, encode, split


def test_the_hooks_copies_of_the_catalogues_numbers_are_the_same() -> None:
    assert payload.MAX_BYTES == events.MAX_BYTES
    assert transports.PREFIX == events.PREFIX


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("-inf"), None),
        (1.5, 1.5),
        (2**63, 2**63),
        (True, True),
        ("caf\u00e9", "caf\u00e9"),
        ("half \ud800", "half ?"),
        ((1, [float("inf")]), [1, [None]]),
        ({1: {2}}, {"1": "{2}"}),
    ],
)
def test_what_json_cannot_say_is_replaced(value: Any, expected: Any) -> None:
    text = encode({"value": value})
    assert text is not None
    assert json.loads(text) == {"value": expected}
    text.encode()


@pytest.mark.parametrize(
    "data",
    [
        {"path": "x" * 5000, "round": 3},
        {"path": "\u20ac" * 5000, "round": 3},
        {"a": "x" * 900, "b": "y" * 900, "round": 3},
        {"items": list(range(10_000)), "round": 3},
        {"items": {f"name {i}": i for i in range(1000)}, "round": 3},
        {"items": [["x" * 300] * 3] * 30, "round": 3},
        {"one": list(range(500)), "two": list(range(300)), "round": 3},
    ],
)
def test_too_large_data_is_cut_at_its_largest_parts(data: dict[str, Any]) -> None:
    text = encode(data)
    assert text is not None
    assert MAX_BYTES / 5 < len(text.encode()) <= MAX_BYTES
    kept = json.loads(text)
    assert list(kept) == list(data)
    assert kept["round"] == 3


def test_a_string_that_was_cut_shows_it() -> None:
    text = encode({"path": "x" * 5000})
    assert text is not None
    assert json.loads(text)["path"].endswith("x...")


def test_data_of_the_full_size_is_left_alone() -> None:
    data = {"path": "x" * (MAX_BYTES - len('{"path":""}'))}
    text = encode(data)
    assert text is not None
    assert json.loads(text) == data


def test_data_with_too_many_fields_cannot_be_an_event() -> None:
    assert encode({f"field {i}": i for i in range(200)}) is None


def test_parts_of_a_list_hold_all_of_it_in_order() -> None:
    items = [[str(10**18 + i), 1.5, i, 400] for i in range(200)]
    parts = list(split(items))
    assert [item for part in parts for item in part] == items
    for part in parts:
        text = encode({"v": 1, "ts": 1.0e9, "round": 10**6, "phase": "evaluate", "replies": part})
        assert text is not None
        assert json.loads(text)["replies"] == part


def test_parts_of_an_object_hold_all_of_it() -> None:
    items = {"\u00e9" * (i % 90) + str(i): 1 / (i + 3) for i in range(200)}
    parts = list(split(items))
    assert {k: v for part in parts for k, v in part.items()} == items
    for part in parts:
        text = encode({"v": 1, "ts": 1.0e9, "round": 10**6, "phase": "evaluate", "metrics": part})
        assert text is not None
        assert json.loads(text)["metrics"] == part


def test_nothing_has_no_parts_and_a_single_large_item_is_one() -> None:
    assert list(split([])) == []
    assert list(split({})) == []
    assert list(split(["x" * 2000])) == [["x" * 2000]]


def test_only_single_numbers_are_metrics() -> None:
    given = {
        "float": 1.5,
        "int": 3,
        "bool": True,
        "numpy": np.float32(0.5),
        "numpy_int": np.int64(7),
        "list": [1.0],
        "array": np.zeros(3),
        "text": "x",
        "bytes": b"x",
        "none": None,
        "n" * 300: 1,
    }
    assert figures.numbers(given) == {
        "float": 1.5,
        "int": 3,
        "bool": 1,
        "numpy": 0.5,
        "numpy_int": 7,
        "n" * 100: 1,
    }
    assert figures.numbers(None) == figures.numbers(3) == figures.numbers([1]) == {}


@pytest.mark.parametrize(
    ("sources", "loss", "accuracy"),
    [
        ([], None, None),
        ([{}], None, None),
        ([{"loss": 1.0, "a_loss": 2.0}], 1.0, None),
        ([{"z_loss": 1.0, "a_loss": 2.0, "losses": 3.0}], 2.0, None),
        ([{"x": 1.0}, {"eval_loss": 2.0}, {"loss": 3.0}], 2.0, None),
        ([{"accuracy": 0.5, "acc": 0.25}], None, 0.5),
        ([{"b_accuracy": 0.5, "a_acc": 0.25}], None, 0.5),
        ([{"acc": 0.5, "a_acc": 0.25}], None, 0.5),
        ([{"b_acc": 0.5, "a_acc": 0.25}], None, 0.25),
        ([{"loss": 0}], 0, None),
    ],
)
def test_loss_and_accuracy_are_found_by_their_names(
    sources: list[dict[str, float]], loss: float | None, accuracy: float | None
) -> None:
    assert figures.loss(sources) == loss
    assert figures.accuracy(sources) == accuracy


def test_a_setting_names_the_only_metric_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FL_LOSS_METRIC", "perplexity")
    assert figures.loss([{"loss": 1.0}, {"perplexity": 2.0}]) == 2.0
    assert figures.loss([{"loss": 1.0}]) is None
