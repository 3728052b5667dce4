"""Tells what only the exporter sees: nodes that come and go, runs that stand still or just end.

Each is told once, and with a state file also what happened while the exporter was down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from .follow import Followed
from .model import ONLINE, UNREGISTERED, NodesAnswer, RunsAnswer
from .situation import Situation
from .state_file import StateFile

OFFLINE = "offline"
SAVE_SECONDS = 60.0


class Tell(Protocol):
    """Takes an event: its name, its data, and whose it is (`run_id`, `node`, `round`)."""

    def __call__(self, event: str, data: Mapping[str, Any], who: Mapping[str, Any]) -> None: ...


class Journal:
    """Compares each poll with the one before."""

    def __init__(self, tell: Tell, file: StateFile) -> None:
        self.joins = 0
        self.leaves: Counter[str] = Counter()
        """By what the node is now."""
        self.stalls: Counter[str] = Counter()
        """By cause."""
        self._tell = tell
        self._file = file
        self._online: dict[str, str] | None = None
        """Names of the nodes that were online, by id; None before the first poll."""
        self._live: set[str] = set()
        """Runs that had not ended."""
        self._seen_until: float | None = None
        """The SuperLink's clock at the last poll; what ended before it has been told."""
        self._stalled: set[str] = set()
        self._saved: Mapping[str, Any] = {}
        self._saved_until = 0.0
        self._unsaved = False
        """Whether something was told that the file does not know of."""
        self._restore(file.read())

    def nodes(self, answer: NodesAnswer) -> None:
        """Tells of joins and leaves since the last time."""
        online = {str(n.node_id): n.name for n in answer.nodes if n.status == ONLINE}
        statuses = {str(n.node_id): n.status for n in answer.nodes}
        before, self._online = self._online, online
        if before is None:
            return
        for node_id in online.keys() - before.keys():
            self.joins += 1
            data = {"node_id": node_id, "name": online[node_id], "client_address": None}
            self._say("client_join", answer.now, data, {"node": node_id})
        for node_id in before.keys() - online.keys():
            # A node that is not listed at all is another SuperLink's by now.
            gone = statuses.get(node_id, UNREGISTERED)
            reason = UNREGISTERED if gone == UNREGISTERED else OFFLINE
            self.leaves[reason] += 1
            data = {"node_id": node_id, "name": before[node_id], "reason": reason}
            self._say("client_leave", answer.now, data, {"node": node_id})

    def ends(self, ended: Iterable[Followed], answer: RunsAnswer) -> None:
        """Tells of runs that ended since the last time without saying so themselves.

        `ended` are those that were now read to their end, which may have been long ago.
        """
        for followed in ended:
            run, run_id = followed.run, str(followed.run.run_id)
            new = run_id in self._live or (
                self._seen_until is not None and (run.finished_at or 0.0) > self._seen_until
            )
            if new and followed.ended is not None:
                self._say("training_end", None, followed.ended, {"run_id": run_id})
            self._live.discard(run_id)
        known = {str(run.run_id) for run in answer.runs}
        self._live = (self._live & known) | {
            str(run.run_id) for run in answer.runs if not run.finished
        }

    def stalls_of(self, situations: Iterable[tuple[Followed, Situation]], now: float) -> None:
        """Tells of runs that stand still since the last time. `situations` has the running ones."""
        stalled: set[str] = set()
        for followed, found in situations:
            run_id = str(followed.run.run_id)
            if not followed.caught_up:
                stalled |= {run_id} & self._stalled
                continue
            if found.stall is None or found.idle is None:
                continue
            stalled.add(run_id)
            if run_id in self._stalled:
                continue
            self.stalls[found.stall] += 1
            data = {
                "round": followed.training.round or 0,
                "waiting_since_seconds": round(found.idle, 3),
                "connected_clients": found.present,
                "required_clients": found.wanted,
                "cause": found.stall,
            }
            who = {"run_id": run_id, "round": data["round"]}
            self._say("training_stalled", now, data, who)
        self._stalled = stalled

    def save(self, now: float, complete: bool) -> None:
        """Keeps all this for the next exporter. `complete`: every run has been looked at."""
        if complete:
            self._seen_until = now
        state = {
            "online": self._online,
            "live": sorted(self._live),
            "stalled": sorted(self._stalled),
            "joins": self.joins,
            "leaves": dict(self.leaves),
            "stalls": dict(self.stalls),
        }
        # A file that is a minute old is as good, unless something was told since.
        if state != self._saved or self._unsaved or now >= self._saved_until + SAVE_SECONDS:
            self._file.write({**state, "seen_until": self._seen_until})
            self._saved, self._unsaved, self._saved_until = state, False, now

    def _say(
        self, event: str, now: float | None, data: Mapping[str, Any], who: Mapping[str, Any]
    ) -> None:
        self._unsaved = True
        self._tell(event, data if now is None else {"v": 1, "ts": round(now, 3), **data}, who)

    def _restore(self, state: Mapping[str, Any] | None) -> None:
        """Takes up where an exporter ended. A file that someone has changed is as good as none."""
        if state is None:
            return
        try:
            online, seen = state["online"], state["seen_until"]
            self._online = None if online is None else {str(k): str(v) for k, v in online.items()}
            self._live, self._stalled = set(state["live"]), set(state["stalled"])
            self._seen_until = None if seen is None else float(seen)
            self.joins = int(state["joins"])
            self.leaves = Counter({str(k): int(v) for k, v in state["leaves"].items()})
            self.stalls = Counter({str(k): int(v) for k, v in state["stalls"].items()})
        except (KeyError, TypeError, ValueError, AttributeError):
            self._online, self._seen_until = None, None
            self._live, self._stalled = set(), set()
