"""The ClientApp: trains and evaluates on the node's own partition."""

import time

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from flower_lab_app import task

app = ClientApp()


def _partition(context: Context) -> tuple[task.Examples, task.Examples]:
    seed = int(context.run_config["seed"])
    return task.load_partition(seed, int(context.node_config["partition-id"]))


def _drill(context: Context, seconds: float) -> None:
    """Fails, or takes longer by `seconds`, where the run's config says so of this node."""
    partition, config = int(context.node_config["partition-id"]), context.run_config
    if partition == int(config["failing-partition"]):
        raise RuntimeError("a drill: this ClientApp fails")
    if partition == int(config["slow-partition"]):
        time.sleep(seconds)


def _weights(message: Message) -> task.Floats:
    return message.content.array_records["arrays"].to_numpy_ndarrays()[0]


@app.train()
def train(message: Message, context: Context) -> Message:
    """Trains the given model; its loss is taken after training, on the training examples."""
    examples, _ = _partition(context)
    weights = task.train(_weights(message), examples, float(context.run_config["learning-rate"]))
    _drill(context, seconds=float(context.run_config["slow-seconds"]))
    time.sleep(float(context.run_config["client-sleep"]))
    loss, _ = task.loss_and_accuracy(weights, examples)
    metrics = MetricRecord({"train_loss": loss, "num-examples": len(examples.labels)})
    content = RecordDict({"arrays": ArrayRecord([weights]), "metrics": metrics})
    return Message(content=content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Evaluates the given model on examples that no training sees."""
    _drill(context, seconds=0.0)
    _, examples = _partition(context)
    loss, accuracy = task.loss_and_accuracy(_weights(message), examples)
    metrics = MetricRecord(
        {
            "eval_loss": loss,
            "eval_accuracy": accuracy,
            "num-examples": len(examples.labels),
        }
    )
    return Message(content=RecordDict({"metrics": metrics}), reply_to=message)
