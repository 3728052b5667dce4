"""A loop of one's own over the grid: no strategy at all."""

from __future__ import annotations

import time

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.serverapp import Grid, ServerApp

from . import faults, outcome, task

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Trains on all nodes, in as many rounds as the settings say."""
    faults.mark(context, "server")
    settings = context.run_config
    while len(nodes := list(grid.get_node_ids())) < int(settings["min-nodes"]):
        time.sleep(0.5)
    # Flower takes None for its default, and a timeout of None for patience without end.
    ttl, timeout = (float(settings[name]) or None for name in ("ttl", "timeout"))
    weights = task.initial()
    losses: dict[int, float] = {}
    for server_round in range(1, int(settings["num-server-rounds"]) + 1):
        content = RecordDict(
            {
                "arrays": ArrayRecord([weights]),
                "config": ConfigRecord({"server-round": server_round}),
            }
        )
        messages = [
            Message(content=content, dst_node_id=node, message_type="train", ttl=ttl)
            for node in nodes
        ]
        answers = grid.send_and_receive(messages, timeout=timeout)
        replies = [reply for reply in answers if not reply.has_error()]
        weights = np.mean(
            [reply.content.array_records["arrays"].to_numpy_ndarrays()[0] for reply in replies],
            axis=0,
        )
        losses[server_round] = task.central(weights)[0]
    outcome.tell(weights, {"loop loss": losses})
