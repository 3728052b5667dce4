"""Rounds of FedAvg whose clients answer at once: what is left is the ServerApp's own work.

Prints the CPU seconds of each round, of all threads, as a JSON list. Run it in an environment with
the hook and in one without; the hook's events go to a client that takes them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from itertools import pairwise
from logging import ERROR
from typing import Any

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.supercore.logger import FLOWER_LOGGER
from flwr.supercore.task_identity import TaskIdentity


class Client:
    """Has what the hook looks for in Flower's client of the Runtime API."""

    def __init__(self) -> None:
        self._retry_invoker = None
        # The hook works on a copy of Flower's client: what it sends is counted for both.
        self.counts: list[int] = []

    def PushTaskEvents(self, request: Any) -> None:
        """Takes events."""
        self.counts.append(len(request.events))


class HttpGrid(Grid):
    """A grid of nodes that have trained before they are asked; the hook knows its kind by name."""

    def __init__(self, nodes: int, parameters: int) -> None:
        self._runtime_client = Client()
        self._nodes = list(range(10, 10 + nodes))
        self._arrays = ArrayRecord([np.zeros(parameters, dtype=np.float32)])
        self._sent: dict[str, Message] = {}

    @property
    def pushed(self) -> int:
        """Events that came."""
        return sum(self._runtime_client.counts)

    def set_run(self, run: Any) -> None:
        """There is none."""

    @property
    def run(self) -> Any:
        """There is none."""
        return None

    def create_message(self, *args: Any, **kwargs: Any) -> Message:
        """Not used by strategies."""
        raise NotImplementedError

    def get_node_ids(self) -> Iterable[int]:
        """All of them."""
        return self._nodes

    def get_nodes(self) -> Iterable[Any]:
        """Not used by strategies."""
        raise NotImplementedError

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Keeps the messages."""
        ids = []
        for number, message in enumerate(messages, len(self._sent)):
            message.metadata.__dict__["_message_id"] = f"message-{number}"
            self._sent[message.metadata.message_id] = message
            ids.append(message.metadata.message_id)
        return ids

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """A good reply to each."""
        replies = []
        for message_id in message_ids:
            metrics = MetricRecord({"loss": 0.5, "accuracy": 0.5, "num-examples": 10})
            content = RecordDict({"metrics": metrics})
            sent = self._sent.pop(message_id)
            if sent.metadata.message_type == "train":
                content["arrays"] = self._arrays
            replies.append(Message(content=content, reply_to=sent))
        return replies

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """As Flower's own, without its pauses."""
        del timeout
        return self.pull_messages(self.push_messages(list(messages)))


class Timed(FedAvg):
    """Notes the CPU time at which each round begins."""

    def __init__(self) -> None:
        super().__init__()
        self.began: list[float] = []

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """Flower's, with the time taken before it."""
        self.began.append(time.process_time())
        return super().configure_train(server_round, arrays, config, grid)


def main() -> None:
    """Runs them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--parameters", type=int, required=True)
    options = parser.parse_args()
    FLOWER_LOGGER.setLevel(ERROR)
    TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = 1, 1, 1
    app, strategy = ServerApp(), Timed()

    @app.main()
    def train(grid: Grid, _: Context) -> None:
        arrays = ArrayRecord([np.zeros(options.parameters, dtype=np.float32)])
        strategy.start(grid=grid, initial_arrays=arrays, num_rounds=options.rounds)

    grid = HttpGrid(options.nodes, options.parameters)
    app(grid, Context(1, 1, {}, RecordDict(), {}))
    began = strategy.began
    seconds = [later - earlier for earlier, later in pairwise(began)]
    print(json.dumps({"seconds": seconds, "events": grid.pushed}))


if __name__ == "__main__":
    main()
