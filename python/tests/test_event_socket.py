"""The datagram socket for events of hooks that have no channel."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from flower_monitoring.exporter.event_socket import MAX_HELD, Datagram, EventSocket, parse
from flower_monitoring.hook.transports import Datagrams
from processes import wait_until


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[tuple[EventSocket, Path]]:
    path = tmp_path / "events.sock"
    events = EventSocket(path)
    events.start()
    yield events, path
    events.close()


def received(events: EventSocket) -> list[Datagram]:
    """Waits for something; fails the test when nothing comes."""
    taken: list[Datagram] = []

    def some() -> bool:
        taken.extend(events.take())
        return bool(taken)

    assert wait_until(some, 5)
    return taken


def send(path: Path, *payloads: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        for payload in payloads:
            out.sendto(payload, str(path))


def test_what_the_hook_sends_is_received(
    listening: tuple[EventSocket, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    events, path = listening
    monkeypatch.setenv("FL_EVENT_SOCKET", str(path))
    monkeypatch.setattr("flower_monitoring.hook.identity.run_id", lambda: "18446744073709551615")
    Datagrams().send([("round_end", '{"v":1,"round":3}')])
    taken = received(events)
    (datagram,) = taken
    assert (datagram.run_id, datagram.event) == (2**64 - 1, "round_end")
    assert datagram.data == {"v": 1, "round": 3}
    assert events.take() == []


def test_others_may_write_to_it_and_its_directory_decides_who_gets_there(
    listening: tuple[EventSocket, Path],
) -> None:
    assert stat.S_IMODE(listening[1].stat().st_mode) == 0o666


def test_what_is_no_event_is_counted_and_what_is_of_no_run_left_out(
    listening: tuple[EventSocket, Path],
) -> None:
    events, path = listening
    gpu: dict[str, object] = {
        "event": "fl.gpu_detected",
        "run_id": None,
        "node_id": "5",
        "data": {},
    }
    send(path, b"\xff", b"{}", json.dumps(gpu).encode(), b'{"event":"fl.x","run_id":"7","data":{}}')
    taken = received(events)
    assert [datagram.event for datagram in taken] == ["x"]
    assert events.invalid() == {"datagram": 2}


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[1]",
        b"[" * 60_000,
        b'{"event":"x","run_id":"7","data":{}}',
        b'{"event":"fl.x","run_id":"seven","data":{}}',
        b'{"event":"fl.x","run_id":"7","data":[]}',
        b'{"event":"fl.x","run_id":"7"}',
        b'{"event":5,"run_id":"7","data":{}}',
        b'{"event":"fl.x","run_id":[7],"data":{}}',
    ],
)
def test_a_datagram_that_is_no_event(payload: bytes) -> None:
    assert parse(payload, 1.0) is None


def test_more_than_fit_between_two_polls_are_counted(tmp_path: Path) -> None:
    events = EventSocket(tmp_path / "events.sock")
    for _ in range(MAX_HELD + 3):
        events._take_in(b'{"event":"fl.x","run_id":"7","data":{}}')
    assert len(events.take()) == MAX_HELD
    assert events.invalid() == {"overflow": 3}
    events.close()


def test_a_socket_that_an_exporter_left_behind_is_replaced_and_a_file_is_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "events.sock"
    left = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    left.bind(str(path))
    left.close()
    first = EventSocket(path)
    second = EventSocket(path)
    first.close()
    assert path.is_socket(), "it is the second one's"
    second.close()
    assert not path.exists()
    path.write_text("mine")
    with pytest.raises(OSError, match="Address already in use"):
        EventSocket(path)
    assert path.read_text() == "mine"
