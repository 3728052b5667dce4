"""An exporter over a fake SuperLink, without its HTTP side: polled by hand, and looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fakes import FakeClock, FakeControlApi, running, story
from flower_monitoring.events import ALL
from flower_monitoring.exporter.collector import Poller
from flower_monitoring.exporter.follow import FollowSettings
from flower_monitoring.exporter.followers import Followers
from flower_monitoring.exporter.journal import Journal
from flower_monitoring.exporter.metrics import StateCollector, build_registry
from flower_monitoring.exporter.model import Node, Run
from flower_monitoring.exporter.shown import Limits
from flower_monitoring.exporter.state import Store
from flower_monitoring.exporter.state_file import StateFile
from flower_monitoring.exporter.watch import Watch

NOW = 1_000_000.0
LIMITS = Limits(run_ttl_seconds=900.0, max_nodes=2000, max_runs=200)
STALL = 600.0
NODES = (Node(11, "online", "site-a", "here"), Node(22, "online", "site-b"))
A = {"node_id": "11", "name": "site-a", "location": "here"}
B = {"node_id": "22", "name": "site-b", "location": ""}
RUN = {"run_id": "7"}
FEDAVG = {"run_id": "7", "strategy": "FedAvg"}


class Scrape:
    """A polled federation and its registry."""

    def __init__(
        self,
        api: FakeControlApi,
        limits: Limits = LIMITS,
        settings: FollowSettings = FollowSettings(),  # noqa: B008 (it never changes)
    ) -> None:
        self.clock = FakeClock()
        self.store = Store(self.clock)
        followers = Followers(api, self.store, settings, limits.run_ttl_seconds)
        journal = Journal(lambda *_: None, StateFile(None))
        watch = Watch(self.store, followers, journal, limits, STALL)
        self.poller = Poller(api, self.store, 10.0, watch)
        collector = StateCollector(self.store, limits, "1.2.3", "1.41.0", started_at=5.0)
        self.registry = build_registry(collector)

    def value(self, name: str, /, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    def series(self, name: str) -> list[dict[str, str]]:
        samples = [sample for family in self.registry.collect() for sample in family.samples]
        return [sample.labels for sample in samples if sample.name == name]


def polled(api: FakeControlApi, limits: Limits = LIMITS) -> Scrape:
    scrape = Scrape(api, limits)
    scrape.poller.poll()
    return scrape


class Teller:
    """One exporter's life: polls, and the events that it tells."""

    def __init__(self, api: FakeControlApi, file: Path | None = None) -> None:
        self.told: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.api = api
        store = Store(FakeClock())
        self.journal = Journal(self._tell, StateFile(file))
        followers = Followers(api, store, FollowSettings(), 900.0)
        watch = Watch(store, followers, self.journal, LIMITS, STALL)
        self.poller = Poller(api, store, 10.0, watch)

    def _tell(self, event: str, data: Mapping[str, Any], who: Mapping[str, Any]) -> None:
        required = ALL[event].schema()["required"]
        assert set(required) <= data.keys(), event
        assert set(data) <= ALL[event].schema()["properties"].keys()
        self.told.append((event, dict(data), dict(who)))

    def poll(self, seconds: float = 10.0) -> list[str]:
        """What is told by one more poll, so long after the last."""
        self.api.now += seconds
        self.told.clear()
        self.poller.poll()
        return [event for event, _, _ in self.told]

    def data(self) -> dict[str, Any]:
        """Of the only event of the last poll."""
        ((_, data, _),) = self.told
        return data


def api_with(events: int | None = None, *runs: Run) -> FakeControlApi:
    """A federation of two nodes and run 7, whose hook has told so many events of the story."""
    api = FakeControlApi(nodes=list(NODES), runs=[running(7, NOW - 100), *runs])
    for event, data in story()[:events]:
        api.tell(7, event, **data)
    return api


def still_api() -> FakeControlApi:
    """A run that selects clients, and one node."""
    api = FakeControlApi(nodes=[Node(1, "online")], runs=[running(7)])
    for event, data in story()[:2]:
        api.tell(7, event, **data)
    return api
