"""The HTTP side: what is answered where, and that a scrape never waits for the SuperLink."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from fakes import FakeControlApi, running
from flower_monitoring.exporter.collector import Poller
from flower_monitoring.exporter.config import Address
from flower_monitoring.exporter.follow import FollowSettings
from flower_monitoring.exporter.followers import Followers
from flower_monitoring.exporter.journal import Journal
from flower_monitoring.exporter.metrics import StateCollector, build_registry
from flower_monitoring.exporter.model import EventsAnswer, Node, NodesAnswer, Run
from flower_monitoring.exporter.server import ExporterServer
from flower_monitoring.exporter.shown import Limits
from flower_monitoring.exporter.state import Store
from flower_monitoring.exporter.state_file import StateFile
from flower_monitoring.exporter.watch import Watch
from processes import wait_until


class HangingApi(FakeControlApi):
    """A SuperLink that accepts the call and never answers."""

    def list_nodes(self) -> NodesAnswer:
        threading.Event().wait()
        raise AssertionError


class HangingRunApi(FakeControlApi):
    """A SuperLink that never answers when asked for a run's events."""

    def run_events(self, run: Run, after_id: int) -> EventsAnswer:
        self.calls.append(f"run_events {run.run_id} {after_id}")
        threading.Event().wait()
        raise AssertionError


@pytest.fixture
def server() -> Iterator[ExporterServer]:
    store = Store(time.monotonic)
    registry = build_registry(StateCollector(store, Limits(900, 10, 10), "1", "1.41.0"))
    poller = Poller(HangingApi(), store, 1.0)
    poller.start()
    server = ExporterServer(
        Address("127.0.0.1", 0), registry, lambda: (poller.alive, {"federation": "demo"})
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def get(
    server: ExporterServer, path: str, accept: str = "", method: str = "GET"
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(*server.address, timeout=2)
    connection.request(method, path, headers={"Accept": accept})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers["Content-Type"], body


def test_a_scrape_answers_at_once_while_the_superlink_hangs(server: ExporterServer) -> None:
    began = time.monotonic()
    status, content_type, body = get(server, "/metrics")
    assert time.monotonic() - began < 1.0
    assert status == 200
    assert content_type.startswith("text/plain")
    assert b"\nfl_exporter_up_to_date_seconds " in body


def test_openmetrics_is_served_to_those_who_ask(server: ExporterServer) -> None:
    accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3"
    _, content_type, body = get(server, "/metrics", accept)
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert body.endswith(b"# EOF\n")


def test_healthz_tells_the_federation(server: ExporterServer) -> None:
    status, _, body = get(server, "/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "federation": "demo"})


def test_healthz_fails_when_the_polling_thread_is_gone(server: ExporterServer) -> None:
    server.health = lambda: (False, {})
    assert get(server, "/healthz")[0] == 503


def test_other_paths_are_not_found_and_head_has_no_body(server: ExporterServer) -> None:
    assert get(server, "/nothing")[0] == 404
    status, _, body = get(server, "/metrics", method="HEAD")
    assert (status, body) == (200, b"")


def test_only_the_configured_address_is_bound(server: ExporterServer) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", server.address.port), timeout=1)


def test_a_client_that_says_nothing_does_not_keep_others_waiting(server: ExporterServer) -> None:
    silent = [socket.create_connection(server.address) for _ in range(20)]
    assert get(server, "/metrics")[0] == 200
    for connection in silent:
        connection.close()


def test_a_scrape_answers_at_once_while_a_run_cannot_be_read() -> None:
    api = HangingRunApi(nodes=[Node(1, "online")], runs=[running(7)])
    store = Store(time.monotonic)
    limits = Limits(900, 10, 10)
    followers = Followers(api, store, FollowSettings(), 900)
    watch = Watch(store, followers, Journal(lambda *_: None, StateFile(None)), limits, 600)
    poller = Poller(api, store, 1.0, watch)
    registry = build_registry(StateCollector(store, limits, "1", "1.41.0"))
    hanging = ExporterServer(Address("127.0.0.1", 0), registry, lambda: (True, {}))
    threading.Thread(target=hanging.serve_forever, daemon=True).start()
    poller.start()
    try:
        assert wait_until(lambda: "run_events 7 0" in api.calls, 5)
        began = time.monotonic()
        status, _, body = get(hanging, "/metrics")
        assert time.monotonic() - began < 1.0
        assert status == 200
        assert b'fl_runs{status="running",sub_status=""} 1.0' in body
        assert b"fl_exporter_replayed 0.0" in body
    finally:
        hanging.shutdown()
        hanging.server_close()
