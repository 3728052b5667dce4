"""What Flower's own log lines say of rounds, as events. Formats of 1.40 to 1.42.

Times are not in these lines, so neither are durations. A round is over when the next one begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flower_monitoring.hook import figures
from flower_monitoring.hook.round import SOURCES

from .training import NODES_WANTED, TRAINING_OVER, UNKNOWN

Event = tuple[str, dict[str, Any]]
Metrics = Mapping[str, int | float]

_SUPERLINK_NODE = "1"
"""In whose name the SuperLink answers for a node that is gone."""
_CAUSES = (
    ("<class ", "exception"),
    ("ClientApp stopped responding", "crashed"),
    ("Node Unavailable", "node_gone"),
    ("Message Unavailable", "message_lost"),
    ("Reply Message Unavailable", "message_lost"),
)
"""By what the reason begins with, or has after `Error: `."""
_PAIR = re.compile(r"'((?:[^'\\]|\\.)*)': ([^,\[\]{}']+)(?=[,}])")


class LogText:
    """Follows one run's log, line by line."""

    def __init__(self) -> None:
        self._start: dict[str, Any] | None = None
        """Data of a training_start that is not told yet: more lines add to it."""
        self._round: dict[str, Any] | None = None
        """The round that goes on: its number, and what its end will tell."""
        self._selected_clients = False
        self._metrics: dict[str, Metrics] = {}
        self._phase = "train"
        self._history = ""

    def line(self, said: str) -> Iterator[Event]:
        """The events of one message, without level and colours."""
        for pattern, handler in _LINES:
            match = pattern.fullmatch(said)
            if match is not None:
                yield from handler(self, *match.groups())
                return

    def _strategy(self, name: str) -> Iterator[Event]:
        self._start = {"strategy": name, "api": "message"}
        self._round = None
        yield from ()

    def _legacy(self, rounds: str) -> Iterator[Event]:
        self._start = {"strategy": UNKNOWN, "api": "legacy", "num_rounds": int(rounds)}
        yield from ()

    def _init(self) -> Iterator[Event]:
        # Only the workflow of secure aggregation begins with this.
        self._start = self._start or {"strategy": UNKNOWN, "api": "workflow"}
        yield from self._begin()

    def _num_rounds(self, rounds: str) -> Iterator[Event]:
        if self._start is not None:
            self._start["num_rounds"] = int(rounds)
        yield from ()

    def _model(self, megabytes: str) -> Iterator[Event]:
        size = round(float(megabytes) * 2**20)
        if self._start is not None and size > 0:
            self._start["model_bytes"] = size
        yield from ()

    def _min_nodes(self, nodes: str) -> Iterator[Event]:
        if self._start is not None:
            self._start["min_clients"] = int(nodes)
        yield from ()

    def _waiting(self, nodes: str) -> Iterator[Event]:
        yield NODES_WANTED, {"min_clients": int(nodes)}

    def _next_round(self, number: str, _of: str | None) -> Iterator[Event]:
        yield from self._begin()
        yield from self._end_round()
        self._round = {"round": int(number), "num_clients_failed": 0}
        self._selected_clients = False
        yield from self._enter("configure_train")

    def _selected(self, phase: str, clients: str) -> Iterator[Event]:
        phase = "train" if phase in ("fit", "train") else "evaluate"
        if self._round is None:
            return
        if not self._selected_clients:
            self._selected_clients = True
            yield (
                "round_start",
                {
                    "round": self._round["round"],
                    "num_clients_selected": int(clients),
                },
            )
        yield from self._enter(phase)

    def _replies(self, phase: str, good: str, failed: str) -> Iterator[Event]:
        phase = "train" if phase in ("fit", "train") else "evaluate"
        if self._round is None:
            return
        if phase == "train" or "num_clients_responded" not in self._round:
            self._round["num_clients_responded"] = int(good)
        self._round["num_clients_failed"] += int(failed)
        self._phase = phase
        yield from self._enter(f"aggregate_{phase}")

    def _error(self, node: str, reason: str) -> Iterator[Event]:
        text = reason.removeprefix("Error: ")
        cause = next((name for start, name in _CAUSES if text.startswith(start)), UNKNOWN)
        if self._round is not None:
            yield (
                "client_failure",
                {
                    "round": self._round["round"],
                    "node_id": None if node == _SUPERLINK_NODE else node,
                    "error_type": cause,
                    "phase": self._phase,
                },
            )

    def _aggregated(self, metrics: str) -> Iterator[Event]:
        yield from self._told(self._phase, _numbers(metrics))

    def _central_begins(self) -> Iterator[Event]:
        yield from self._enter("central_evaluate")

    def _central(self, metrics: str) -> Iterator[Event]:
        yield from self._begin()
        yield from self._told("central_evaluate", _numbers(metrics))

    def _central_legacy(self, loss: str, metrics: str) -> Iterator[Event]:
        yield from self._told("central_evaluate", {**_numbers(metrics), **_number("loss", loss)})

    def _over(self, seconds: str) -> Iterator[Event]:
        yield from self._end_round()
        yield TRAINING_OVER, {"seconds": float(seconds)}

    def _history_of(self, subject: str) -> Iterator[Event]:
        self._history = subject
        yield from ()

    def _history_round(self, value: str) -> Iterator[Event]:
        # The only place where the old API tells the clients' loss.
        if self._history == "loss, distributed":
            yield TRAINING_OVER, _number("loss", value)

    def _begin(self) -> Iterator[Event]:
        if self._start is not None:
            start, self._start = self._start, None
            yield "training_start", start

    def _enter(self, phase: str) -> Iterator[Event]:
        if self._round is not None:
            yield "round_phase", {"round": self._round["round"], "phase": phase}

    def _told(self, phase: str, metrics: Metrics) -> Iterator[Event]:
        number = 0 if self._round is None else self._round["round"]
        self._metrics[phase] = metrics
        yield "round_metrics", {"round": number, "phase": phase, "metrics": _finite(metrics)}
        if phase == "central_evaluate":
            yield "evaluation_result", {"round": number}

    def _end_round(self) -> Iterator[Event]:
        ended, self._round = self._round, None
        told, self._metrics = self._metrics, {}
        if ended is None:
            return
        sources = [told[source] for source in SOURCES if source in told]
        result = {
            "aggregated_loss": figures.loss(sources),
            "aggregated_accuracy": figures.accuracy(sources),
        }
        yield "round_end", {**ended, **_finite(result)}


