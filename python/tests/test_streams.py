"""Streams of flwr's real client against a server that keeps them open, as the SuperLink does."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flwr.proto import control_pb2 as pb
from flwr.proto.task_pb2 import TaskEvent

from flower_monitoring.exporter.config import Address, Config
from flower_monitoring.exporter.control_api import FlowerControlApi
from flower_monitoring.exporter.model import ControlApiError, Run

LIVE, OVER = Run(7, "running", series_id=5), Run(7, "finished", "completed", series_id=5)
AT = "2026-11-21T12:00:00.500000+00:00"
AT_SECONDS = 1_795_262_400.5


@dataclass
class SuperLink:
    """Answers with what it is given: frames, and pauses before them in seconds."""

    frames: list[tuple[float, Any]] = field(default_factory=list)
    stays_open: bool = True
    asked: list[Any] = field(default_factory=list)
    headers_after: float = 0.0
    closed: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def answer(self, path: str, body: bytes, write: Callable[[bytes], object]) -> None:
        requests: dict[str, Any] = {
            "/v1/control/stream-run-events": pb.StreamRunEventsRequest,
            "/v1/control/stream-logs": pb.StreamLogsRequest,
        }
        self.asked.append(requests[path].FromString(body))
        for pause, frame in self.frames:
            self.closed.wait(pause)
            payload = frame.SerializeToString()
            content = len(payload).to_bytes(4, "big") + payload
            write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        if self.stays_open:
            self.closed.wait(30)
        else:
            write(b"0\r\n\r\n")


@pytest.fixture
def superlink() -> Iterator[SuperLink]:
    link = SuperLink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            link.closed.wait(link.headers_after)
            if self.path == "/v1/control/list-run-series-events":
                link.asked.append(pb.ListRunSeriesEventsRequest.FromString(body))
                events = [frame.task_event for _, frame in link.frames]
                content = pb.ListRunSeriesEventsResponse(events=events).SerializeToString()
                self.send_response(200)
                self.send_header("Content-Type", "application/protobuf")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            with contextlib.suppress(OSError):
                link.answer(self.path, body, self.wfile.write)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    link.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield link
    link.closed.set()
    server.shutdown()
    server.server_close()


def api_of(superlink: SuperLink, timeout: float = 5.0) -> FlowerControlApi:
    address = Address("127.0.0.1", superlink.port)
    config = Config(address, address, "demo", insecure=True, timeout_seconds=timeout)
    return FlowerControlApi(config)


def frame(number: int, run_id: int = 7) -> Any:
    event = TaskEvent(id=number, run_id=run_id, event="fl.x", data="{}", timestamp=AT)
    return pb.StreamRunEventsResponse(task_event=event)


def log_frame(text: str, latest: float) -> Any:
    return pb.StreamLogsResponse(log_output=text, latest_timestamp=latest)


def ids(api: FlowerControlApi, run: Run, after: int) -> list[int]:
    return [event.id for event in api.run_events(run, after).events]


def test_events_of_a_live_run_are_read_until_the_stream_is_silent(superlink: SuperLink) -> None:
    superlink.frames = [(0, frame(n)) for n in (4, 5, 9)]
    answer = api_of(superlink).run_events(LIVE, 4)
    assert [event.id for event in answer.events] == [5, 9], "the fourth was there before"
    assert (answer.complete, answer.events[0].at) == (True, AT_SECONDS)
    (asked,) = superlink.asked
    assert (asked.run_id, asked.after_task_event_id) == (7, 3)


def test_a_stream_is_hung_up_and_the_next_one_can_be_read(superlink: SuperLink) -> None:
    superlink.frames = [(0, frame(4))]
    api = api_of(superlink)
    began = time.monotonic()
    for _ in range(5):
        assert ids(api, LIVE, 4) == []
    assert time.monotonic() - began < 15, "not the 30 s that the server would have kept it open"


def test_a_live_run_without_events_is_asked_for_in_a_call_that_always_answers(
    superlink: SuperLink,
) -> None:
    superlink.frames = [(0, frame(1, run_id=6)), (0, frame(2))]
    assert ids(api_of(superlink), LIVE, 0) == [2], "the other run of the series is left out"
    assert superlink.asked == [pb.ListRunSeriesEventsRequest(series_id=5)]


def test_a_finished_run_is_read_until_the_server_ends_however_slow_it_is(
    superlink: SuperLink,
) -> None:
    superlink.stays_open = False
    superlink.frames = [(0, frame(1)), (0.6, frame(2)), (0.6, frame(3))]
    assert ids(api_of(superlink), OVER, 0) == [1, 2, 3]


def test_a_finished_run_whose_stream_never_ends_is_an_error(superlink: SuperLink) -> None:
    superlink.frames = [(0, frame(1))]
    with pytest.raises(ControlApiError, match="ReadTimeout"):
        api_of(superlink, timeout=0.5).run_events(OVER, 0)


def test_a_slow_superlink_is_an_error_and_gets_more_time_at_the_next_try(
    superlink: SuperLink,
) -> None:
    superlink.frames = [(1.0, frame(4)), (0, frame(5))]
    api = api_of(superlink)
    errors: list[str] = []
    found: list[int] = []
    while not found and len(errors) < 6:
        try:
            found = ids(api, LIVE, 4)
        except ControlApiError as error:
            errors.append(str(error))
    assert found == [5]
    assert [error.split(" in ")[1] for error in errors[:3]] == ["0.2 s", "0.4 s", "0.8 s"]


def test_a_stream_that_never_ends_to_speak_is_left_when_time_is_up(superlink: SuperLink) -> None:
    superlink.frames = [(0.05, frame(n)) for n in range(4, 400)]
    answer = api_of(superlink, timeout=0.5).run_events(LIVE, 4)
    assert not answer.complete
    assert 0 < len(answer.events) < 100


def test_headers_that_do_not_come_are_an_error_and_not_an_empty_answer(
    superlink: SuperLink,
) -> None:
    superlink.headers_after = 10.0
    with pytest.raises(ControlApiError, match="ReadTimeout"):
        api_of(superlink, timeout=0.5).run_logs(LIVE, 5.0)


def test_output_of_a_live_run(superlink: SuperLink) -> None:
    superlink.frames = [(0, log_frame("one\n", 10.5)), (0, log_frame("two\n", 11.5))]
    answer = api_of(superlink).run_logs(LIVE, 9.25)
    assert (answer.text, answer.latest, answer.complete) == ("one\ntwo\n", 11.5, True)
    assert superlink.asked[0].after_timestamp == 9.25


def test_no_new_output_of_a_live_run_is_no_error(superlink: SuperLink) -> None:
    answer = api_of(superlink).run_logs(LIVE, 9.25)
    assert (answer.text, answer.latest, answer.complete) == ("", 9.25, True)


def test_the_first_output_of_a_live_run_may_take_its_time(superlink: SuperLink) -> None:
    superlink.frames = [(0.7, log_frame("long ago\n", 10.5))]
    assert api_of(superlink).run_logs(LIVE, 0.0).text == "long ago\n"


def test_streams_of_several_threads_have_a_timeout_each(superlink: SuperLink) -> None:
    superlink.frames = [(0, frame(4)), (0, frame(5))]
    api = api_of(superlink)
    found: list[list[int]] = []
    threads = [threading.Thread(target=lambda: found.append(ids(api, LIVE, 4))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [[5]] * 4
