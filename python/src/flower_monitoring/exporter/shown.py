"""Which nodes and runs get series of their own, most wanted first."""

from __future__ import annotations

from dataclasses import dataclass

from .model import ONLINE, UNREGISTERED, Node, NodesAnswer, Run, RunsAnswer


@dataclass(frozen=True)
class Limits:
    """What gets series of its own, and how long. See `Config`."""

    run_ttl_seconds: float
    max_nodes: int
    max_runs: int


def shown_nodes(answer: NodesAnswer, ttl: float) -> list[Node]:
    """Nodes that get series.

    A SuperNode without a registered key takes a new id at each start, so nodes that are neither
    online, named nor recently seen would grow the series without bound.
    """
    seen_since = answer.now - ttl

    def is_shown(node: Node) -> bool:
        if node.status == ONLINE or (node.name and node.status != UNREGISTERED):
            return True
        return node.online_until is not None and node.online_until >= seen_since

    def order(node: Node) -> tuple[bool, bool, float, int]:
        return (node.status != ONLINE, not node.name, -(node.online_until or 0.0), node.node_id)

    return sorted(filter(is_shown, answer.nodes), key=order)


def shown_runs(answer: RunsAnswer, ttl: float) -> list[Run]:
    """Runs that get series: live ones, then those that ended last."""
    ended_since = answer.now - ttl

    def is_shown(run: Run) -> bool:
        return not run.finished or (run.finished_at is not None and run.finished_at >= ended_since)

    def order(run: Run) -> tuple[bool, float, int]:
        return (run.finished, -(run.finished_at or 0.0), run.run_id)

    return sorted(filter(is_shown, answer.runs), key=order)


def node_labels(node: Node) -> tuple[str, str, str]:
    """Values of `catalog.NODE_LABELS`."""
    return (str(node.node_id), node.name, node.location)