def _numbers(text: str) -> Metrics:
    """Single numbers of a dict that Python printed; lists and texts are left out."""
    found: dict[str, int | float] = {}
    for name, value in _PAIR.findall(text):
        found.update(_number(name, value))
    return found


def _number(name: str, text: str) -> dict[str, float]:
    inner = re.fullmatch(r"(?:np|numpy)\.\w+\((.*)\)", text)
    try:
        return {name: float(inner[1] if inner else text)}
    except ValueError:
        return {}


def _finite(metrics: Mapping[str, int | float | None]) -> dict[str, int | float | None]:
    return {name: v if v is not None and v - v == 0 else None for name, v in metrics.items()}


_LINES: tuple[tuple[re.Pattern[str], Callable[..., Iterator[Event]]], ...] = tuple(
    (re.compile(pattern), handler)
    for pattern, handler in (
        (r"Starting (\w+) strategy:", LogText._strategy),
        (r"├── Number of rounds: (\d{1,9})", LogText._num_rounds),
        (r"├── ArrayRecord \((\d{1,9}\.\d{1,9}) MB\)", LogText._model),
        (r"│\s+└──Minimum available nodes: (\d{1,9})", LogText._min_nodes),
        (r"Initial global evaluation results: (\{.*\})", LogText._central),
        (r"\[ROUND (\d{1,9})(?:/(\d{1,9}))?\]", LogText._next_round),
        (r"Waiting for nodes to connect: \d+ .*required: (\d{1,9})\)\.?", LogText._waiting),
        (r"configure_(train|evaluate): Sampled (\d{1,9}) nodes .*", LogText._selected),
        (
            r"aggregate_(train|evaluate): Received (\d{1,9}) results and (\d{1,9}) .*",
            LogText._replies,
        ),
        (r"> Received error in reply from node (\d{1,20}): (.*)", LogText._error),
        (r"└──> Aggregated MetricRecord: (\{.*\})", LogText._aggregated),
        (r"Global evaluation", LogText._central_begins),
        (r"└──> MetricRecord: (\{.*\})", LogText._central),
        (r"Strategy execution finished in (\d{1,9}\.\d{1,9})s", LogText._over),
        (r"Starting Flower ServerApp, config: num_rounds=(\d{1,9}),.*", LogText._legacy),
        (r"\[INIT\]", LogText._init),
        (r"initial parameters \(loss, other metrics\): (\S+), (\{.*\})", LogText._central_legacy),
        (r"configure_(fit|evaluate): strategy sampled (\d{1,9}) clients .*", LogText._selected),
        (
            r"aggregate_(fit|evaluate): received (\d{1,9}) results and (\d{1,9}) .*",
            LogText._replies,
        ),
        (r"fit progress: \(\d+, (\S+), (\{.*\}), \S+\)", LogText._central_legacy),
        (r"Run finished \d+ round\(s\) in (\d{1,9}\.\d{1,9})s", LogText._over),
        (r"History \((.*)\):", LogText._history_of),
        (r"round \d+: (\S+)", LogText._history_round),
    )
)
"""Flower's lines: message API, then the API before it and its workflow."""
