"""The client by the message API."""

from __future__ import annotations

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from . import faults, task

app = ClientApp()


def _opened(message: Message, context: Context) -> tuple[task.Floats, int]:
    partition = int(context.node_config["partition-id"])
    config = message.content.config_records["config"]
    faults.maybe(context, partition, int(str(config["server-round"])))
    return message.content.array_records["arrays"].to_numpy_ndarrays()[0], partition


@app.train()
def train(message: Message, context: Context) -> Message:
    """One step."""
    weights, partition = _opened(message, context)
    trained, loss, count = task.train(weights, partition)
    metrics = MetricRecord({"train_loss": loss, "num-examples": count})
    content = RecordDict({"arrays": ArrayRecord([trained]), "metrics": metrics})
    return Message(content=content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """The error on the node's examples."""
    weights, partition = _opened(message, context)
    loss, accuracy, count = task.evaluate(weights, partition)
    metrics = MetricRecord({"loss": loss, "accuracy": accuracy, "num-examples": count})
    return Message(content=RecordDict({"metrics": metrics}), reply_to=message)
