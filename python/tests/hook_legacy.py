"""An app of the legacy API: its clients, its strategy, and a Server with a loop of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from flwr.client import NumPyClient
from flwr.clientapp import ClientApp
from flwr.common import Metrics, ndarrays_to_parameters
from flwr.server import Server
from flwr.server.history import History
from flwr.server.strategy import FedAvg

PARAMETERS = ndarrays_to_parameters([np.zeros(6)])


class Learner(NumPyClient):
    """Adds one to the model; its loss is the model's mean."""

    def fit(self, parameters: Any, config: Any) -> Any:  # noqa: ARG002
        return [array + 1.0 for array in parameters], 10, {"train_loss": 0.5}

    def evaluate(self, parameters: Any, config: Any) -> Any:  # noqa: ARG002
        return float(parameters[0].mean()), 5, {"accuracy": 0.75}


def client_app() -> ClientApp:
    """A legacy ClientApp."""
    return ClientApp(client_fn=lambda _: Learner().to_client())


def mean(metrics: list[tuple[int, Metrics]]) -> Metrics:
    """Means of all metrics."""
    return {k: float(np.mean([float(m[k]) for _, m in metrics])) for k in metrics[0][1]}


def strategy(**options: Any) -> FedAvg:
    """Two clients, and a model to begin with."""
    defaults = {
        "initial_parameters": PARAMETERS,
        "fit_metrics_aggregation_fn": mean,
        "evaluate_metrics_aggregation_fn": mean,
    }
    return FedAvg(**{**defaults, **options})


class Own(Server):
    """A loop of its own over Flower's rounds."""

    def fit(self, num_rounds: int, timeout: float | None) -> tuple[History, float]:
        self.parameters = self._get_initial_parameters(0, timeout)
        for server_round in range(1, num_rounds + 1):
            self.fit_round(server_round, timeout)
        return History(), 0.0
