"""The client by the API before messages."""

from __future__ import annotations

from flwr.app import Context
from flwr.client import Client, NumPyClient
from flwr.clientapp import ClientApp
from flwr.common import NDArrays, Scalar

from . import faults, task


class _Client(NumPyClient):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._partition = int(context.node_config["partition-id"])

    def fit(
        self, parameters: NDArrays, config: dict[str, Scalar]
    ) -> tuple[NDArrays, int, dict[str, Scalar]]:
        faults.maybe(self._context, self._partition, int(str(config["server-round"])))
        trained, loss, count = task.train(parameters[0], self._partition)
        return [trained], count, {"train_loss": loss}

    def evaluate(
        self, parameters: NDArrays, config: dict[str, Scalar]
    ) -> tuple[float, int, dict[str, Scalar]]:
        faults.maybe(self._context, self._partition, int(str(config["server-round"])))
        loss, accuracy, count = task.evaluate(parameters[0], self._partition)
        return loss, count, {"accuracy": accuracy}


def client_fn(context: Context) -> Client:
    """The node's client."""
    return _Client(context).to_client()


app = ClientApp(client_fn=client_fn)
