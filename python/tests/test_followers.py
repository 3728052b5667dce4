"""Which runs are read at a poll, and that each event counts once, whatever is read how often."""

from __future__ import annotations

import threading

import pytest

from fakes import FakeClock, FakeControlApi, finished, running, story
from flower_monitoring.exporter.follow import Followed, FollowSettings
from flower_monitoring.exporter.followers import GIVE_UP_AFTER, THREADS, Followers
from flower_monitoring.exporter.model import EventsAnswer, Run, RunsAnswer
from flower_monitoring.exporter.state import Store
from following import TTL, everything, made, of_totals, refresh, told


def test_a_live_run_is_read_from_where_reading_ended() -> None:
    api = FakeControlApi(runs=[running(7)])
    followers = made(api)
    told(api, upto=5)
    refresh(followers, api)
    assert followers.runs[7].training.totals.rounds == 0
    for event, data in story()[5:7]:
        api.tell(7, event, **data)
    refresh(followers, api)
    run = followers.runs[7].training
    assert (run.totals.rounds, run.round) == (1, 2)
    asked = [call for call in api.calls if call.startswith("run_events")]
    assert asked == ["run_events 7 0", "run_events 7 5"]
    assert not any(call.startswith("run_logs") for call in api.calls)


@pytest.mark.parametrize("cut", range(len(story()) + 1))
def test_reading_any_beginning_again_changes_nothing(cut: int) -> None:
    """Another exporter after a restart, or an answer that comes twice, ends in the same state."""
    api = FakeControlApi(runs=[running(7)])
    told(api)
    events = tuple(api.events[7])
    whole, broken = (Followed(api.runs[0], FollowSettings()) for _ in range(2))
    whole.take_events(EventsAnswer(events, True))
    broken.take_events(EventsAnswer(events[:cut], False))
    broken.take_events(EventsAnswer(events[:cut], True))
    broken.take_events(EventsAnswer(events, True))
    assert everything(broken.training) == everything(whole.training)


def test_a_new_exporter_has_the_same_sums_of_live_ended_and_old_runs() -> None:
    api = FakeControlApi(runs=[finished(1, 0.0), finished(2, 999_990.0), running(3)])
    for run_id in (1, 2, 3):
        told(api, run_id)
    first, second = made(api), made(api)
    refresh(first, api)
    api.now += 10
    refresh(first, api)
    refresh(second, api)
    assert of_totals(first.totals()) == of_totals(second.totals())
    assert first.totals().rounds == 9
    assert 1 not in first.runs, "only its sums are kept"


def test_a_run_that_ended_is_read_once_more_and_then_never_again() -> None:
    api = FakeControlApi(runs=[running(7)])
    told(api, upto=3)
    followers = made(api)
    assert refresh(followers, api) == []
    for event, data in story()[3:]:
        api.tell(7, event, **data)
    api.finish(7)
    (ended,) = refresh(followers, api)
    assert (ended.training.outcome, ended.ended) == ("complete", None)
    assert followers.pending == 0
    api.calls.clear()
    assert refresh(followers, api) == []
    assert api.calls == []


@pytest.mark.parametrize(
    ("sub_status", "outcome"),
    [("failed", "failed"), ("stopped", "stopped"), ("completed", "complete")],
)
def test_the_end_of_a_run_that_cannot_say_it_is_flowers(sub_status: str, outcome: str) -> None:
    api = FakeControlApi(runs=[running(7)])
    told(api, upto=7)
    followers = made(api)
    refresh(followers, api)
    api.now += 60
    api.finish(7, sub_status, "No heartbeat received from the task")
    (ended,) = refresh(followers, api)
    assert ended.training.outcome == outcome
    assert ended.ended == {
        "v": 1,
        "ts": api.now,
        "total_rounds": 1,
        "final_loss": 1.0,
        "final_accuracy": 0.5,
        "total_duration_seconds": 60.0,
        "status": outcome,
        "error_type": "No heartbeat received from the task",
    }
    assert ended.training.totals.events["training_end"] == 1


def test_an_app_that_fails_after_its_training_has_failed() -> None:
    api = FakeControlApi(runs=[running(7)])
    told(api)
    api.finish(7, "failed", "ServerApp failed with exception")
    (ended,) = refresh(made(api), api)
    assert ended.training.outcome == "failed"
    assert ended.ended is not None
    assert ended.ended["total_rounds"] == 3


