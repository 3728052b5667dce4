"""Reads the training of all runs: which of them at a poll, by several threads, each event once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import TypeVar

from .event_socket import Datagram
from .follow import Followed, FollowSettings
from .model import ControlApi, ControlApiError, Run, RunsAnswer
from .state import RUN_EVENTS, RUN_LOGS, Store
from .totals import Totals

THREADS = 4
"""The SuperLink serves all its callers with one process and 40 threads."""
GIVE_UP_AFTER = 4
"""Failed reads in a row, whatever the runs: then the SuperLink is away, and this poll is over."""
BACKLOG_EVERY = 5
"""One read of so many is of a run that ended long ago, also while live ones take all the time."""

WITH_OUTPUT = ("running", "finished")

Answer = TypeVar("Answer")


class Followers:
    """The runs of a SuperLink. For the polling thread; the threads that read are its own."""

    def __init__(
        self, api: ControlApi, store: Store, settings: FollowSettings, ttl_seconds: float
    ) -> None:
        """`ttl_seconds` after its end a run keeps only its share of the totals."""
        self.unknown = 0
        """Datagrams of runs that the SuperLink does not know."""
        self.runs: dict[int, Followed] = {}
        """Live runs, and those that ended not long ago."""
        self._api = api
        self._store = store
        self._settings = settings
        self._ttl = ttl_seconds
        self._stopped = threading.Event()
        self._failures = 0
        self._archive = Totals()
        self._archived: set[int] = set()
        self._early: list[Datagram] = []
        self._turns = count(1)
        self._met = False
        """Whether the runs that there were at the start are known."""
        self._lines = 0

    def stop(self) -> None:
        """Has `refresh` end after the reads that go on now."""
        self._stopped.set()

    @property
    def replayed(self) -> bool:
        """Whether every run was read at least once: before, a sum over all would be too low."""
        return all(followed.caught_up for followed in self.runs.values())

    @property
    def pending(self) -> int:
        """Runs that are not read to their end."""
        return sum(not followed.done for followed in self.runs.values())

    @property
    def log_lines(self) -> int:
        """Lines of output that were parsed since the start."""
        return self._lines + sum(followed.lines for followed in self.runs.values())

    def totals(self) -> Totals:
        """Sums over all runs, also those that are not held any more."""
        total = Totals()
        total.add(self._archive)
        for followed in self.runs.values():
            total.add(followed.training.totals)
        return total

    def refresh(
        self, answer: RunsAnswer, datagrams: Iterable[Datagram], deadline: float
    ) -> list[Followed]:
        """Reads what is new until `deadline` on the store's clock; gives the runs that ended.

        `answer` has all runs. Whatever the deadline, some are read; those that are not are the
        first at the next time.
        """
        self._meet(answer)
        self._take_datagrams(datagrams)
        before = {run_id for run_id, followed in self.runs.items() if followed.done}
        self._failures = 0
        queue = _Queue(self.runs.values(), self._turns)
        threads = [
            threading.Thread(
                target=self._work, args=(queue, deadline), name="run-read", daemon=True
            )
            for _ in range(min(THREADS, len(queue)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ended = [f for run_id, f in self.runs.items() if f.done and run_id not in before]
        self._let_go(answer.now)
        return ended

    def _meet(self, answer: RunsAnswer) -> None:
        """Runs are only ever added. When one is missing, all are others: the database is lost."""
        known = {run.run_id: run for run in answer.runs}
        if not (self.runs.keys() <= known.keys() and self._archived <= known.keys()):
            self._lines = self.log_lines
            self.runs, self._archived, self._archive = {}, set(), Totals()
            self._met = False
        for run_id, run in known.items():
            if run_id in self.runs:
                self.runs[run_id].run = run
            elif run_id not in self._archived:
                self.runs[run_id] = Followed(run, self._settings, is_new=self._met)
        self._met = True

    def _take_datagrams(self, datagrams: Iterable[Datagram]) -> None:
        """One of a run that is not listed yet waits for the next poll."""
        early, self._early = self._early, []
        for datagram, first in [*((d, False) for d in early), *((d, True) for d in datagrams)]:
            followed = self.runs.get(datagram.run_id)
            if followed is not None:
                followed.take_datagram(datagram.event, datagram.data, datagram.at)
            elif datagram.run_id in self._archived:
                continue
            elif first:
                self._early.append(datagram)
            else:
                self.unknown += 1

    def _work(self, queue: _Queue, deadline: float) -> None:
        while (followed := queue.next()) is not None:
            self._read(followed)
            followed.read_at = self._store.clock()
            if (
                self._stopped.is_set()
                or self._failures >= GIVE_UP_AFTER
                or followed.read_at >= deadline
            ):
                return

    def _read(self, followed: Followed) -> None:
        try:
            events = self._call(RUN_EVENTS, lambda: followed.read_events(self._api))
            followed.take_events(events)
            complete = events.complete
            if complete and followed.wants_logs and followed.run.status in WITH_OUTPUT:
                logs = self._call(RUN_LOGS, lambda: followed.read_logs(self._api))
                followed.take_logs(logs, self._store.clock())
                complete = logs.complete
        except ControlApiError:
            self._failures += 1
            followed.fail_read()
        else:
            self._failures = 0
            followed.finish_read(complete)

    def _call(self, call: str, ask: Callable[[], Answer]) -> Answer:
        began = self._store.clock()
        try:
            answer = ask()
        except ControlApiError:
            self._store.failed(call, began)
            raise
        self._store.called(call, began)
        return answer

    def _let_go(self, now: float) -> None:
        for run_id, followed in list(self.runs.items()):
            run: Run = followed.run
            if followed.done and (run.finished_at is None or run.finished_at + self._ttl < now):
                self._archive.add(followed.training.totals)
                self._archived.add(run_id)
                self._lines += followed.lines
                del self.runs[run_id]


class _Queue:
    """The runs to read, for several threads: live ones, with one of the backlog now and then."""

    def __init__(self, runs: Iterable[Followed], turns: Iterator[int]) -> None:
        """`turns` numbers all reads, not only this poll's, which may be few."""
        pending = [followed for followed in runs if not followed.done]
        live = [f for f in pending if not f.run.finished or f.caught_up]
        backlog = [f for f in pending if f.run.finished and not f.caught_up]
        self._live = deque(sorted(live, key=lambda f: (f.read_at, -f.run.run_id)))
        self._backlog = deque(sorted(backlog, key=lambda f: (f.read_at, -(f.run.finished_at or 0))))
        self._turns = turns
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._live) + len(self._backlog)

    def next(self) -> Followed | None:
        """The next one, which is nobody else's; None when there is none."""
        with self._lock:
            if next(self._turns) % BACKLOG_EVERY == 0:
                source = self._backlog or self._live
            else:
                source = self._live or self._backlog
            return source.popleft() if source else None
