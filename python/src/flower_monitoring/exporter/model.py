"""What the exporter knows of a federation: plain values, free of flwr and of Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

ONLINE = "online"
UNREGISTERED = "unregistered"
FINISHED = "finished"


@dataclass(frozen=True)
class Node:
    """One SuperNode as ListNodes gives it. Times are Unix seconds on the SuperLink's clock."""

    node_id: int
    status: str
    name: str = ""
    location: str = ""
    online_until: float | None = None
    """Last heartbeat plus two heartbeat intervals; None for a node that never was online."""
    heartbeat_interval: float = 30.0

    @property
    def last_heartbeat(self) -> float | None:
        """When the SuperLink last heard from the node.

        A node that was stopped in order has `online_until` set to that moment, so this reads two
        intervals too early for it; the SuperLink's answer cannot tell it from one that went silent.
        """
        if self.online_until is None:
            return None
        return self.online_until - 2 * self.heartbeat_interval


@dataclass(frozen=True)
class Run:
    """One run as ListRuns gives it, with its cumulative counters."""

    run_id: int
    status: str
    sub_status: str = ""
    """completed, failed or stopped for a finished run, else empty."""
    finished_at: float | None = None
    bytes_sent: int = 0
    bytes_received: int = 0
    client_seconds: float = 0.0
    series_id: int = 0
    """What Flower keeps a run's events under; several runs can share one."""
    app: str = ""
    app_version: str = ""
    federation: str = ""
    """Flower's name of it, such as @none/default."""
    details: str = ""
    """Why it failed."""
    pending_at: float | None = None
    starting_at: float | None = None
    running_at: float | None = None

    @property
    def finished(self) -> bool:
        """Whether the run has ended, well or not."""
        return self.status == FINISHED


@dataclass(frozen=True)
class NodesAnswer:
    """All nodes, and the SuperLink's clock when it answered."""

    now: float
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class RunsAnswer:
    """Runs (a page, or all), and the SuperLink's clock when it answered."""

    now: float
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class RunEvent:
    """One task event. Ids grow over all runs of a SuperLink; `at` is on the SuperLink's clock."""

    id: int
    event: str
    data: str
    at: float


@dataclass(frozen=True)
class EventsAnswer:
    """Events of a run in order. Not `complete` when time was up before all had come."""

    events: tuple[RunEvent, ...]
    complete: bool


@dataclass(frozen=True)
class LogsAnswer:
    """What a run's ServerApp has printed, and when the last of it reached the SuperLink.

    `latest` is where to go on; it is what was asked with when there was nothing new.
    """

    text: str
    latest: float
    complete: bool


class ControlApiError(Exception):
    """A Control API call failed: unreachable, too slow, refused or not understood."""


class ControlApi(Protocol):
    """The calls that the exporter makes. Each raises ControlApiError, and nothing else."""

    def list_nodes(self) -> NodesAnswer:
        """Every SuperNode that the SuperLink knows."""

    def list_runs(self, limit: int, skip: int) -> RunsAnswer:
        """Up to `limit` runs, newest first, after leaving out the `skip` newest."""

    def get_run(self, run_id: int) -> RunsAnswer:
        """One run; an empty answer when the SuperLink does not know it."""

    def run_events(self, run: Run, after_id: int) -> EventsAnswer:
        """The run's events with a higher id; ask with 0, or with the id of one that it had.

        From several threads at a time, like `run_logs`.
        """

    def run_logs(self, run: Run, after: float) -> LogsAnswer:
        """What the run's ServerApp printed after this moment; ask with 0, or with `latest`."""
