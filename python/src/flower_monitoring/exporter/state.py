"""The last known state of a federation, and how the calls went that told it."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .model import NodesAnswer, RunsAnswer
from .snapshot import Snapshot

LIST_NODES = "list_nodes"
LIST_RUNS = "list_runs"
RUN_EVENTS = "run_events"
RUN_LOGS = "run_logs"
CALLS = (LIST_NODES, LIST_RUNS, RUN_EVENTS, RUN_LOGS)
POLLS = (LIST_NODES, LIST_RUNS)
"""The calls of every poll, which `State.age` is about; the others are for some runs only."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds for the duration of a call."""


@dataclass(frozen=True)
class CallStats:
    """One Control API call since the exporter started."""

    errors: int = 0
    last_success: float | None = None
    """On the exporter's own clock, as given to `Store`."""
    counts: tuple[int, ...] = (0,) * (len(BUCKETS) + 1)
    """Calls per bucket, not cumulative; the last is for those above all bounds."""
    seconds: float = 0.0

    def after(self, seconds: float, ended: float, ok: bool) -> CallStats:
        """These figures with one more call, good or failed."""
        slot = bisect_left(BUCKETS, seconds)
        return replace(
            self,
            errors=self.errors + (not ok),
            last_success=ended if ok else self.last_success,
            counts=tuple(n + (i == slot) for i, n in enumerate(self.counts)),
            seconds=self.seconds + seconds,
        )


@dataclass(frozen=True)
class State:
    """What a scrape shows. `nodes` and `runs` are None until the first good answer."""

    started: float
    nodes: NodesAnswer | None = None
    runs: RunsAnswer | None = None
    snapshot: Snapshot = field(default_factory=Snapshot)
    calls: dict[str, CallStats] = field(default_factory=lambda: {c: CallStats() for c in CALLS})

    def age(self, now: float) -> float:
        """Seconds since the older of the last good answers, or since the start without one."""
        successes = [self.calls[call].last_success for call in POLLS]
        return now - min(self.started if moment is None else moment for moment in successes)


class Store:
    """Hands the latest state from the polling thread to scrapes; never blocks on a call."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back, such as `time.monotonic`."""
        self.clock = clock
        self._lock = threading.Lock()
        self._state = State(started=clock())

    @property
    def state(self) -> State:
        """The latest state."""
        return self._state

    def succeeded(self, call: str, began: float, answer: NodesAnswer | RunsAnswer) -> None:
        """Takes in a good answer to a call that began at `began`."""
        with self._lock:
            state = self._timed(call, began, ok=True)
            if isinstance(answer, NodesAnswer):
                self._state = replace(state, nodes=answer)
            else:
                self._state = replace(state, runs=answer)

    def show(self, snapshot: Snapshot) -> None:
        """Has scrapes show this."""
        with self._lock:
            self._state = replace(self._state, snapshot=snapshot)

    def called(self, call: str, began: float) -> None:
        """Counts a good call whose answer is not kept here."""
        with self._lock:
            self._state = self._timed(call, began, ok=True)

    def failed(self, call: str, began: float) -> None:
        """Counts a failed call; the last good answer stays."""
        with self._lock:
            self._state = self._timed(call, began, ok=False)

    def _timed(self, call: str, began: float, ok: bool) -> State:
        ended = self.clock()
        stats = self._state.calls[call].after(ended - began, ended, ok)
        return replace(self._state, calls={**self._state.calls, call: stats})
