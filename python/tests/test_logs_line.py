"""One log record as one JSON object, whatever the record holds."""

from __future__ import annotations

import enum
import json
import logging
import random
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from flower_monitoring.events import span_id, trace_id
from flower_monitoring.json_lines import JsonFormatter, clean, is_blank, plain, timestamp


class Hostile:
    """Raises at everything that a formatter may ask of an object."""

    def _refuse(self, *_: object) -> Any:
        raise RuntimeError("hostile")

    __str__ = __repr__ = __eq__ = __format__ = __bool__ = __getattr__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class Colour(str, enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


def record(message: object = "hello", *args: object, **attributes: object) -> logging.LogRecord:
    made = logging.LogRecord("app", logging.INFO, "/srv/app/train.py", 7, message, args, None)
    vars(made).update(attributes)
    return made


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def line(made: logging.LogRecord, who: Callable[[], Mapping[str, Any]] = dict) -> dict[str, Any]:
    """The formatted record, parsed as strictly as JSON is."""
    text = JsonFormatter(who).format(made)
    assert text.isascii()
    assert "\n" not in text
    assert "\r" not in text
    parsed = json.loads(text, parse_constant=refuse_constant)
    assert isinstance(parsed, dict)
    return parsed


def test_a_plain_record() -> None:
    assert line(record("round %d", 3, created=1770647400.1239)) == {
        "timestamp": "2026-02-09T14:30:00.123Z",
        "level": "INFO",
        "logger": "app",
        "message": "round 3",
        "source": "train.py:7",
    }


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1770647400.9999, "2026-02-09T14:30:00.999Z"),
        (-0.5, "1969-12-31T23:59:59.500Z"),
    ],
)
def test_timestamps_are_cut_to_milliseconds_never_rounded_up(seconds: float, expected: str) -> None:
    assert timestamp(seconds) == expected


def test_an_event_has_its_name_and_data() -> None:
    data = {"v": 1, "ts": 1.5, "round": 5, "loss": float("nan"), "replies": [["7", 2.0, None, 9]]}
    told = line(record("round_end", fl_event="round_end", fl_data=data))
    assert told["event"] == "round_end"
    assert told["data"] == {**data, "loss": None}
    assert "extra" not in told


def test_who_logs_with_trace_and_span() -> None:
    who = {"run_id": "42", "node": "7", "round": 3, "message_type": "train"}
    told = line(record(), lambda: who)
    assert {key: told[key] for key in who} == who
    assert told["trace_id"] == trace_id("42")
    assert told["span_id"] == span_id("42", 3)


def test_no_span_without_a_round_and_no_trace_without_a_run() -> None:
    assert set(line(record(), lambda: {"run_id": "42", "round": None})) >= {"run_id", "trace_id"}
    assert "span_id" not in line(record(), lambda: {"run_id": "42", "round": None})
    assert not {"trace_id", "span_id", "run_id"} & set(line(record(), lambda: {"round": 3}))


def test_a_record_can_say_for_whom_it_is() -> None:
    told = line(record(fl_who={"run_id": "1"}), lambda: {"run_id": "2", "node": "7"})
    assert (told["run_id"], told["node"]) == ("1", "7")
    assert told["trace_id"] == trace_id(1)


def test_an_exception_is_inside_of_the_object() -> None:
    try:
        raise ValueError("bad \x1b[31mvalue\x1b[0m")
    except ValueError:
        told = line(record("failed", exc_info=sys.exc_info()))
    exception = told["exception"]
    assert (exception["type"], exception["message"]) == ("ValueError", "bad value")
    assert exception["stacktrace"].startswith("Traceback (most recent call last):\n")
    assert exception["stacktrace"].endswith("ValueError: bad value")


def test_an_exception_that_cannot_be_shown() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    told = line(record("failed", exc_info=(Silent, Silent(), None)))
    assert told["exception"]["message"] == "<Silent>"


@pytest.mark.parametrize("info", [True, (None, None, None), (1, 2), "x"])
def test_exc_info_without_an_exception(info: object) -> None:
    assert "exception" not in line(record(exc_info=info))


