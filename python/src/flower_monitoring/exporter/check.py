"""Settings and Control API, asked once: `--check` of the exporter.

As a command of its own, `python -m flower_monitoring.exporter.check FILE`, it runs where
prometheus_client is not installed yet: on a host that is looked at before the exporter comes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .config import Config, ConfigError, load_config
from .control_api import FlowerControlApi, FlowerError, flower_version
from .ledger import RunLedger
from .model import ONLINE, ControlApi, ControlApiError

EXIT_FAILED = 1
EXIT_CONFIG = 2


def check(config: Config, api: ControlApi, flower: str) -> int:
    """Prints what was found; returns the exit code: 0, or 1 with the cause on standard error."""
    print(f"settings: ok (federation {config.federation}, listen {config.listen}); flwr {flower}")
    try:
        nodes = api.list_nodes().nodes
        _, runs = RunLedger().refresh(api)
        online = sum(node.status == ONLINE for node in nodes)
        print(f"control API {config.control_api}: ok ({online} nodes online, {len(runs)} runs)")
        newest = max(runs, key=lambda run: run.pending_at or 0.0, default=None)
        if newest is None:
            print("events: no run yet to read them of")
        else:
            events = api.run_events(newest, 0).events
            print(f"events: ok (run {newest.run_id} has {len(events)})")
    except ControlApiError as error:
        print(f"flower-exporter: control API {config.control_api}: {error}", file=sys.stderr)
        return EXIT_FAILED
    return 0


def main(file: str) -> int:
    """Checks with the settings of a file; returns the exit code."""
    try:
        config = load_config(Path(file), os.environ)
        return check(config, FlowerControlApi(config), flower_version())
    except (ConfigError, FlowerError) as error:
        print(f"flower-exporter: {error}", file=sys.stderr)
        return EXIT_CONFIG if isinstance(error, ConfigError) else EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
