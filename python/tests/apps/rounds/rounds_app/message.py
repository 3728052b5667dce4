"""The message API: FedAvg drives the rounds."""

from __future__ import annotations

import numpy as np
from flwr.app import ArrayRecord, Context, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from . import faults, outcome, task

app = ServerApp()


def _evaluate(server_round: int, arrays: ArrayRecord) -> MetricRecord:
    del server_round
    loss, accuracy = task.central(arrays.to_numpy_ndarrays()[0])
    return MetricRecord({"loss": loss, "accuracy": accuracy})


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Trains as the settings say."""
    faults.mark(context, "server")
    settings = context.run_config
    strategy = FedAvg(
        fraction_train=float(settings["fraction-train"]),
        fraction_evaluate=float(settings["fraction-evaluate"]),
        min_train_nodes=int(settings["min-nodes"]),
        min_evaluate_nodes=int(settings["min-nodes"]),
        min_available_nodes=int(settings["min-nodes"]),
    )
    initial = task.initial(float(settings["initial"]))
    result = strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord([initial]),
        num_rounds=int(settings["num-server-rounds"]),
        evaluate_fn=_evaluate if settings["central"] else None,
    )
    arrays = result.arrays.to_numpy_ndarrays() or [initial]
    if path := str(settings["checkpoint"]):
        np.savez(path, *arrays)
    sources = {
        "train": result.train_metrics_clientapp,
        "evaluate": result.evaluate_metrics_clientapp,
        "central": result.evaluate_metrics_serverapp,
    }
    series: dict[str, dict[int, float]] = {}
    for source, rounds in sources.items():
        for server_round, record in rounds.items():
            for name, value in record.items():
                values = series.setdefault(f"{source} {name}", {})
                values[server_round] = float(str(value))
    outcome.tell(arrays[0], series)
