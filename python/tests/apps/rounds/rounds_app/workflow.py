"""Flower's DefaultWorkflow, which secure aggregation builds on, drives the rounds."""

from __future__ import annotations

from flwr.app import Context
from flwr.server import LegacyContext, ServerConfig
from flwr.server.workflow import DefaultWorkflow
from flwr.serverapp import Grid, ServerApp

from . import faults
from .legacy import Telling

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Trains as the settings say."""
    faults.mark(context, "server")
    config = ServerConfig(num_rounds=int(context.run_config["num-server-rounds"]))
    legacy = LegacyContext(context=context, config=config, strategy=Telling(context))
    DefaultWorkflow()(grid, legacy)
