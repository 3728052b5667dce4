"""Stand-ins for the SuperLink's Control API and for the clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from flower_monitoring.exporter.model import (
    ControlApiError,
    Node,
    NodesAnswer,
    Run,
    RunsAnswer,
)


@dataclass
class FakeClock:
    """A clock that only moves when told."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class FakeControlApi:
    """Runs are held oldest first, as they are added; ListRuns gives the newest first."""

    now: float = 1_000_000.0
    nodes: list[Node] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    listed: int = 0
    """How many runs were handed out in all."""

    def list_nodes(self) -> NodesAnswer:
        self._called("list_nodes", "list_nodes")
        return NodesAnswer(self.now, tuple(self.nodes))

    def list_runs(self, limit: int, skip: int) -> RunsAnswer:
        self._called("list_runs", f"list_runs {limit} {skip}")
        page = tuple(reversed(self.runs))[skip : skip + limit]
        self.listed += len(page)
        return RunsAnswer(self.now, page)

    def get_run(self, run_id: int) -> RunsAnswer:
        self._called("list_runs", f"get_run {run_id}")
        return RunsAnswer(self.now, tuple(run for run in self.runs if run.run_id == run_id))

    def change(self, run: Run) -> None:
        """Replaces the run with the same id."""
        self.runs = [run if old.run_id == run.run_id else old for old in self.runs]

    def _called(self, call: str, line: str) -> None:
        self.calls.append(line)
        if call in self.broken:
            raise ControlApiError("broken for a test")


def finished(run_id: int, at: float, sent: int = 0, sub_status: str = "completed") -> Run:
    """A run that ended `at`."""
    return Run(run_id, "finished", sub_status, finished_at=at, bytes_sent=sent)
