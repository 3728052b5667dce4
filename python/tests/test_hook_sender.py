"""The queue of events: they leave in order when they can, and nothing ever waits for them."""

from __future__ import annotations

import os
import threading

import pytest

from flower_monitoring.hook import sender
from flower_monitoring.hook.sender import Sender
from flower_monitoring.hook.transports import Refused, TryLater
from hook_sender import Out, filled


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FL_EVENT_SOCKET", raising=False)


def test_events_leave_in_order_and_together() -> None:
    out = Out()
    assert filled(out, "a", "b", "c").flush(5)
    assert [[name for name, _ in batch] for batch in out.batches] == [["a", "b", "c"]]


def test_of_several_phases_in_a_batch_only_the_last_leaves() -> None:
    out = Out()
    assert filled(out, "round_phase", "a", "round_phase", "b").flush(5)
    assert out.names == ["a", "round_phase", "b"]


def test_many_events_leave_without_waiting_for_more() -> None:
    out = Out()
    assert filled(out, *(str(i) for i in range(950))).flush(5)
    assert out.names == [str(i) for i in range(950)]
    assert max(len(batch) for batch in out.batches) == sender.MAX_BATCH


def test_a_superlink_that_is_away_gets_the_events_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender, "FIRST_PAUSE_SECONDS", 0.01)
    out = Out(TryLater(), TryLater())
    assert filled(out, "a", "b").flush(5)
    assert out.names == ["a", "b"]


def test_a_refusal_is_for_good_and_counted() -> None:
    out = Out(Refused())
    queue = filled(out, "a", "b")
    assert queue.flush(5)
    queue.put("c", "{}")
    assert queue.flush(5)
    assert (out.names, queue.dropped) == ([], 2)


def test_events_that_break_the_way_out_do_not_block_it() -> None:
    out = Out(ValueError("these"))
    queue = filled(out, "a", "b")
    assert queue.flush(5)
    queue.put("c", "{}")
    assert queue.flush(5)
    assert (out.names, queue.dropped) == (["c"], 2)


def test_a_full_queue_drops_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "MAX_QUEUED", 3)
    taken, released = threading.Event(), threading.Event()

    def hold() -> None:
        taken.set()
        released.wait(30)

    out = Out(hold)
    queue = Sender(batch_seconds=0)
    queue.use(out)
    queue.put("first", "{}")
    assert taken.wait(30)
    for i in range(5):
        queue.put(str(i), "{}")
    assert queue.dropped == 2
    released.set()
    assert queue.flush(5)
    assert out.names == ["first", "0", "1", "2"]


def test_flush_does_not_wait_for_a_superlink_that_hangs() -> None:
    released = threading.Event()
    queue = filled(Out(lambda: released.wait(30)), "a")
    assert not queue.flush(0.05)
    released.set()
    assert queue.flush(5)


def test_without_a_way_out_nothing_is_kept_and_nothing_is_started() -> None:
    queue = filled(None, "a", "b")
    assert (queue.dropped, queue.started) == (0, False)
    assert queue.flush(5)


def test_a_forked_child_sends_none_of_its_parents_events() -> None:
    released = threading.Event()
    out = Out(lambda: released.wait(30))
    queue = filled(out, "a")
    child = os.fork()
    if child == 0:
        queue.put("b", "{}")
        os._exit(0 if queue.flush(5) and not queue.started else 1)
    assert os.waitpid(child, 0)[1] == 0
    released.set()
    assert queue.flush(5)
    assert out.names == ["a"]
