"""The API before messages: `server_fn` gives a strategy, Flower's Server drives the rounds."""

from __future__ import annotations

from flwr.app import Context
from flwr.common import (
    Metrics,
    NDArrays,
    Scalar,
    ndarrays_to_parameters,
)
from flwr.server import ServerAppComponents, ServerConfig
from flwr.server.strategy import FedAvg
from flwr.serverapp import ServerApp

from . import faults, outcome, task


class Telling(FedAvg):
    """FedAvg that tells the outcome after the last round's central evaluation."""

    def __init__(self, context: Context) -> None:
        settings = context.run_config
        super().__init__(
            fraction_fit=float(settings["fraction-train"]),
            fraction_evaluate=float(settings["fraction-evaluate"]),
            min_fit_clients=int(settings["min-nodes"]),
            min_evaluate_clients=int(settings["min-nodes"]),
            min_available_clients=int(settings["min-nodes"]),
            initial_parameters=ndarrays_to_parameters([task.initial()]),
            on_fit_config_fn=lambda number: {"server-round": number},
            on_evaluate_config_fn=lambda number: {"server-round": number},
            evaluate_metrics_aggregation_fn=_average,
            fit_metrics_aggregation_fn=_average,
            evaluate_fn=self._evaluate,
        )
        self._rounds = int(settings["num-server-rounds"])
        self._losses: dict[int, float] = {}

    def _evaluate(
        self, server_round: int, arrays: NDArrays, config: dict[str, Scalar]
    ) -> tuple[float, dict[str, Scalar]]:
        del config
        loss, accuracy = task.central(arrays[0])
        self._losses[server_round] = loss
        if server_round == self._rounds:
            outcome.tell(arrays[0], {"central loss": self._losses})
        return loss, {"accuracy": accuracy}


def _average(replies: list[tuple[int, Metrics]]) -> Metrics:
    total = sum(count for count, _ in replies)
    names = replies[0][1].keys()
    return {
        name: sum(count * float(metrics[name]) for count, metrics in replies) / total
        for name in names
    }


def server_fn(context: Context) -> ServerAppComponents:
    """The server's parts."""
    faults.mark(context, "server")
    config = ServerConfig(num_rounds=int(context.run_config["num-server-rounds"]))
    return ServerAppComponents(strategy=Telling(context), config=config)


app = ServerApp(server_fn=server_fn)
