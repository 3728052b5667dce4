"""What goes wrong in a run, as its settings say, and who is there to be killed."""

from __future__ import annotations

import os
import time
from pathlib import Path

from flwr.app import Context


class BrokenClient(RuntimeError):
    """What a client raises."""


def mark(context: Context, name: str) -> None:
    """Tells the tests this process's id."""
    if directory := str(context.run_config["marks"]):
        path = Path(directory) / f"{context.run_id}-{name}"
        path.with_suffix(".new").write_text(str(os.getpid()))
        path.with_suffix(".new").rename(path)


def maybe(context: Context, partition: int, server_round: int) -> None:
    """Raises, or waits for its end, when this client is to."""
    settings = context.run_config
    mark(context, f"client-{partition}-{server_round}")
    if partition == settings["fail-partition"] and server_round == settings["fail-round"]:
        raise BrokenClient(f"partition {partition} fails in round {server_round}")
    if server_round == 1 and str(partition) in str(settings["hang-partitions"]).split(","):
        time.sleep(600)
