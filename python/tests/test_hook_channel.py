"""The ways out: a SuperLink that refuses, hangs or is away, and the socket on the host."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flwr.supercore.retry import make_simple_http_retry_invoker
from flwr.supercore.runtime import RuntimeHttpClient

from flower_monitoring.hook import channel, guard, sender, transports
from flower_monitoring.hook.transports import Refused, TryLater
from hook_sender import Out, filled
from hook_support import hooked, learner, rounds_of_two, serve
from local_grid import RUN_ID, LocalGrid, RecordingClient


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FL_EVENT_SOCKET", raising=False)


def run(answer: Callable[[], object]) -> tuple[RecordingClient, list[str], dict[str, Any]]:
    """A run of two rounds whose events are answered so: the client, what was told, the end."""
    client = RecordingClient(answer)
    with hooked() as told:
        serve(lambda grid, _: rounds_of_two(grid), LocalGrid(learner(), client=client))
        return client, told.names(), {"dropped": channel.sender.dropped, "errors": guard.errors}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 415])
def test_a_channel_that_refuses_is_asked_once(status: int) -> None:
    def refuse() -> None:
        response = httpx.Response(status, request=httpx.Request("POST", "http://superlink"))
        response.raise_for_status()

    client, told, end = run(refuse)
    assert client.events == []
    assert len(client.retrying) == 1
    assert told[-1] == "training_end"
    assert end["dropped"] > 0
    assert end["errors"] == 0


@pytest.mark.parametrize("error", [OSError("disk"), ValueError("x"), SystemExit(1)])
def test_a_channel_that_fails_in_any_way_is_given_up(error: BaseException) -> None:
    def fail() -> None:
        raise error

    client, told, end = run(fail)
    assert (client.events, told[-1]) == ([], "training_end")
    assert end["errors"] == 0


def test_a_channel_that_hangs_holds_the_run_up_only_for_the_flush(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channel, "FLUSH_SECONDS", 0.05)
    released = threading.Event()
    client, told, _ = run(lambda: released.wait(60))
    assert told[-1] == "training_end"
    assert client.events == []
    released.set()


def test_what_was_dropped_is_reported_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "MAX_QUEUED", 2)
    client = RecordingClient()
    with hooked(batch_seconds=5) as told:
        serve(lambda grid, _: rounds_of_two(grid), LocalGrid(learner(), client=client))
    assert told.only("hook_report")["dropped"] > 0
    assert told.names()[-2:] == ["hook_report", "training_end"]


class Unauthorised(http.server.BaseHTTPRequestHandler):
    """A SuperLink whose run is over."""

    def do_POST(self) -> None:
        """Refuses."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def unauthorised() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Unauthorised)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_flowers_own_client_does_not_end_the_process_when_the_run_is_over(
    unauthorised: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _, number: signals.append(number))
    retries = make_simple_http_retry_invoker()
    client = RuntimeHttpClient.from_server_address(
        unauthorised, True, None, [], retry_invoker=retries
    )
    way_out = transports.task_events(client)
    assert way_out is not None
    with pytest.raises(Refused):
        way_out.send([("round_end", "{}")])
    assert signal.SIGINT not in signals
    assert vars(client)["_retry_invoker"] is retries
    client.close()


def test_flowers_own_client_tells_of_a_superlink_that_is_away() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
    client = RuntimeHttpClient.from_server_address(address, True, None, [])
    way_out = transports.task_events(client)
    assert way_out is not None
    with pytest.raises(TryLater):
        way_out.send([("round_end", "{}")])
    client.close()


def test_a_client_without_the_known_retries_is_not_used() -> None:
    guard.reset()
    client = RecordingClient()
    del client._retry_invoker
    assert transports.task_events(client) is None
    assert guard.moved_names() == ["local_grid.RecordingClient._retry_invoker"]
    guard.reset()


@pytest.fixture
def exporter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    path = tmp_path / "events.sock"
    monkeypatch.setenv("FL_EVENT_SOCKET", str(path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(path))
        receiver.settimeout(10)
        yield receiver


def received(exporter: socket.socket, count: int) -> list[dict[str, Any]]:
    """So many datagrams."""
    return [json.loads(exporter.recv(65536)) for _ in range(count)]


def test_a_refused_channels_events_go_to_the_socket(exporter: socket.socket) -> None:
    queue = filled(Out(Refused()), "a", "b")
    assert queue.flush(5)
    assert [d["event"] for d in received(exporter, 2)] == ["fl.a", "fl.b"]
    assert queue.dropped == 0


def test_a_datagram_says_whose_it_is(exporter: socket.socket) -> None:
    grid = LocalGrid(learner())
    del grid.client._retry_invoker
    with hooked():
        serve(lambda grid, _: rounds_of_two(grid), grid)
    first = received(exporter, 1)[0]
    assert set(first) == {"event", "run_id", "node_id", "data"}
    assert (first["event"], first["run_id"], first["node_id"]) == (
        "fl.training_start",
        str(RUN_ID),
        None,
    )
    assert first["data"]["api"] == "grid"


def test_a_socket_that_is_gone_or_full_only_counts(exporter: socket.socket) -> None:
    queue = filled(None, *["x"] * 900)
    assert queue.flush(5)
    assert queue.dropped > 0
    exporter.close()
    before = queue.dropped
    queue.put("y", "{}")
    assert queue.flush(5)
    assert queue.dropped == before + 1


def test_events_are_logged_in_json_mode_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for wanted in ("text", "json"):
        monkeypatch.setenv("FL_LOG_FORMAT", wanted)
        caplog.clear()
        with hooked(), caplog.at_level("INFO", "flwr"):
            channel.emit(
                "client_failure",
                round=1,
                node_id="5",
                error_type="timeout",
                phase="train",
                code=None,
            )
            channel.emit("round_phase", round=1, phase="train")
        logged = [
            (r.levelname, vars(r)["fl_event"]) for r in caplog.records if "fl_event" in vars(r)
        ]
        expected = [("WARNING", "client_failure"), ("INFO", "round_phase")]
        assert logged == (expected if wanted == "json" else [])


def test_a_sink_that_fails_does_not_keep_the_event_from_others() -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    with hooked(broken=True) as told:
        channel.add_sink(broken)
        channel.emit("round_phase", round=1, phase="train")
        channel.remove_sink(broken)
        assert told.names(without=()) == ["round_phase"]
        assert guard.errors == 1
