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
