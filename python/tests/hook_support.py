"""The hook in the tests' own process, and what it tells there."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import Result, Strategy

import catalogue
from flower_monitoring.events import MAX_BYTES
from flower_monitoring.hook import channel, guard, patches, payload, run, settings, variables
from flower_monitoring.hook.sender import Sender
from local_grid import LocalGrid, context

PHASES = (
    "configure_train",
    "train",
    "aggregate_train",
    "configure_evaluate",
    "evaluate",
    "aggregate_evaluate",
)
"""Of a round without an evaluation of the server's own."""
TIMES = ("ts", "round_duration_seconds", "total_duration_seconds")
Event = tuple[str, dict[str, Any]]


@dataclass
class Told:
    """Events in the order in which the hook told them, each checked against the catalogue."""

    events: list[Event] = field(default_factory=list)

    def add(self, event: str, data: Mapping[str, Any]) -> None:
        """The sink; what fails here fails the test in `check`."""
        self.events.append((event, dict(data)))

    def check(self) -> None:
        """Raises when an event is not as documented, or is too large to be sent."""
        for event, data in self.events:
            text = payload.encode(data)
            assert text is not None
            assert len(text.encode()) <= MAX_BYTES
            catalogue.check([(event, json.loads(text))])

    def names(self, *, without: tuple[str, ...] = ("round_phase",)) -> list[str]:
        """Names of the events."""
        return [event for event, _ in self.events if event not in without]

    def of(self, event: str) -> list[dict[str, Any]]:
        """Data of the events of this name, without what the clock makes of them."""
        return [_timeless(data) for name, data in self.events if name == event]

    def only(self, event: str) -> dict[str, Any]:
        """Data of the one event of this name."""
        (data,) = self.of(event)
        return data


@contextlib.contextmanager
def hooked(batch_seconds: float = 0.01, *, broken: bool = False) -> Iterator[Told]:
    """The hook, installed while the block runs; afterwards it was never there.

    Faults of its own must be none, unless it is `broken` on purpose.
    """
    told = Told()
    sender, channel.sender = channel.sender, Sender(batch_seconds)
    channel.add_sink(told.add)
    guard.reset()
    settings.reset()
    variables.reset()
    patches.install()
    try:
        yield told
    finally:
        patches.remove()
        channel.remove_sink(told.add)
        channel.sender = sender
        run.current = None
    assert broken or guard.errors == 0, guard.last
    told.check()


def serve(main: Callable[[Grid, Context], object], grid: Grid, **run_config: Any) -> None:
    """Runs a ServerApp with this main function."""
    app = ServerApp()
    app.main()(cast(Callable[[Grid, Context], None], main))
    app(grid, context(**run_config))


def learner() -> ClientApp:
    """A ClientApp that adds its node's id to the model, and tells losses that fall by round."""
    app = ClientApp()

    @app.train()
    def train(message: Message, _: Context) -> Message:
        arrays = message.content.array_records["arrays"].to_numpy_ndarrays()
        node = message.metadata.dst_node_id
        server_round = _round(message)
        metrics = MetricRecord({"train_loss": node / server_round, "num-examples": node})
        content = RecordDict({"arrays": ArrayRecord([a + node for a in arrays]), "m": metrics})
        return Message(content, reply_to=message)

    @app.evaluate()
    def evaluate(message: Message, _: Context) -> Message:
        node = message.metadata.dst_node_id
        server_round = _round(message)
        figures: dict[str, int | float | list[int] | list[float]] = {
            "eval_loss": 1 / server_round,
            "eval_accuracy": 1 - 0.5 / server_round,
            "curve": [1.0, 2.0],
            "num-examples": node,
        }
        return Message(RecordDict({"m": MetricRecord(figures)}), reply_to=message)

    return app


def arrays() -> ArrayRecord:
    """A small model."""
    return ArrayRecord([np.zeros((2, 3)), np.ones(4)])


def _round(message: Message) -> int:
    for record in message.content.config_records.values():
        return int(str(record.get("server-round", 1)))
    return 1


def _timeless(data: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if key not in (*TIMES, "v")}
    if "phases" in kept:
        kept["phases"] = sorted(kept["phases"])
    if "replies" in kept:
        kept["replies"] = [[node, *rest] for node, _, *rest in kept["replies"]]
    return kept


def messages(
    grid: Grid, kind: str = "train", server_round: int | None = None, **config: Any
) -> list[Message]:
    """One for each node."""
    values = {} if server_round is None else {"server-round": server_round}
    content = RecordDict({"arrays": arrays(), "config": ConfigRecord({**values, **config})})
    return [Message(content, node, kind) for node in grid.get_node_ids()]


def rounds_of_two(grid: Grid) -> None:
    """Two rounds of training and evaluation that nobody numbers."""
    for _ in range(2):
        grid.send_and_receive(messages(grid), timeout=10)
        grid.send_and_receive(messages(grid, "evaluate"))


def train(
    strategy: Strategy, grid: LocalGrid | None = None, rounds: int = 1, **options: Any
) -> tuple[Told, Result]:
    """What the hook tells of a run, and the run's result."""
    results = []
    with hooked() as told:
        serve(
            lambda grid, _: results.append(
                strategy.start(grid, arrays(), num_rounds=rounds, **options)
            ),
            grid or LocalGrid(learner()),
        )
    return told, results[0]
