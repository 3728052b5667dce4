"""The ServerApp: federated averaging over all nodes, from two up."""

from flwr.app import ArrayRecord, Context, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from flower_lab_app import task

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Trains for `num-server-rounds` rounds and prints the losses by round at the end."""
    nodes = int(context.run_config["min-nodes"])
    strategy = FedAvg(min_train_nodes=2, min_evaluate_nodes=2, min_available_nodes=nodes)
    result = strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord([task.initial_weights()]),
        num_rounds=int(context.run_config["num-server-rounds"]),
    )
    _print_losses("train_loss", result.train_metrics_clientapp)
    _print_losses("eval_loss", result.evaluate_metrics_clientapp)


def _print_losses(metric: str, rounds: dict[int, MetricRecord]) -> None:
    losses = " ".join(f"{record[metric]:.4f}" for _, record in sorted(rounds.items()))
    print(f"{metric} by round: {losses}")
