"""The thread that takes events out of the process, and the queue before it."""

from __future__ import annotations

import os
import threading
from collections import deque

from . import guard
from .transports import Datagrams, Refused, TryLater

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .transports import Item, Transport

MAX_QUEUED = 1000
MAX_BATCH = 100
BATCH_SECONDS = 0.5
"""Events of this time travel together; of several phases only the last is worth it."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 15.0
"""Between attempts while the SuperLink does not answer."""
PHASE = "round_phase"


class Sender:
    """A bounded queue, emptied by a daemon thread that starts with the first event."""

    def __init__(self, batch_seconds: float = BATCH_SECONDS) -> None:
        self.dropped = 0
        """Events that no transport took, or that the queue had no room for."""
        self._batch_seconds = batch_seconds
        self._datagrams = Datagrams()
        self._start_anew()
        if hasattr(os, "register_at_fork"):  # Not on Windows, which has no fork either.
            os.register_at_fork(after_in_child=self._start_anew)

    def _start_anew(self) -> None:
        """Also in a forked child, which has neither the thread nor its parent's connection."""
        self._transport: Transport | None = None
        self._queue: deque[Item] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False
        self._flushing = 0
        """How many callers wait in `flush` now: nobody waits for more events then."""
        self._flushes = 0
        """How many there ever were: each is worth one more attempt."""

    @property
    def started(self) -> bool:
        """Whether there has been anything to send."""
        return self._thread is not None

    def use(self, transport: Transport | None) -> None:
        """Sends through this one from now on, or, with None, by datagram only."""
        with self._changed:
            self._transport = transport

    def put(self, event: str, data: str) -> None:
        """Queues an event if there is a way out. Never blocks; one too many is dropped."""
        with self._changed:
            if self._way_out() is None:
                return
            if len(self._queue) >= MAX_QUEUED:
                self.dropped += 1
                return
            self._queue.append((event, data))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="fl-events", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Waits until the queue is empty and the last batch is out, at most `seconds`."""
        with self._changed:
            self._flushes += 1
            self._flushing += 1
            self._changed.notify_all()
            try:
                return self._changed.wait_for(lambda: not self._queue and not self._busy, seconds)
            finally:
                self._flushing -= 1

    def _run(self) -> None:
        changed = self._changed
        while changed is self._changed:
            batch = self._take()
            self._deliver(batch)
            with changed:
                self._busy = False
                changed.notify_all()

    def _take(self) -> list[Item]:
        """Waits for events, then a little for more of them."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue)
            self._busy = True
            self._changed.wait_for(
                lambda: self._flushing or len(self._queue) >= MAX_BATCH, self._batch_seconds
            )
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), MAX_BATCH))]
        last = max((i for i, item in enumerate(batch) if item[0] == PHASE), default=-1)
        return [item for i, item in enumerate(batch) if item[0] != PHASE or i == last]

    def _deliver(self, batch: list[Item]) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            flushes = self._flushes
            transport = self._way_out()
            if transport is None:
                self.dropped += len(batch)
                return
            try:
                transport.send(batch)
                return
            except TryLater:
                self._pause(pause, flushes)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            except Refused:
                self.use(None)
            except Exception as error:  # noqa: BLE001 (the thread must live for the next events)
                # An exporter that is not there reads what it missed from nowhere.
                if not isinstance(error, OSError):
                    guard.swallowed(error)
                self.dropped += len(batch)
                return

    def _pause(self, seconds: float, flushes: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._flushes != flushes, seconds)

    def _way_out(self) -> Transport | None:
        if self._transport is not None:
            return self._transport
        return self._datagrams if Datagrams.wanted() else None
