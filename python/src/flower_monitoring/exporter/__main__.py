"""The exporter's command: serve, or --check the settings and the Control API once."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from flower_monitoring import __version__

from .check import EXIT_CONFIG, EXIT_FAILED, check
from .collector import Poller
from .config import ENV_PREFIX, Config, ConfigError, load_config
from .control_api import FlowerControlApi, FlowerError, flower_version, is_untested
from .event_socket import EventSocket
from .follow import FollowSettings
from .followers import Followers
from .journal import Journal
from .metrics import StateCollector, build_registry
from .model import ControlApi
from .server import ExporterServer
from .shown import Limits
from .state import Store
from .state_file import StateFile
from .telling import StdoutEvents, set_up_logging
from .watch import Watch

log = logging.getLogger("flower_monitoring.exporter")


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0, 1 (cannot work) or 2 (settings are wrong)."""
    options = _parser().parse_args(arguments)
    try:
        config = load_config(options.config, os.environ)
        set_up_logging(config.log_format)
        flower = flower_version()
        if is_untested(flower):
            log.warning("flwr %s is untested; tested: 1.40 to 1.42; going on", flower)
        api = FlowerControlApi(config)
        return check(config, api, flower) if options.check else _serve(config, api, flower)
    except ConfigError as error:
        for fault in error.faults:
            print(f"flower-exporter: {fault}", file=sys.stderr)
        return EXIT_CONFIG
    except FlowerError as error:
        print(f"flower-exporter: {error}", file=sys.stderr)
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m flower_monitoring.exporter",
        description="Prometheus exporter for one Flower federation.",
        epilog=f"{ENV_PREFIX}<SETTING> in the environment overrides the file's setting, "
        f"for example {ENV_PREFIX}LISTEN=127.0.0.1:9101.",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings as a JSON object")
    parser.add_argument(
        "--check", action="store_true", help="check settings, ask the Control API once, and end"
    )
    parser.add_argument("--version", action="version", version=__version__)
    return parser


def _serve(config: Config, api: ControlApi, flower: str) -> int:
    store = Store(time.monotonic)
    limits = Limits(config.run_ttl_seconds, config.max_nodes, config.max_runs)
    collector = StateCollector(store, limits, __version__, flower, time.time())
    try:
        events = None if config.event_socket is None else EventSocket(config.event_socket)
    except OSError as error:
        return _cannot_bind("event_socket", config.event_socket, error)
    poller = _poller(config, api, store, limits, events)

    def health() -> tuple[bool, dict[str, object]]:
        age = round(store.state.age(store.clock()), 3)
        return poller.alive, {"federation": config.federation, "up_to_date_seconds": age}

    try:
        server = ExporterServer(config.listen, build_registry(collector), health)
    except OSError as error:
        if events is not None:
            events.close()
        return _cannot_bind("listen", config.listen, error)
    _run(config, poller, server, events)
    return 0


def _cannot_bind(setting: str, address: object, error: OSError) -> int:
    print(f"flower-exporter: {setting}: cannot bind {address} ({error})", file=sys.stderr)
    return EXIT_FAILED


def _poller(
    config: Config, api: ControlApi, store: Store, limits: Limits, events: EventSocket | None
) -> Poller:
    settings = FollowSettings(config.max_app_metrics, config.log_fallback)
    followers = Followers(api, store, settings, config.run_ttl_seconds)
    journal = Journal(StdoutEvents(), StateFile(config.state_file))
    watch = Watch(store, followers, journal, limits, config.stall_seconds, events)
    return Poller(api, store, config.poll_interval_seconds, watch)


def _run(
    config: Config, poller: Poller, server: ExporterServer, events: EventSocket | None
) -> None:
    """Serves until SIGTERM or SIGINT."""
    ended = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: ended.set())
    if events is not None:
        events.start()
    poller.start()
    threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
    log.info("federation %s: serving http://%s/metrics", config.federation, server.address)
    ended.wait()
    server.shutdown()
    server.server_close()
    if events is not None:
        events.close()
    poller.stop()


if __name__ == "__main__":
    sys.exit(main())