def test_data_that_is_no_json_object_is_counted_and_foreign_events_are_not() -> None:
    api = FakeControlApi(runs=[running(7)])
    for event, data in (
        ("fl.round_end", "no"),
        ("fl.round_end", "[1]"),
        ("fl.x", "[" * 99_999),
        ("chat", "{}"),
    ):
        api.tell_text(7, event, data)
    followers = made(api)
    refresh(followers, api)
    totals = followers.totals()
    assert totals.invalid == {"json": 3}
    assert totals.events == {}


def test_more_events_than_fit_in_an_answer_are_read_over_some_polls() -> None:
    api = FakeControlApi(runs=[running(7)], at_once=4)
    told(api)
    followers = made(api)
    refresh(followers, api)
    assert not followers.replayed, "half of its events are no basis for counters"
    for _ in range(10):
        refresh(followers, api)
    assert followers.replayed
    assert followers.totals().rounds == 3


def test_a_superlink_that_lost_its_database_starts_everything_at_zero() -> None:
    api = FakeControlApi(runs=[finished(1, 0.0), running(7)])
    told(api, 1)
    told(api, 7)
    followers = made(api)
    refresh(followers, api)
    api.runs, api.events, api.next_event = [running(8)], {}, 1
    told(api, 8, upto=7)
    refresh(followers, api)
    assert followers.runs.keys() == {8}
    assert followers.totals().rounds == 1


def test_a_restarted_superlink_with_its_database_goes_on() -> None:
    api = FakeControlApi(runs=[running(7)])
    told(api, upto=7)
    followers = made(api)
    refresh(followers, api)
    api.broken = {"run_events"}
    refresh(followers, api)
    api.broken = set()
    for event, data in story()[7:]:
        api.tell(7, event, **data)
    refresh(followers, api)
    assert followers.totals().rounds == 3


def test_a_run_that_nobody_can_read_does_not_hold_up_the_sums() -> None:
    api = FakeControlApi(runs=[finished(1, 0.0), finished(7, 0.0)], broken={"run 1"})
    told(api, 7)
    followers = made(api)
    for _ in range(2):
        refresh(followers, api)
        assert not followers.replayed
    refresh(followers, api)
    assert followers.replayed
    assert followers.totals().rounds == 3
    assert followers.pending == 0


def test_a_superlink_that_is_away_is_not_asked_for_every_run() -> None:
    api = FakeControlApi(runs=[running(n) for n in range(1, 101)], broken={"run_events"})
    refresh(made(api), api)
    assert len(api.calls) <= GIVE_UP_AFTER + THREADS


def test_when_time_is_up_the_rest_comes_first_at_the_next_poll() -> None:
    api = FakeControlApi(runs=[running(n) for n in range(1, 21)])
    clock = FakeClock()
    followers = Followers(api, Store(clock), FollowSettings(log_fallback=False), TTL)
    answer = RunsAnswer(api.now, tuple(api.runs))
    read: list[set[str]] = []
    for _ in range(5):
        clock.now += 10
        api.calls.clear()
        followers.refresh(answer, (), deadline=clock.now)
        read.append(set(api.calls))
    assert [len(calls) for calls in read] == [THREADS] * 5
    assert len(set().union(*read)) == 20


def test_old_runs_are_read_also_while_live_ones_take_all_the_time() -> None:
    api = FakeControlApi(runs=[finished(99, 0.0), *(running(n) for n in range(1, 41))])
    clock = FakeClock()
    followers = Followers(api, Store(clock), FollowSettings(log_fallback=False), TTL)
    answer = RunsAnswer(api.now, tuple(api.runs))
    for _ in range(3):
        clock.now += 10
        followers.refresh(answer, (), deadline=clock.now)
    assert len(api.calls) == 3 * THREADS
    assert api.calls.count("run_events 99 0") == 1


def test_a_hundred_runs_are_read_by_a_few_threads_at_a_time() -> None:
    class SlowApi(FakeControlApi):
        inside = most = 0
        lock = threading.Lock()

        def run_events(self, run: Run, after_id: int) -> EventsAnswer:
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
            answer = super().run_events(run, after_id)
            threading.Event().wait(0.002)
            with self.lock:
                self.inside -= 1
            return answer

    api = SlowApi(runs=[running(n) for n in range(1, 101)])
    for run_id in range(1, 101):
        told(api, run_id)
    followers = made(api)
    refresh(followers, api)
    assert followers.totals().rounds == 300
    assert 1 < api.most <= THREADS


def test_stopping_ends_a_refresh_after_the_reads_that_go_on() -> None:
    api = FakeControlApi(runs=[running(n) for n in range(1, 101)])
    followers = made(api)
    followers.stop()
    refresh(followers, api)
    assert len([call for call in api.calls if call.startswith("run_events")]) <= THREADS
