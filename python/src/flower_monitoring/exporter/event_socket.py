"""A unix datagram socket for events of hooks whose run has no channel for them."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flower_monitoring.events import PREFIX

MAX_DATAGRAM = 65536
MAX_HELD = 10_000
"""Events between two polls."""
MODE = 0o666
"""The hook runs as another user, in a container as one of the image's own."""


NO_RUN = 0
"""Of a process that is no run's, such as a SuperNode that looks for its GPU."""


class Datagram(NamedTuple):
    """One event. `at` is when it was received: Unix seconds of this host."""

    run_id: int
    event: str
    data: Mapping[str, Any]
    at: float


class EventSocket:
    """Receives in a thread of its own; whoever polls takes what has come."""

    def __init__(self, path: Path) -> None:
        """Binds at once, in place of a socket that nobody reads any more. Raises OSError."""
        self._invalid: Counter[str] = Counter()
        self._path = path
        self._held: deque[Datagram] = deque()
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            if path.is_socket():
                path.unlink()
            self._socket.bind(str(path))
            path.chmod(MODE)
        except OSError:
            self._socket.close()
            raise
        self._inode = path.stat().st_ino
        self._thread = threading.Thread(target=self._receive, name="event-socket", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def take(self) -> list[Datagram]:
        """What has come since the last time."""
        with self._lock:
            taken, self._held = list(self._held), deque()
        return taken

    def invalid(self) -> Counter[str]:
        """Datagrams that were of no use since the start, by reason."""
        with self._lock:
            return Counter(self._invalid)

    def close(self) -> None:
        """Ends the thread and removes the socket, unless it is another exporter's by now."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with contextlib.suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()

    def _receive(self) -> None:
        while True:
            try:
                payload = self._socket.recv(MAX_DATAGRAM)
            except OSError:
                return
            if payload:
                self._take_in(payload)

    def _take_in(self, payload: bytes) -> None:
        datagram = parse(payload, time.time())
        with self._lock:
            if datagram is None:
                self._invalid["datagram"] += 1
            elif datagram.run_id == NO_RUN:
                return
            elif len(self._held) >= MAX_HELD:
                self._invalid["overflow"] += 1
            else:
                self._held.append(datagram)


def parse(payload: bytes, at: float) -> Datagram | None:
    """The event in a datagram, as the hook sends it; None when it is none of a run."""
    try:
        content = json.loads(payload)
        run_id = int(content["run_id"] or NO_RUN)
        event, data = content["event"], content["data"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(event, str) or not event.startswith(PREFIX) or not isinstance(data, dict):
        return None
    return Datagram(run_id, event.removeprefix(PREFIX), data, at)
