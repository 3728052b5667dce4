"""The polling thread: asks the Control API at an interval and keeps the answers in a Store.

Polling, and not asking during a scrape, because a scrape must answer at once also when the
SuperLink does not, and because each Control API call makes the SuperLink log two INFO lines and
ListRuns makes it clean up the finished runs that it lists. At the default of 10 s this is two
calls, four lines, a poll, and one or two more for each live run; more scrapers do not add to it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from .ledger import RunLedger
from .model import ControlApi, NodesAnswer, RunsAnswer
from .state import LIST_NODES, LIST_RUNS, Store
from .watch import Watch

log = logging.getLogger("flower_monitoring.exporter")

OURS = "poll"
"""Under this name a fault of ours is told."""

Answer = TypeVar("Answer", NodesAnswer, RunsAnswer)


class Poller:
    """Fills a Store until it is stopped. A failed call never ends it."""

    def __init__(
        self, api: ControlApi, store: Store, interval_seconds: float, watch: Watch | None = None
    ) -> None:
        self._api = api
        self._store = store
        self._interval = interval_seconds
        self._watch = watch
        self._ledger = RunLedger()
        self._failing: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="control-api-poll", daemon=True)

    def start(self) -> None:
        """Starts the thread; its first poll is immediate."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after its present call, and waits for it one second at most."""
        self._stop.set()
        if self._watch is not None:
            self._watch.stop()
        self._thread.join(timeout=1.0)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def poll(self) -> None:
        """Asks once for nodes and runs, each by itself, and then for what is new in the runs."""
        began = self._store.clock()
        nodes = self._ask(LIST_NODES, self._api.list_nodes)
        runs = self._ask(LIST_RUNS, self._list_runs)
        if self._watch is None or self._stop.is_set():
            return
        try:
            self._watch.update(nodes, runs, began, deadline=began + self._interval)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the polling
            self._tell_failure(OURS, f"{type(error).__name__}: {error}")
        else:
            self._failing.pop(OURS, None)

    def _list_runs(self) -> RunsAnswer:
        return RunsAnswer(*self._ledger.refresh(self._api))

    def _ask(self, call: str, ask: Callable[[], Answer]) -> Answer | None:
        if self._stop.is_set():
            return None
        began = self._store.clock()
        try:
            answer = ask()
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the polling either
            self._store.failed(call, began)
            self._tell_failure(call, str(error) or repr(error))
            return None
        self._store.succeeded(call, began, answer)
        if self._failing.pop(call, None) is not None:
            log.info("%s: the Control API answers again", call)
        return answer

    def _tell_failure(self, call: str, cause: str) -> None:
        """One line for each new kind of cause: not one at each poll while the SuperLink is down."""
        kind = cause.partition(":")[0]
        if self._failing.get(call) != kind:
            log.warning("%s: %s; the last known state stays", call, cause)
        self._failing[call] = kind

    def _loop(self) -> None:
        while True:
            began = self._store.clock()
            self.poll()
            elapsed = self._store.clock() - began
            if self._stop.wait(max(self._interval - elapsed, 0.5)):
                return
