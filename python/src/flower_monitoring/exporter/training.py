"""One run's training, made from its events. Knows neither Flower nor Prometheus nor the clock."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from flower_monitoring.events import ALL
from flower_monitoring.events.spec import APIS, FAILURE_CAUSES, PHASES

from . import event_data as read
from .event_data import InvalidEvent
from .histogram import PHASE_BUCKETS, Histogram
from .totals import Totals

UNKNOWN = "unknown"
OTHER_EVENT = "other"
NODES_WANTED, TRAINING_OVER = "_nodes_wanted", "_training_over"
"""What a log says beyond events. No event can be called so: names begin with a letter."""
METRIC_PHASES = ("train", "evaluate", "central_evaluate")
REPLY_PHASES = ("train", "evaluate")
OUTCOMES = ("complete", "failed", "stopped")
MAX_REMEMBERED = 1000
"""Names of metrics over the limit that are told apart, so that each counts once."""


class TrainingRun:
    """What is known of one run's training. For one thread at a time.

    Events must come in order, each once; whoever feeds them sees to that.
    """

    def __init__(self, run_id: str, max_metrics: int = 50) -> None:
        self.run_id = run_id
        self.totals = Totals()
        self.round_durations: dict[str, Histogram] = {}
        """By strategy: a ServerApp can use one after the other."""
        self.hook: tuple[str, str] | None = None
        """Versions of the hook and of Flower in the ServerApp."""
        self.hook_errors = self.hook_dropped = self.hook_moved = 0
        self.checkpoint: tuple[float | None, float] | None = None
        """The last one: its bytes (None when unknown) and when it was saved."""
        self.started_at: float | None = None
        self.last_event_at: float | None = None
        self.outcome: str | None = None
        """How training ended: complete, failed or stopped; None while it has not."""
        self.duration: float | None = None
        """Seconds that the whole training took."""
        self._max_metrics = max_metrics
        self._begin("")

    def _begin(self, strategy: str) -> None:
        """Forgets what is of one strategy's rounds."""
        self.strategy = strategy
        """Its name; empty while nothing has told it."""
        self.api = ""
        self.num_rounds: int | None = None
        self.min_clients: int | None = None
        self.model_bytes: int | None = None
        self.round: int | None = None
        """The round that goes on or was the last; 0 before the first, None before training."""
        self.phase: str | None = None
        self.selected: int | None = None
        self.responded: int | None = None
        self.loss: float | None = None
        self.accuracy: float | None = None
        self.bytes_sent: int | None = None
        self.bytes_received: int | None = None
        self.examples: float | None = None
        self.phase_seconds: dict[str, float] = {}
        """Durations of the last round's phases."""
        self.metrics: dict[tuple[str, str], float] = {}
        """The app's own metrics by phase and name; NaN where the app has NaN or infinity."""
        self.metrics_dropped: set[tuple[str, str]] = set()
        self.replies: dict[tuple[str, str], tuple[float, float | None]] = {}
        """By node id and phase: when its last answer came, how long it took; None: it failed."""
        self._failed: Counter[int] = Counter()

    def apply(self, event: str, data: Mapping[str, Any], at: float) -> bool:
        """Takes in one event (its name without `fl.`) of the Unix time `at`.

        False, and nothing but a count changes, when its data is not as documented. Fields may be
        missing, and there may be others.
        """
        handler = _HANDLERS.get(event)
        if handler is not None:
            try:
                handler(self, data, at)
            except InvalidEvent:
                self.totals.invalid["field"] += 1
                return False
        if event in (NODES_WANTED, TRAINING_OVER):
            return True
        self.totals.events[event if event in ALL else OTHER_EVENT] += 1
        self.last_event_at = max(at, self.last_event_at or at)
        return True

    def _on_training_start(self, data: Mapping[str, Any], at: float) -> None:
        strategy = read.text(data, "strategy") or UNKNOWN
        num_rounds, min_clients = read.count(data, "num_rounds"), read.count(data, "min_clients")
        model_bytes = read.count(data, "model_bytes")
        hook = (read.text(data, "hook_version"), read.text(data, "flower_version"))
        api = read.choice(data, "api", APIS, "")
        self._begin(strategy)
        self.api, self.num_rounds, self.min_clients = api, num_rounds, min_clients
        self.model_bytes = model_bytes
        self.round = 0
        if hook[0] is not None:
            self.hook = (hook[0], hook[1] or "")
        if self.started_at is None:
            self.started_at = at

    def _on_round_start(self, data: Mapping[str, Any], _at: float) -> None:
        number, selected = read.round_of(data), read.count(data, "num_clients_selected")
        self._enter(number, "train" if self.phase in (None, "configure_train") else self.phase)
        self.selected = selected

    def _on_round_phase(self, data: Mapping[str, Any], _at: float) -> None:
        number, phase = read.round_of(data), read.text(data, "phase")
        if phase in PHASES:
            self._enter(number, phase)

    def _on_round_end(self, data: Mapping[str, Any], at: float) -> None:
        number, duration = read.round_of(data), read.seconds(data, "round_duration_seconds")
        responded, failed = (
            read.count(data, "num_clients_responded"),
            read.count(data, "num_clients_failed"),
        )
        loss, accuracy = (
            read.number(data, "aggregated_loss"),
            read.number(data, "aggregated_accuracy"),
        )
        sent, received = read.count(data, "bytes_sent"), read.count(data, "bytes_received")
        examples = read.number(data, "num_examples")
        told = read.mapping(data, "phases")
        phases = {
            name: max(read.as_number(told[name], name), 0.0) for name in PHASES if name in told
        }
        self.round, self.phase = max(number, self.round or 0), None
        self.responded = responded
        self.loss, self.accuracy = loss, accuracy
        self.bytes_sent, self.bytes_received, self.examples = sent, received, examples
        self.phase_seconds = phases
        self.totals.rounds += 1
        if duration is not None:
            rounds = self.round_durations.setdefault(self.strategy, Histogram())
            rounds.observe(duration, self.run_id, at)
        for phase, seconds in phases.items():
            histogram = self.totals.phases.setdefault(phase, Histogram(PHASE_BUCKETS))
            histogram.observe(seconds, self.run_id, at)
        # Of a thousand failures some events may have been dropped on the way.
        missed = (failed or 0) - self._failed.pop(number, 0)
        if missed > 0:
            self.totals.failures[UNKNOWN] += missed
        for earlier in [key for key in self._failed if key < number]:
            del self._failed[earlier]

    def _on_round_metrics(self, data: Mapping[str, Any], _at: float) -> None:
        phase = read.choice(data, "phase", METRIC_PHASES, "")
        told = read.mapping(data, "metrics")
        values = {
            read.label(str(name)): math.nan if value is None else read.as_number(value, "metrics")
            for name, value in told.items()
        }
        for name, value in values.items():
            key = (phase, name)
            if key in self.metrics or len(self.metrics) < self._max_metrics:
                self.metrics[key] = value
            elif len(self.metrics_dropped) < MAX_REMEMBERED:
                self.metrics_dropped.add(key)

    def _on_round_replies(self, data: Mapping[str, Any], at: float) -> None:
        phase = read.choice(data, "phase", REPLY_PHASES, "")
        replies = [_reply(item) for item in read.items(data, "replies")]
        histogram = self.totals.clients.setdefault(phase, Histogram())
        for node, seconds in replies:
            histogram.observe(seconds, self.run_id, at)
            if node:
                self.totals.replies[node, phase] += 1
                self.replies[node, phase] = (at, seconds)

    def _on_client_failure(self, data: Mapping[str, Any], at: float) -> None:
        number, node = read.round_of(data), read.node_id(data.get("node_id"))
        cause = read.choice(data, "error_type", FAILURE_CAUSES, UNKNOWN)
        self.totals.failures[cause] += 1
        self._failed[number] += 1
        if node:
            self.totals.node_failures[node, cause] += 1
            # What it took when all was well says nothing of now.
            self.replies[node, read.choice(data, "phase", REPLY_PHASES, "")] = (at, None)

    def _on_checkpoint_saved(self, data: Mapping[str, Any], at: float) -> None:
        self.checkpoint = (read.number(data, "size_bytes"), at)
        self.totals.checkpoints += 1

    def _on_hook_report(self, data: Mapping[str, Any], _at: float) -> None:
        errors, dropped = read.count(data, "errors"), read.count(data, "dropped")
        moved = read.items(data, "moved")
        self.hook_errors, self.hook_dropped = errors or 0, dropped or 0
        self.hook_moved = len(moved)

    def _on_training_end(self, data: Mapping[str, Any], _at: float) -> None:
        loss, accuracy = read.number(data, "final_loss"), read.number(data, "final_accuracy")
        duration = read.seconds(data, "total_duration_seconds")
        self.outcome = read.choice(data, "status", OUTCOMES, "complete")
        self.phase = None
        if duration is not None:
            self.duration = duration
        self.loss = loss if self.loss is None else self.loss
        self.accuracy = accuracy if self.accuracy is None else self.accuracy

    def _on_nodes_wanted(self, data: Mapping[str, Any], _at: float) -> None:
        self.min_clients = read.count(data, "min_clients")

    def _on_training_over(self, data: Mapping[str, Any], _at: float) -> None:
        duration, loss = read.seconds(data, "seconds"), read.number(data, "loss")
        self.phase = None
        self.duration = self.duration if duration is None else duration
        self.loss = self.loss if loss is None else loss

    def _enter(self, number: int, phase: str | None) -> None:
        self.round, self.phase = number, phase


def _reply(item: Any) -> tuple[str, float]:
    if not isinstance(item, list) or len(item) < 2:
        raise InvalidEvent("replies")
    return read.node_id(item[0]), max(read.as_number(item[1], "replies"), 0.0)


_HANDLERS: dict[str, Callable[[TrainingRun, Mapping[str, Any], float], None]] = {
    "training_start": TrainingRun._on_training_start,
    "round_start": TrainingRun._on_round_start,
    "round_phase": TrainingRun._on_round_phase,
    "round_end": TrainingRun._on_round_end,
    "round_metrics": TrainingRun._on_round_metrics,
    "round_replies": TrainingRun._on_round_replies,
    "client_failure": TrainingRun._on_client_failure,
    "checkpoint_saved": TrainingRun._on_checkpoint_saved,
    "hook_report": TrainingRun._on_hook_report,
    "training_end": TrainingRun._on_training_end,
    NODES_WANTED: TrainingRun._on_nodes_wanted,
    TRAINING_OVER: TrainingRun._on_training_over,
}
