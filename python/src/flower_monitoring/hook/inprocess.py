"""/metrics in the ServerApp's own process, for laptops and simulations: FL_METRICS_ENABLED=YES.

It ends with the run, and the next run begins anew: where runs follow each other or a SuperLink
stays up, the exporter is the one to scrape. The metrics are the exporter's own classes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from . import channel, identity, variables

HOST = "127.0.0.1"
MAX_RUNS = 100
"""Runs of one process that are served, the latest ones: a notebook can start any number."""
NO_RUN = "local"
"""The run id of a simulation that Flower gives none."""

_log = logging.getLogger("flwr")
_endpoint: Endpoint | None = None
_tried = False


def patch(_module: ModuleType) -> None:
    """Waits for a ServerApp to begin, when FL_METRICS_ENABLED asks for it."""
    if variables.context().metrics_enabled:
        channel.add_sink(_take)


def stop() -> None:
    """Closes the port and forgets everything, for tests and notebooks."""
    global _endpoint, _tried
    channel.remove_sink(_take)
    if _endpoint is not None:
        _endpoint.close()
    _endpoint, _tried = None, False


def _take(event: str, data: Mapping[str, Any]) -> None:
    """Every event of this process; those of another process than a ServerApp are not training."""
    global _endpoint, _tried
    if identity.round() is None:
        return
    if not _tried:
        _tried = True
        _endpoint = _start(variables.context().metrics_port)
    if _endpoint is not None:
        _endpoint.take(event, data)


def _start(port: int) -> Endpoint | None:
    """None, and a warning, when it cannot be: training goes on without."""
    try:
        endpoint = Endpoint(port)
    except ImportError as error:
        _log.warning(
            "FL_METRICS_ENABLED=YES needs the package %s where Flower is installed; "
            "this run has no /metrics of its own",
            error.name,
        )
    except OSError as error:
        _log.warning(
            "FL_METRICS_ENABLED=YES: cannot serve on %s:%s (%s); this run has no /metrics of its "
            "own; set FL_METRICS_PORT to a free port",
            HOST,
            port,
            error,
        )
    else:
        return endpoint
    return None


class Endpoint:
    """Serves what the events of this process's runs say."""

    def __init__(self, port: int) -> None:
        """Raises ImportError without prometheus_client, OSError when the port is taken."""
        from prometheus_client import CollectorRegistry

        from flower_monitoring.exporter.config import Address
        from flower_monitoring.exporter.server import ExporterServer
        from flower_monitoring.exporter.training import TrainingRun

        self._new_run = TrainingRun
        self._runs: dict[str, TrainingRun] = {}
        self._lock = threading.Lock()
        registry = CollectorRegistry()
        registry.register(self)
        self._server = ExporterServer(Address(HOST, port), registry, self._health)
        serve = self._server.serve_forever
        threading.Thread(target=serve, name="fl-metrics", daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.address.port

    def take(self, event: str, data: Mapping[str, Any]) -> None:
        """Takes in one event of the run that goes on."""
        run_id = identity.run_id() or NO_RUN
        with self._lock:
            run = self._runs.get(run_id)
            if run is None:
                run = self._runs[run_id] = self._new_run(run_id)
            run.apply(event, data, float(data["ts"]))
            while len(self._runs) > MAX_RUNS:
                del self._runs[next(iter(self._runs))]

    def collect(self) -> Iterator[Any]:
        """The families of a scrape."""
        from flower_monitoring.exporter import training_metrics

        with self._lock:
            statuses = {
                run_id: training_metrics.STATUS_BY_OUTCOME[run.outcome]
                for run_id, run in self._runs.items()
            }
            families = list(training_metrics.training_families(self._runs))
        yield from families
        yield training_metrics.status_family(statuses)

    def close(self) -> None:
        """Gives the port back."""
        self._server.shutdown()
        self._server.server_close()

    def _health(self) -> tuple[bool, dict[str, object]]:
        return True, {"runs": list(self._runs)}
