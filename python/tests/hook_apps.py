"""One app for each way to train, and what each gives: the same for the same random numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flwr.app import ArrayRecord, Message, MetricRecord
from flwr.server import LegacyContext, ServerAppComponents, ServerConfig, SimpleClientManager
from flwr.server.workflow import DefaultWorkflow
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import DifferentialPrivacyServerSideFixedClipping, FedAvg

import hook_legacy
from hook_support import arrays, learner, messages, serve
from local_grid import LocalGrid, context

NODES = range(101, 107)
Outcome = tuple[Any, ...]


class Drawing(FedAvg):
    """Draws random numbers in its parts, as apps do."""

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        model, metrics = super().aggregate_train(server_round, replies)
        noise = np.random.normal(size=(2, 3))
        return ArrayRecord([noise, np.ones(4)]) if model is None else model, metrics


def message_api() -> Outcome:
    """Sampled clients, noise, central evaluation."""
    results = []

    def main(grid: Grid, _: Any) -> None:
        inner = Drawing(fraction_train=0.5, fraction_evaluate=0.5, min_available_nodes=6)
        private = DifferentialPrivacyServerSideFixedClipping(inner, 0.5, 1.0, 3)
        for strategy in (private, Drawing(fraction_train=0.5)):
            results.append(
                strategy.start(
                    grid,
                    arrays(),
                    num_rounds=2,
                    evaluate_fn=lambda _, model: MetricRecord({"loss": _sum(model)}),
                )
            )

    serve(main, LocalGrid(learner(), NODES))
    return tuple(
        (
            [array.tobytes() for array in result.arrays.to_numpy_ndarrays()],
            {k: dict(v) for k, v in result.train_metrics_clientapp.items()},
            {k: dict(v) for k, v in result.evaluate_metrics_clientapp.items()},
            {k: dict(v) for k, v in result.evaluate_metrics_serverapp.items()},
        )
        for result in results
    )


def own_loop() -> Outcome:
    """Replies, in the order and with the content that the app gets them."""
    got = []

    def main(grid: Grid, _: Any) -> None:
        for kind in ("train", "evaluate", "query"):
            batch: Iterable[Message] = messages(grid, kind)
            for reply in grid.send_and_receive(iter(batch) if kind == "train" else batch):
                content = {} if reply.has_error() else dict(reply.content.metric_records)
                got.append((reply.metadata.src_node_id, str(content), random.random()))

    serve(main, LocalGrid(learner(), NODES, fault=lambda m: 8 if _is_query(m) else None))
    return tuple(got)


def legacy_api() -> Outcome:
    """Flower's Server: the model that it ends with."""
    server = hook_legacy.Own(client_manager=SimpleClientManager(), strategy=hook_legacy.strategy())
    components = ServerAppComponents(server=server, config=ServerConfig(num_rounds=2))
    ServerApp(server_fn=lambda _: components)(LocalGrid(hook_legacy.client_app()), context())
    return tuple(server.parameters.tensors)


def workflow() -> Outcome:
    """Flower's workflow: its history."""
    histories = []

    def main(grid: Grid, app_context: Any) -> None:
        config = ServerConfig(num_rounds=2)
        legacy_context = LegacyContext(app_context, config=config, strategy=hook_legacy.strategy())
        DefaultWorkflow()(grid, legacy_context)
        histories.append(str(legacy_context.history))

    serve(main, LocalGrid(hook_legacy.client_app()))
    return tuple(histories)


APPS = {app.__name__: app for app in (message_api, own_loop, legacy_api, workflow)}


def outcome(apps: Iterable[Callable[[], Outcome]] = APPS.values()) -> Outcome:
    """What the apps give from a fixed seed, and the state of the random numbers after them."""
    random.seed(7)
    np.random.seed(7)
    results = tuple(app() for app in apps)
    return (*results, random.getstate(), np.random.get_state()[1].tobytes())  # type: ignore[index]


def _sum(model: ArrayRecord) -> float:
    return float(sum(array.sum() for array in model.to_numpy_ndarrays()))


def _is_query(message: Message) -> bool:
    return message.metadata.message_type == "query"
