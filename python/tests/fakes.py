"""Stand-ins for the SuperLink's Control API and for the clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flower_monitoring.exporter.model import (
    ControlApiError,
    EventsAnswer,
    LogsAnswer,
    Node,
    NodesAnswer,
    Run,
    RunEvent,
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
    """Calls that fail: list_nodes, list_runs, run_events, run_logs; `run 7` those of one run."""
    calls: list[str] = field(default_factory=list)
    listed: int = 0
    """How many runs were handed out in all."""
    events: dict[int, list[RunEvent]] = field(default_factory=dict)
    logs: dict[int, list[tuple[float, str]]] = field(default_factory=dict)
    at_once: int = 1_000_000
    """Events in an answer; with more it is not complete."""
    next_event: int = 1

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

    def run_events(self, run: Run, after_id: int) -> EventsAnswer:
        self._called("run_events", f"run_events {run.run_id} {after_id}", run.run_id)
        # The last event is in the answer once more: a reader must bear that.
        found = [e for e in self.events.get(run.run_id, []) if e.id >= after_id]
        return EventsAnswer(tuple(found[: self.at_once]), len(found) <= self.at_once)

    def run_logs(self, run: Run, after: float) -> LogsAnswer:
        self._called("run_logs", f"run_logs {run.run_id} {after:g}", run.run_id)
        rows = [(at, text) for at, text in self.logs.get(run.run_id, []) if at > after]
        return LogsAnswer("".join(text for _, text in rows), rows[-1][0] if rows else after, True)

    def change(self, run: Run) -> None:
        """Replaces the run with the same id."""
        self.runs = [run if old.run_id == run.run_id else old for old in self.runs]

    def finish(self, run_id: int, sub_status: str = "completed", details: str = "") -> None:
        """Ends a run now."""
        (run,) = self.get_run(run_id).runs
        self.change(
            replace(
                run,
                status="finished",
                sub_status=sub_status,
                finished_at=self.now,
                details=details,
            )
        )

    def tell(self, run_id: int, event: str, at: float | None = None, **data: Any) -> None:
        """Has the run's hook send an event."""
        told = json.dumps({"v": 1, "ts": self.now, **data})
        self.tell_text(run_id, f"fl.{event}", told, at)

    def tell_text(self, run_id: int, event: str, data: str, at: float | None = None) -> None:
        """The same with any name and any data."""
        moment = self.now if at is None else at
        told = self.events.setdefault(run_id, [])
        told.append(RunEvent(self.next_event, event, data, moment))
        self.next_event += 1

    def say(self, run_id: int, text: str) -> None:
        """Has the run's ServerApp print something."""
        self.logs.setdefault(run_id, []).append((self.now, text))

    def _called(self, call: str, line: str, run_id: int | None = None) -> None:
        self.calls.append(line)
        if call in self.broken or f"run {run_id}" in self.broken:
            raise ControlApiError("broken for a test")


def finished(run_id: int, at: float, sent: int = 0, sub_status: str = "completed") -> Run:
    """A run that ended `at`."""
    return Run(run_id, "finished", sub_status, finished_at=at, bytes_sent=sent)


def running(run_id: int, since: float = 0.0) -> Run:
    """A run that trains."""
    return Run(run_id, "running", series_id=run_id, running_at=since)


START: Mapping[str, Any] = {
    "strategy": "FedAvg",
    "num_rounds": 3,
    "min_clients": 2,
    "api": "message",
    "model_bytes": 1000,
    "hook_version": "0.1.0",
    "flower_version": "1.41.0",
}


def end_of(number: int, **changes: Any) -> dict[str, Any]:
    """Data of a round's end."""
    return {
        "round": number,
        "num_clients_responded": 2,
        "num_clients_failed": 0,
        "aggregated_loss": 1.0 / number,
        "aggregated_accuracy": 0.5,
        "round_duration_seconds": 12.0,
        "phases": {"configure_train": 0.25, "train": 8.0},
        "bytes_sent": 200,
        "bytes_received": 100,
        "num_examples": 50.0,
        **changes,
    }


def story() -> list[tuple[str, dict[str, Any]]]:
    """Three rounds of two nodes, one of which fails in the second round."""
    told: list[tuple[str, dict[str, Any]]] = [("training_start", dict(START))]
    for number in (1, 2, 3):
        good = [["11", 4.5, 25, 50], ["22", 6.0, 25, 50]][: 1 if number == 2 else 2]
        told += [
            ("round_phase", {"round": number, "phase": "configure_train"}),
            ("round_start", {"round": number, "num_clients_selected": 2, "strategy": "FedAvg"}),
            ("round_replies", {"round": number, "phase": "train", "replies": good}),
        ]
        if number == 2:
            failure = {"node_id": "22", "error_type": "crashed", "phase": "train", "code": 8}
            told.append(("client_failure", {"round": 2, **failure}))
        metrics = {"loss": 1.0 / number, "f1": 0.25}
        told += [
            ("round_metrics", {"round": number, "phase": "train", "metrics": metrics}),
            (
                "round_end",
                end_of(
                    number,
                    num_clients_responded=len(good),
                    num_clients_failed=2 - len(good),
                ),
            ),
        ]
    checkpoint = {"round": 3, "path": "/model.npz", "size_bytes": 4096}
    told.append(("checkpoint_saved", checkpoint))
    end = {"total_rounds": 3, "final_loss": 1 / 3, "final_accuracy": 0.5, "status": "complete"}
    told.append(("training_end", {**end, "total_duration_seconds": 40.0, "error_type": None}))
    return told
