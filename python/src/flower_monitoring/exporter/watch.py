"""After each poll: reads the runs, tells what happened, and makes what a scrape shows of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client.metrics_core import Metric as Family

from flower_monitoring.events.spec import STALL_CAUSES

from .catalog import federation, runs
from .event_socket import EventSocket
from .families import family
from .follow import Followed
from .followers import Followers
from .journal import OFFLINE, Journal
from .model import ONLINE, UNREGISTERED, NodesAnswer, Run, RunsAnswer
from .run_metrics import run_list_families
from .shown import Limits, node_labels, shown_nodes, shown_runs
from .situation import Situation, situation
from .snapshot import Snapshot
from .state import Store
from .training_metrics import run_families, total_families


class Watch:
    """What follows from a poll. For the polling thread."""

    def __init__(
        self,
        store: Store,
        followers: Followers,
        journal: Journal,
        limits: Limits,
        stall_seconds: float,
        socket: EventSocket | None = None,
    ) -> None:
        self._store = store
        self._followers = followers
        self._journal = journal
        self._limits = limits
        self._stall_seconds = stall_seconds
        self._socket = socket

    def stop(self) -> None:
        """Has `update` end soon."""
        self._followers.stop()

    def update(
        self, nodes: NodesAnswer | None, answer: RunsAnswer | None, began: float, deadline: float
    ) -> None:
        """Takes in what this poll was answered; None where it failed. Times are the store's."""
        if nodes is not None:
            self._journal.nodes(nodes)
        if answer is not None:
            datagrams = self._socket.take() if self._socket is not None else []
            ended = self._followers.refresh(answer, datagrams, deadline)
            self._journal.ends(ended, answer)
            self._journal.stalls_of(self._situations(answer).values(), answer.now)
        state = self._store.state
        if state.runs is not None:
            self._journal.save(state.runs.now, complete=self._followers.replayed)
        self._store.show(self._snapshot(state.nodes, state.runs, self._store.clock() - began))

    def _situations(self, answer: RunsAnswer) -> dict[int, tuple[Followed, Situation]]:
        """Of all running runs, by id."""
        nodes = self._store.state.nodes
        online = 0 if nodes is None else sum(node.status == ONLINE for node in nodes.nodes)
        found: dict[int, tuple[Followed, Situation]] = {}
        for run_id, followed in self._followers.runs.items():
            how = situation(
                followed.run, followed.training, online, answer.now, self._stall_seconds
            )
            if how is not None:
                found[run_id] = (followed, how)
        return found

    def _snapshot(
        self, nodes: NodesAnswer | None, answer: RunsAnswer | None, seconds: float
    ) -> Snapshot:
        families: list[Family] = []
        if nodes is not None:
            families += self._node_counters()
        shown: list[Run] = []
        if answer is not None:
            shown = shown_runs(answer, self._limits.run_ttl_seconds)[: self._limits.max_runs]
            families += self._run_families(nodes, answer, shown)
        followed = self._followers.runs
        return Snapshot(
            families=tuple(families),
            app_metrics_dropped=sum(
                len(followed[run.run_id].training.metrics_dropped)
                for run in shown
                if run.run_id in followed
            ),
            replayed=answer is not None and self._followers.replayed,
            followed_runs=self._followers.pending,
            log_lines=self._followers.log_lines,
            poll_seconds=seconds,
            invalid=self._invalid(answer is not None and self._followers.replayed),
        )

    def _invalid(self, replayed: bool) -> dict[str, int]:
        """Those of runs are counted anew by each exporter, so only when all have been read."""
        found = Counter({"datagram": 0, "overflow": 0, "unknown_run": self._followers.unknown})
        if self._socket is not None:
            found.update(self._socket.invalid())
        if replayed:
            found.update({"json": 0, "field": 0, **self._followers.totals().invalid})
        return dict(found)

    def _node_counters(self) -> Iterator[Family]:
        yield family(federation.CLIENT_JOINS, [((), self._journal.joins)])
        yield family(
            federation.CLIENT_LEAVES, _counts((OFFLINE, UNREGISTERED), self._journal.leaves)
        )
        yield family(runs.STALLS, _counts(STALL_CAUSES, self._journal.stalls))

    def _run_families(
        self, nodes: NodesAnswer | None, answer: RunsAnswer, shown: list[Run]
    ) -> Iterator[Family]:
        followed = self._followers.runs
        situations = {run_id: how for run_id, (_, how) in self._situations(answer).items()}
        yield from run_list_families(shown, followed, situations)
        labels = {}
        if nodes is not None:
            listed = shown_nodes(nodes, self._limits.run_ttl_seconds)[: self._limits.max_nodes]
            labels = {str(node.node_id): node_labels(node) for node in listed}
        trainings = {
            str(run.run_id): followed[run.run_id].training
            for run in shown
            # With half of its events a counter would be too low, and then seem to start again.
            if run.run_id in followed and followed[run.run_id].caught_up
        }
        yield from run_families(trainings, labels)
        if self._followers.replayed:
            yield from total_families(self._followers.totals(), labels)


def _counts(kinds: tuple[str, ...], counts: Mapping[str, int]) -> list[tuple[tuple[str], float]]:
    return [((kind,), float(counts.get(kind, 0))) for kind in kinds]
