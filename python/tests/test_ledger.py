"""The run ledger: right totals with few calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import FakeControlApi, finished
from flower_monitoring.exporter.ledger import HEADROOM, MAX_SINGLE, PAGE, RunLedger
from flower_monitoring.exporter.model import ControlApiError, Run

OLD = 900_000.0
"""Long before the fake SuperLink's clock, so that such a run is settled."""


def sent(ledger: RunLedger, api: FakeControlApi) -> dict[int, int]:
    api.calls.clear()
    return {run.run_id: run.bytes_sent for run in ledger.refresh(api)[1]}


def test_first_refresh_reads_every_page() -> None:
    api = FakeControlApi(runs=[finished(n, OLD, sent=n) for n in range(2 * PAGE + 1)])
    assert sent(RunLedger(), api) == {n: n for n in range(2 * PAGE + 1)}
    assert api.calls == [f"list_runs {PAGE} {skip}" for skip in (0, PAGE, 2 * PAGE)]


def test_settled_runs_are_not_read_again() -> None:
    api = FakeControlApi(runs=[finished(n, OLD, sent=n) for n in range(1000)])
    ledger = RunLedger()
    sent(ledger, api)
    assert sum(sent(ledger, api).values()) == sum(range(1000))
    assert api.calls == [f"list_runs {HEADROOM} 0"]


def test_moving_runs_grow_and_new_runs_appear() -> None:
    api = FakeControlApi(runs=[finished(n, OLD, sent=1) for n in range(20)])
    api.runs.append(Run(20, "running", bytes_sent=5))
    ledger = RunLedger()
    sent(ledger, api)
    api.change(Run(20, "running", bytes_sent=9))
    api.runs.append(Run(21, "pending"))
    runs = sent(ledger, api)
    assert (len(runs), runs[20], runs[21]) == (22, 9, 0)
    assert api.calls == [f"list_runs {HEADROOM + 1} 0"]


def test_a_moving_run_below_many_newer_ones_is_read_by_itself() -> None:
    api = FakeControlApi(runs=[Run(0, "running", bytes_sent=1)])
    api.runs += [finished(n, OLD) for n in range(1, 300)]
    ledger = RunLedger()
    sent(ledger, api)
    api.change(Run(0, "running", bytes_sent=7))
    assert sent(ledger, api)[0] == 7
    assert api.calls == [f"list_runs {HEADROOM + 1} 0", "get_run 0"]


def test_too_many_moving_runs_below_are_read_by_page() -> None:
    moving = MAX_SINGLE + 1
    api = FakeControlApi(runs=[Run(n, "running") for n in range(moving)])
    api.runs += [finished(n, OLD) for n in range(moving, moving + 2 * PAGE)]
    ledger = RunLedger()
    sent(ledger, api)
    api.change(Run(3, "running", bytes_sent=8))
    assert sent(ledger, api)[3] == 8
    assert not any(call.startswith("get_run") for call in api.calls)


def test_a_run_is_read_again_for_a_minute_after_its_end() -> None:
    api = FakeControlApi(runs=[finished(n, OLD) for n in range(50)])
    api.runs.insert(0, finished(99, api.now, sent=10))
    ledger = RunLedger()
    sent(ledger, api)
    api.change(finished(99, api.now, sent=12))
    api.now += 30
    assert sent(ledger, api)[99] == 12
    api.now += 31
    assert sent(ledger, api)[99] == 12
    api.change(finished(99, OLD, sent=13))
    assert sent(ledger, api)[99] == 12, "settled, so not read again"


def test_more_new_runs_than_a_page_are_all_found() -> None:
    api = FakeControlApi(runs=[finished(n, OLD) for n in range(10)])
    ledger = RunLedger()
    sent(ledger, api)
    api.runs += [finished(n, api.now, sent=1) for n in range(10, 10 + 2 * PAGE)]
    assert sum(sent(ledger, api).values()) == 2 * PAGE


@pytest.mark.parametrize("runs_after", [0, 1, HEADROOM, 3 * PAGE])
def test_a_superlink_that_lost_its_database_starts_the_totals_again(runs_after: int) -> None:
    api = FakeControlApi(runs=[finished(n, OLD, sent=100) for n in range(50)])
    ledger = RunLedger()
    sent(ledger, api)
    api.runs = [finished(1000 + n, OLD, sent=1) for n in range(runs_after)]
    assert sum(sent(ledger, api).values()) == runs_after


def test_a_moving_run_that_vanished_makes_it_read_all_again() -> None:
    api = FakeControlApi(runs=[finished(n, OLD) for n in range(50)])
    api.runs.insert(0, Run(99, "running"))
    ledger = RunLedger()
    sent(ledger, api)
    api.runs.pop(0)
    assert 99 not in sent(ledger, api)


def test_a_failed_refresh_keeps_what_was_known() -> None:
    api = FakeControlApi(runs=[finished(n, OLD, sent=1) for n in range(30)])
    ledger = RunLedger()
    sent(ledger, api)
    api.broken = {"list_runs"}
    with pytest.raises(ControlApiError):
        ledger.refresh(api)
    api.broken = set()
    api.runs[-1] = replace(api.runs[-1], bytes_sent=2)
    assert sum(sent(ledger, api).values()) == 31
    assert api.calls == [f"list_runs {HEADROOM} 0"]
