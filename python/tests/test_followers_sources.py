"""Who tells of a run's training: its hook, by task events or by socket, or its output."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from fakes import START, FakeControlApi, end_of, running
from flower_monitoring.exporter.event_socket import Datagram
from following import everything, made, refresh, told

MESSAGE_LOG = (Path(__file__).parent / "recordings" / "message.log").read_text(encoding="utf-8")


def test_a_run_without_a_hook_is_read_from_its_output() -> None:
    api = FakeControlApi(runs=[running(7)])
    head, tail = MESSAGE_LOG[:2000], MESSAGE_LOG[2000:]
    api.say(7, head)
    followers = made(api)
    refresh(followers, api)
    refresh(followers, api)
    assert followers.runs[7].source == "logs"
    api.now += 10
    api.say(7, tail)
    api.finish(7)
    (ended,) = refresh(followers, api)
    assert (ended.training.totals.rounds, ended.training.loss) == (2, 4.135422215602321)
    assert ended.ended is not None
    assert (ended.ended["status"], ended.ended["total_duration_seconds"]) == ("complete", 36.0)
    assert ended.training.last_event_at == api.now
    assert followers.log_lines == MESSAGE_LOG.count("\n")


def test_output_waits_for_the_hooks_events_that_come_after_it() -> None:
    """Else the run's share of the counters would be replaced, and could go back."""
    api = FakeControlApi()
    followers = made(api)
    refresh(followers, api)
    api.runs.append(running(7))
    api.say(7, MESSAGE_LOG)
    refresh(followers, api)
    assert followers.totals().events == {}
    assert followers.replayed, "a run that has just begun holds nothing up"
    told(api, upto=3)
    refresh(followers, api)
    assert followers.runs[7].source == "hook"
    assert followers.totals().rounds == 0


def test_output_of_a_run_that_was_there_before_is_used_before_sums_are_served() -> None:
    api = FakeControlApi(runs=[running(7)])
    api.say(7, MESSAGE_LOG)
    followers = made(api)
    refresh(followers, api)
    assert not followers.replayed
    refresh(followers, api)
    assert followers.replayed
    assert followers.totals().rounds == 2


def test_a_run_of_which_nothing_is_known_has_no_source() -> None:
    api = FakeControlApi(runs=[running(7)])
    api.say(7, "hello\n")
    followers = made(api)
    refresh(followers, api)
    assert followers.runs[7].source == "none"
    assert followers.replayed


def test_output_is_not_read_when_it_is_not_wanted_or_the_hook_tells() -> None:
    api = FakeControlApi(runs=[running(7), running(8)])
    told(api, 7, upto=2)
    refresh(made(api), api)
    assert [call for call in api.calls if call.startswith("run_logs")] == ["run_logs 8 0"]
    api.calls.clear()
    refresh(made(api, log_fallback=False), api)
    assert [call for call in api.calls if call.startswith("run_logs")] == []


def test_events_of_the_hook_replace_what_the_output_told() -> None:
    api = FakeControlApi(runs=[running(7)])
    api.say(7, MESSAGE_LOG)
    followers = made(api)
    refresh(followers, api)
    refresh(followers, api)
    assert followers.totals().rounds == 2
    told(api)
    refresh(followers, api)
    assert followers.runs[7].source == "hook"
    assert followers.totals().rounds == 3


def test_the_hooks_events_in_the_output_are_as_good() -> None:
    api = FakeControlApi(runs=[running(7)])
    line = '{"logger": "flwr", "message": "m", "event": "%s", "data": {"ts": %d, "round": 1}}\n'
    api.say(7, line % ("training_start", 999_000) + line % ("round_end", 999_100))
    followers = made(api)
    refresh(followers, api)
    refresh(followers, api)
    run = followers.runs[7]
    assert (run.source, run.training.totals.rounds) == ("hook", 1)
    assert run.training.last_event_at == 999_100, "by the line's own time"


def datagram(event: str, run_id: int = 7, **data: Any) -> Datagram:
    return Datagram(run_id, event, data, 999_999.0)


def test_events_by_socket_feed_a_run_from_its_start_on() -> None:
    api = FakeControlApi(runs=[running(7)])
    followers = made(api)
    refresh(followers, api, datagram("round_end", **end_of(1)))
    assert followers.totals().rounds == 0, "the exporter was not there at its start"
    refresh(followers, api, datagram("training_start", **START), datagram("round_end", **end_of(1)))
    assert (followers.runs[7].source, followers.totals().rounds) == ("hook", 1)


def test_events_by_socket_wait_a_poll_for_their_run_and_are_then_dropped() -> None:
    api = FakeControlApi()
    followers = made(api)
    refresh(followers, api, datagram("training_start", **START), datagram("x", run_id=9))
    api.runs.append(running(7))
    refresh(followers, api)
    assert followers.runs[7].training.strategy == "FedAvg"
    assert followers.unknown == 1


def test_a_pending_run_has_printed_nothing_yet() -> None:
    api = FakeControlApi(runs=[replace(running(7), status="pending")])
    refresh(made(api), api)
    assert api.calls == ["run_events 7 0"]


def test_events_that_the_hook_sent_twice_count_once() -> None:
    api = FakeControlApi(runs=[running(7)])
    told(api)
    refresh(followers := made(api), api)
    once = everything(followers.runs[7].training)
    told(api)
    refresh(followers, api)
    assert everything(followers.runs[7].training) == once
    assert followers.totals().rounds == 3
