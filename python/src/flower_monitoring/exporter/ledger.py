"""Every run of the SuperLink with its counters, without asking for all of them at each poll."""

from __future__ import annotations

from .model import ControlApi, Run

PAGE = 100
"""Runs in a page when the whole list is read."""
HEADROOM = 5
"""How many more runs than the moving ones a poll asks for, so that it meets a run it knows."""
SETTLE_SECONDS = 60.0
"""A finished run is read again this long: a request may still have been counted at its end."""
MAX_SINGLE = 20
"""More moving runs than this below the first page: reading all pages costs fewer calls."""


class RunLedger:
    """Keeps final counters of settled runs, reads the others again.

    ListRuns gives the newest run first, and runs are only ever added. So once the whole list was
    read, a page that holds a known run means that all below it are known too. A SuperLink that
    lost its database has no known run: then the list is read to its end and replaces all.
    """

    def __init__(self) -> None:
        self._known: dict[int, Run] = {}
        self._moving: set[int] = set()
        self._complete = False

    def refresh(self, api: ControlApi) -> tuple[float, tuple[Run, ...]]:
        """The SuperLink's clock, and all runs. Raises ControlApiError, and then keeps the old."""
        answer = self._read_newest(api) if self._complete else None
        now, known = answer if answer is not None else self._read_all(api)
        self._known = known
        self._moving = {run.run_id for run in known.values() if not _settled(run, now)}
        self._complete = True
        return now, tuple(known.values())

    def _read_all(self, api: ControlApi) -> tuple[float, dict[int, Run]]:
        runs: dict[int, Run] = {}
        skip = 0
        while True:
            page = api.list_runs(PAGE, skip)
            runs.update((run.run_id, run) for run in page.runs)
            skip += len(page.runs)
            if len(page.runs) < PAGE:
                return page.now, runs

    def _read_newest(self, api: ControlApi) -> tuple[float, dict[int, Run]] | None:
        """One page and the moving runs below it; None when that cannot tell all."""
        limit = min(len(self._moving) + HEADROOM, PAGE)
        page = api.list_runs(limit, 0)
        fresh = {run.run_id: run for run in page.runs}
        if len(fresh) < limit:
            return page.now, fresh
        below = self._moving - fresh.keys()
        if fresh.keys().isdisjoint(self._known) or len(below) > MAX_SINGLE:
            return None
        for run_id in below:
            answer = api.get_run(run_id)
            if not answer.runs:
                return None
            fresh[run_id] = answer.runs[0]
        return page.now, {**self._known, **fresh}


def _settled(run: Run, now: float) -> bool:
    if not run.finished:
        return False
    return run.finished_at is None or run.finished_at + SETTLE_SECONDS <= now