def test_extra_keeps_what_json_knows() -> None:
    told = line(
        record(seconds=1.5, node=7, labels={"a": (1, np.float32(0.5))}, model=object(), _private=1)
    )
    assert told["extra"] == {"seconds": 1.5, "node": 7, "labels": {"a": [1, 0.5]}}


def test_extra_cannot_replace_what_the_line_says() -> None:
    told = line(record(timestamp="x", level="x", logger="x", event="x"))
    assert told["level"] == "INFO"
    assert told["extra"]["level"] == "x"
    assert "event" not in told


def test_the_message_is_left_for_other_handlers() -> None:
    made = record("round %d", 3)
    line(made)
    assert made.message == "round 3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[92mINFO\x1b[0m", "INFO"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]0;no end", "0;no end"),
        ("\x1bPdevice\x1b\\text", "text"),
        ("\x1b(Btext\x1b", "text"),
        ("\x9b1mtext", "text"),
        ("┌─ Flower ─┐ [1m", "┌─ Flower ─┐ [1m"),
        ("half \ud800 character", "half ? character"),
    ],
)
def test_terminal_codes_go_and_everything_else_stays(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("made", "blank"),
    [
        (record(""), True),
        (record(" \t\n"), True),
        (record("%s", " "), True),
        (record("\x1b[0m"), True),
        (record("x"), False),
        (record("", exc_info=(ValueError, ValueError(), None)), False),
        (record("", fl_event="round_end"), False),
    ],
)
def test_which_records_say_nothing(made: logging.LogRecord, blank: bool) -> None:
    assert is_blank(made) is blank


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("inf"), None),
        (np.float64("nan"), None),
        (np.int64(3), 3),
        (np.array(2.5), 2.5),
        (Colour.RED, "red"),
        (Number.ONE, 1),
        ((1, [True, None]), [1, [True, None]]),
        ({1: "a", 1.5: "b"}, {"1": "a", "1.5": "b"}),
    ],
)
def test_values_become_what_json_knows(value: object, expected: object) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


@pytest.mark.parametrize("value", [object(), {1}, b"x", {(1, 2): 3}, np.zeros(2), 1j])
def test_other_values_do_not(value: object) -> None:
    with pytest.raises(TypeError):
        plain(value)


def test_a_value_within_itself_does_not_either() -> None:
    own: list[object] = []
    own.append(own)
    with pytest.raises(ValueError, match="nested more than"):
        plain(own)
    assert "extra" not in line(record(own=own))


ODD: tuple[Callable[[random.Random], object], ...] = (
    lambda rng: "".join(chr(rng.choice([*range(0x300), 0xD800, 0x1F600])) for _ in range(9)),
    lambda rng: "%s %d %(name)s %"[: rng.randint(0, 14)],
    lambda rng: rng.choice([float("nan"), float("-inf"), 10**400, -0.0, 1e308]),
    lambda rng: rng.choice([Hostile(), [Hostile()], {Hostile: 1}, (Hostile(),)]),
    lambda rng: rng.choice([None, True, b"\xff", object, ..., np.zeros(3), {"a": {1, 2}}]),
)


def odd(rng: random.Random) -> Any:
    return rng.choice(ODD)(rng)


def test_no_record_is_too_odd() -> None:
    """Any record is one object on one line, with a time and a level."""
    rng = random.Random(4)
    attributes = [*vars(record()), "fl_event", "fl_data", "fl_who", "mine", "color_message"]
    for _ in range(4000):
        made = record(odd(rng), *(odd(rng) for _ in range(rng.randint(0, 3))))
        for name in rng.sample(attributes, rng.randint(0, 4)):
            setattr(made, name, odd(rng))
        is_blank(made)
        told = line(made, lambda: {"run_id": odd(rng), "round": odd(rng)})
        assert re.fullmatch(r"\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["timestamp"])
        assert isinstance(told["level"], str)
        assert "\x1b" not in json.dumps(told, ensure_ascii=False)
