"""The Control API over flwr's own HTTP client. The only module that imports flwr, and lazily."""

from __future__ import annotations

import importlib.metadata
import re
import ssl
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TypeVar

from .config import Config
from .model import (
    ControlApiError,
    EventsAnswer,
    LogsAnswer,
    Node,
    NodesAnswer,
    Run,
    RunEvent,
    RunsAnswer,
)
from .streams import Reader

LOWEST = (1, 40)
"""The Control API speaks HTTP as this module expects from here on."""
FIRST_UNTESTED = (1, 43)

Answer = TypeVar("Answer")


class FlowerError(Exception):
    """The installed flwr cannot be used; the message says what to do."""


def flower_version() -> str:
    """The version of the installed flwr; raises FlowerError when there is none, or one too old."""
    try:
        version = importlib.metadata.version("flwr")
    except importlib.metadata.PackageNotFoundError:
        raise FlowerError(
            "flwr is not installed in this Python; run the exporter with the Python that runs the "
            "SuperLink, or install flwr>=1.40,<1.43"
        ) from None
    if _major_minor(version) < LOWEST:
        raise FlowerError(f"flwr {version} is too old; allowed: 1.40 and newer; upgrade flwr")
    return version


def is_untested(version: str) -> bool:
    """Whether this flwr is newer than any the exporter was tested with."""
    return _major_minor(version) >= FIRST_UNTESTED


def _major_minor(version: str) -> tuple[int, int]:
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else (0, 0)


class FlowerControlApi:
    """A SuperLink's Control API; see `ControlApi`."""

    def __init__(self, config: Config) -> None:
        """Opens no connection. Raises FlowerError when flwr or the CA file cannot be loaded."""
        try:
            import httpx
            from flwr.proto import control_pb2
            from flwr.supercore.control.control_http_client import ControlHttpClient
        except ImportError as error:
            raise FlowerError(
                f"flwr has no Control API client where 1.40 to 1.42 have it ({error}); "
                "install flwr>=1.40,<1.43"
            ) from error
        self._pb2: Any = control_pb2
        self._status_error = httpx.HTTPStatusError
        verify: ssl.SSLContext | bool = True
        if config.ca_file is not None:
            try:
                verify = ssl.create_default_context(cafile=str(config.ca_file))
            except (OSError, ssl.SSLError) as error:
                raise FlowerError(f"ca_file: cannot load {config.ca_file} ({error})") from error
        scheme = "https" if config.ca_file is not None else "http"
        self._reader = Reader(config.timeout_seconds, httpx.ReadTimeout)
        # Not from_server_address: it takes no timeout.
        self._client: Any = ControlHttpClient(
            f"{scheme}://{config.control_api}",
            verify=verify,
            timeout=config.timeout_seconds,
            interceptors=[self._reader.read_timeout],
        )

    def list_nodes(self) -> NodesAnswer:
        """Every SuperNode that the SuperLink knows."""
        answer = self._call("ListNodes", self._pb2.ListNodesRequest())
        return NodesAnswer(_now(answer), tuple(_node(info) for info in answer.nodes_info))

    def list_runs(self, limit: int, skip: int) -> RunsAnswer:
        """Up to `limit` runs, newest first, after leaving out the `skip` newest."""
        return self._runs(self._pb2.ListRunsRequest(limit=limit, skip=skip))

    def get_run(self, run_id: int) -> RunsAnswer:
        """One run; an empty answer when the SuperLink does not know it."""
        try:
            return self._runs(self._pb2.ListRunsRequest(run_id=run_id))
        except ControlApiError as error:
            cause = error.__cause__
            if isinstance(cause, self._status_error) and cause.response.status_code == 404:
                return RunsAnswer(0.0, ())
            raise

    def run_events(self, run: Run, after_id: int) -> EventsAnswer:
        """The run's events with a higher id. See `ControlApi`.

        A live run's stream says nothing while there is nothing new, which looks like a SuperLink
        that is slow. So the last event is asked for once more; before there is one, the run's
        whole series, in a call that always answers.
        """
        if not run.finished and after_id == 0:
            request = self._pb2.ListRunSeriesEventsRequest(series_id=run.series_id)
            events = self._call("ListRunSeriesEvents", request).events
            found = tuple(_event(event) for event in events if event.run_id == run.run_id)
            return EventsAnswer(found, complete=True)
        request = self._pb2.StreamRunEventsRequest(
            run_id=run.run_id, after_task_event_id=max(after_id - 1, 0)
        )

        def stream() -> Any:
            return self._client.StreamRunEvents(request)

        frames, complete = _told(
            lambda: (
                self._reader.finished(stream)
                if run.finished
                else self._reader.live(stream, certain=True)
            )
        )
        events = (_event(frame.task_event) for frame in frames)
        return EventsAnswer(tuple(e for e in events if e.id > after_id), complete)

    def run_logs(self, run: Run, after: float) -> LogsAnswer:
        """What the run's ServerApp printed after this moment. See `ControlApi`."""
        request = self._pb2.StreamLogsRequest(run_id=run.run_id, after_timestamp=after)

        def stream() -> Any:
            return self._client.StreamLogs(request)

        frames, complete = _told(
            lambda: (
                self._reader.finished(stream)
                if run.finished
                # A ServerApp's first output is Flower's own, and there at once.
                else self._reader.live(stream, certain=False, first=after == 0)
            )
        )
        latest = max((frame.latest_timestamp for frame in frames), default=after)
        return LogsAnswer("".join(frame.log_output for frame in frames), latest, complete)

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()

    def _runs(self, request: Any) -> RunsAnswer:
        answer = self._call("ListRuns", request)
        return RunsAnswer(_now(answer), tuple(_run(run) for run in answer.run_dict.values()))

    def _call(self, method: str, request: Any) -> Any:
        return _told(lambda: getattr(self._client, method)(request))


def _told(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except Exception as error:  # httpx, ssl, protobuf and flwr each have their own
        raise ControlApiError(f"{type(error).__name__}: {error}") from error


def _now(answer: Any) -> float:
    moment = _unix(answer.now)
    return datetime.now(tz=timezone.utc).timestamp() if moment is None else moment


def _unix(text: str) -> float | None:
    """Seconds for an ISO 8601 time; None for an empty or unreadable one. No zone means UTC."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _node(info: Any) -> Node:
    return Node(
        node_id=info.node_id,
        status=info.status,
        name=info.name,
        location=info.location,
        online_until=info.online_until if info.HasField("online_until") else None,
        heartbeat_interval=info.heartbeat_interval,
    )


def _event(event: Any) -> RunEvent:
    return RunEvent(event.id, event.event, event.data, _unix(event.timestamp) or 0.0)


def _run(run: Any) -> Run:
    return Run(
        run_id=run.run_id,
        status=run.status.status,
        sub_status=run.status.sub_status,
        finished_at=_unix(run.finished_at),
        bytes_sent=run.bytes_sent,
        bytes_received=run.bytes_recv,
        client_seconds=run.clientapp_runtime,
        series_id=run.series_id,
        app=run.fab_id,
        app_version=run.fab_version,
        federation=run.federation,
        details=run.status.details,
        pending_at=_unix(run.pending_at),
        starting_at=_unix(run.starting_at),
        running_at=_unix(run.running_at),
    )
