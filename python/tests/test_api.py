"""`log_fl_event`: what an app may say, and what becomes of it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from catalogue import check
from flower_monitoring import log_fl_event
from flower_monitoring.hook import channel, guard
from processes import SRC
from recording import Events, recorded_events, recorded_log


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Events]:
    monkeypatch.setattr(guard, "errors", 0)
    with recorded_events() as events:
        yield events
    assert guard.errors == 0


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    with recorded_log() as seen:
        yield seen


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_event_is_logged_once_and_sent_once(
    log_format: str, told: Events, records: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FL_LOG_FORMAT", log_format)
    data = {"round": 3, "path": "/models/3.npz", "size_bytes": 100}
    log_fl_event("checkpoint_saved", data, level=logging.WARNING)
    check(told)
    [(event, sent)] = told
    assert event == "checkpoint_saved"
    assert data.items() <= sent.items()
    [record] = records
    assert (record.levelname, record.filename) == ("WARNING", "test_api.py")
    assert record.getMessage() == f"checkpoint_saved: {sent}"
    assert (vars(record)["fl_event"], vars(record)["fl_data"]) == (event, sent)


@pytest.mark.parametrize("name", ["early_stop", "fl.early_stop"])
def test_names_of_ones_own(name: str, told: Events, records: list[logging.LogRecord]) -> None:
    log_fl_event(name)
    [(event, data)] = told
    assert (event, set(data)) == ("early_stop", {"v", "ts"})
    assert records[0].levelname == "INFO"


def test_any_key_but_the_reserved_ones(told: Events) -> None:
    log_fl_event("x", {"event": 1, "data": 2, "level": 3, "self": 4})
    assert {"event": 1, "data": 2, "level": 3, "self": 4}.items() <= told[0][1].items()


def test_numbers_of_other_libraries_and_nan(told: Events) -> None:
    log_fl_event("x", {"loss": np.float32(0.5), "count": np.int64(3), "nan": float("nan")})
    _, data = told[0]
    assert (data["loss"], data["count"], data["nan"]) == (0.5, 3, None)
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_the_apps_data_is_not_kept(told: Events) -> None:
    data = {"values": [1]}
    log_fl_event("x", data)
    data["values"].append(2)
    assert told[0][1]["values"] == [1]


@pytest.mark.parametrize(
    ("event", "data", "error", "message"),
    [
        (5, {}, TypeError, "event is a int; give its name"),
        ("", {}, ValueError, "event is ''; give at most 64 letters"),
        ("fl.", {}, ValueError, "event is 'fl.'; give"),
        ("a b", {}, ValueError, "event is 'a b'; give"),
        ("x" * 65, {}, ValueError, "give at most 64"),
        ("x", [1], TypeError, "data is a list; give a dict"),
        ("x", {1: 2}, TypeError, "data has the key 1; give strings"),
        ("x", {"ts": 2}, ValueError, "data has the key 'ts', which is added to every event"),
        ("x", {"m": object()}, TypeError, r"data\['m'\] cannot be JSON: object is nothing"),
        ("x", {"m": np.zeros(2)}, TypeError, r"data\['m'\] cannot be JSON: ndarray is nothing"),
    ],
)
def test_wrong_use_is_told_at_once(
    event: Any,
    data: Any,
    error: type[Exception],
    message: str,
    told: Events,
    records: list[logging.LogRecord],
) -> None:
    with pytest.raises(error, match=message):
        log_fl_event(event, data)
    assert told == []
    assert records == []


@pytest.mark.parametrize("level", ["INFO", None, True])
def test_a_level_is_a_number(level: Any) -> None:
    with pytest.raises(TypeError, match="level is a "):
        log_fl_event("x", level=level)


def test_what_goes_wrong_later_is_not_the_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no socket")

    monkeypatch.setattr(guard, "errors", 0)
    monkeypatch.setattr(channel.sender, "put", refuse)
    log_fl_event("x")
    assert guard.errors == 1


def test_from_many_threads(told: Events) -> None:
    threads = [threading.Thread(target=log_fl_event, args=("x", {"thread": n})) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(data["thread"] for _, data in told) == list(range(20))


def test_without_the_hook_and_without_flower() -> None:
    """An app that runs alone, in a test of its own say: a log record and nothing else."""
    code = """
import logging, sys
from flower_monitoring import log_fl_event
logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(fl_event)s %(fl_data)s")
log_fl_event("early_stop", {"round": 3})
assert "flwr" not in sys.modules
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr.startswith("flwr INFO early_stop {'v': 1, 'ts': ")
    assert ran.stderr.endswith(", 'round': 3}\n")
