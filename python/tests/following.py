"""Followers over a fake SuperLink, and all that is known of a run in a form to compare."""

from __future__ import annotations

from typing import Any

from fakes import FakeClock, FakeControlApi, story
from flower_monitoring.exporter.event_socket import Datagram
from flower_monitoring.exporter.follow import Followed, FollowSettings
from flower_monitoring.exporter.followers import Followers
from flower_monitoring.exporter.histogram import Histogram
from flower_monitoring.exporter.model import RunsAnswer
from flower_monitoring.exporter.state import Store
from flower_monitoring.exporter.totals import Totals
from flower_monitoring.exporter.training import TrainingRun

NEVER = 1e12
"""A deadline that does not come."""
TTL = 900.0


def made(api: FakeControlApi, **settings: Any) -> Followers:
    return Followers(api, Store(FakeClock()), FollowSettings(**settings), TTL)


def refresh(followers: Followers, api: FakeControlApi, *datagrams: Datagram) -> list[Followed]:
    """The next poll, ten seconds later."""
    clock = followers._store.clock
    assert isinstance(clock, FakeClock)
    clock.now += 10
    return followers.refresh(RunsAnswer(api.now, tuple(reversed(api.runs))), datagrams, NEVER)


def told(api: FakeControlApi, run_id: int = 7, upto: int | None = None) -> None:
    for event, data in story()[:upto]:
        api.tell(run_id, event, **data)


def everything(run: TrainingRun) -> dict[str, Any]:
    """All that a run knows, in a form that can be compared."""
    state = {key: value for key, value in vars(run).items() if key not in ("totals", "_failed")}
    state["round_durations"] = {name: shape(h) for name, h in run.round_durations.items()}
    return {**state, "totals": of_totals(run.totals)}


def of_totals(totals: Totals) -> dict[str, Any]:
    state = dict(vars(totals))
    for name in ("phases", "clients"):
        state[name] = {phase: shape(histogram) for phase, histogram in state[name].items()}
    return state


def shape(histogram: Histogram) -> Any:
    return (histogram.sum, histogram.buckets())
