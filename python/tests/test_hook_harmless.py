"""Whatever the hook does, and whatever is done to it, training gives the same, bit for bit."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg

from flower_monitoring.hook import (
    channel,
    figures,
    grid,
    guard,
    lifetime,
    patches,
    payload,
    run,
    simulation,
    tell,
    transports,
)
from flower_monitoring.hook import messages as messages_seen
from flower_monitoring.hook import strategy as hook_strategy
from hook_apps import APPS, Drawing, Outcome, outcome
from hook_support import hooked
from local_grid import LocalGrid


@pytest.fixture(scope="module")
def unhooked() -> Outcome:
    return outcome()


def test_the_results_are_the_same_with_and_without_the_hook(unhooked: Outcome) -> None:
    with hooked() as told:
        assert outcome() == unhooked
    assert len(told.of("training_end")) == len(APPS)
    assert guard.errors == 0
    assert outcome() == unhooked


def test_nothing_is_left_behind_when_the_hook_is_removed() -> None:
    before = {cls: dict(vars(cls)) for cls in (FedAvg, Drawing, ServerApp, LocalGrid)}
    with hooked():
        outcome()
    assert {cls: dict(vars(cls)) for cls in before} == before


ROWS = (*patches.ANYWHERE, *patches.IN_SERVERAPP)
ROW_NAMES = [(row[0], name) for row in ROWS for name in row[1]]


def _moved(name: str) -> str:
    return f"{name}_moved"


@pytest.mark.parametrize(("module", "name"), ROW_NAMES)
def test_a_patched_name_that_has_moved_is_one_warning(
    module: str,
    name: str,
    unhooked: Outcome,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def rename(row: patches.Row) -> patches.Row:
        names = tuple(_moved(n) if (row[0], n) == (module, name) else n for n in row[1])
        return (row[0], names, row[2])

    monkeypatch.setenv("FL_GPU_ENABLED", "YES")
    for table in ("ANYWHERE", "IN_SERVERAPP"):
        rows = getattr(patches, table)
        monkeypatch.setattr(patches, table, tuple(rename(row) for row in rows))
    __import__(module)
    _assert_harmless(unhooked, caplog, f"{module}.{_moved(name)}")


@pytest.mark.parametrize("used", patches.USED)
def test_a_used_name_that_has_moved_is_one_warning(
    used: str,
    unhooked: Outcome,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = _moved(patches.USED[used])
    monkeypatch.setitem(patches.USED, used, name)
    if used == "simulation_client":
        monkeypatch.setattr(simulation, "_connection", lambda: object())
    _assert_harmless(unhooked, caplog, name)


@pytest.mark.parametrize("used", patches.TYPES)
def test_a_type_that_has_moved_is_one_warning(
    used: str,
    unhooked: Outcome,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    module, name = patches.TYPES[used]
    monkeypatch.setitem(patches.TYPES, used, (module, _moved(name)))
    _assert_harmless(unhooked, caplog, f"{module}.{_moved(name)}")


def test_modules_that_have_moved_are_one_warning(
    unhooked: Outcome, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = next(row for row in patches.ANYWHERE if row[0] == "flwr.serverapp.server_app")
    monkeypatch.setattr(patches, "ANYWHERE", (kept,))
    rows = tuple((_moved(row[0]), *row[1:]) for row in patches.IN_SERVERAPP)
    monkeypatch.setattr(patches, "IN_SERVERAPP", rows)
    _assert_harmless(unhooked, caplog, "flwr.serverapp.strategy.strategy_moved")


def _assert_harmless(unhooked: Outcome, caplog: pytest.LogCaptureFixture, name: str) -> None:
    caplog.clear()
    with caplog.at_level(logging.WARNING, "flwr"), hooked():
        assert outcome() == unhooked
        guard.warn_moved()  # As at the end of the process.
        assert any(moved.endswith(name) for moved in guard.moved_names())
    told = [record for record in caplog.records if "flower-monitoring" in record.getMessage()]
    assert len(told) == 1
    assert name in told[0].getMessage()


BREAKABLE: list[tuple[Any, str]] = [
    (channel, "emit"),
    (figures, "numbers"),
    (messages_seen, "Content"),
    (messages_seen, "Seen"),
    (grid, "watch"),
    (patches, "get"),
    (patches, "install_in_serverapp"),
    (patches, "note_missing_modules"),
    (payload, "_dumps"),
    (run, "RunObserver"),
    (run, "Round"),
    (run, "Sent"),
    (lifetime, "_transport"),
    (hook_strategy, "drive"),
    (hook_strategy, "Session"),
    (tell, "round_end"),
    (tell, "round_phase"),
    (tell, "training_start"),
    (transports, "TaskEvents"),
]


@pytest.mark.parametrize(("owner", "name"), BREAKABLE, ids=[name for _, name in BREAKABLE])
def test_whatever_of_the_hook_fails_is_swallowed_and_counted(
    owner: Any, name: str, unhooked: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("sabotage")

    with hooked(broken=True):
        monkeypatch.setattr(owner, name, fail)
        assert outcome() == unhooked
        assert guard.errors > 0
        monkeypatch.undo()
