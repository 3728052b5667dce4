"""The ways out of a process: the run's task events, and a datagram socket on the host."""

from __future__ import annotations

import copy
import socket
import sys

from . import guard, identity, patches, settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Protocol

    Item = tuple[str, str]

    class Transport(Protocol):
        """Raises Refused, or TryLater; anything else is the fault of these events."""

        def send(self, batch: Sequence[Item]) -> None: ...


PREFIX = "fl."
"""As in the events' catalogue, which a training process does not import."""
RETRY_STATUS = (408, 429)


class Refused(Exception):
    """The other side will never take events."""


class TryLater(Exception):
    """The other side is away, or busy."""


class TaskEvents:
    """Flower's own channel: events that the SuperLink keeps with the run."""

    def __init__(self, client: Any) -> None:
        self._push = getattr(client, patches.USED["client_push_events"])

    def send(self, batch: Sequence[Item]) -> None:
        request, event = patches.get_type("push_request"), patches.get_type("task_event")
        if request is None or event is None:
            raise Refused("Flower's types for events have moved")
        events = [event(event=PREFIX + name, data=data) for name, data in batch]
        try:
            self._push(request(events=events))
        except BaseException as error:
            # Flower's own "the run is over" is no Exception; this thread is the hook's.
            if _is_temporary(error):
                raise TryLater(repr(error)) from error
            raise Refused(repr(error)) from error


@guard.guarded
def task_events(client: Any) -> TaskEvents | None:
    """Task events through the client of a ServerApp; None when Flower's client is not as known.

    Flower's client answers "not authorised" with a signal that ends the ServerApp, and waits for
    ever for a SuperLink that is away. A copy of it, with the same connection but without these
    retries, does neither.
    """
    retry = patches.USED["client_retry"]
    if retry not in vars(client):
        guard.moved(f"{type(client).__module__}.{type(client).__qualname__}.{retry}")
        return None
    if patches.get(client, "client_push_events") is None:
        return None
    once = copy.copy(client)
    setattr(once, retry, None)
    return TaskEvents(once)


class Datagrams:
    """JSON objects {"event", "run_id", "node_id", "data"} to the unix socket FL_EVENT_SOCKET."""

    @staticmethod
    def wanted() -> bool:
        """Whether there is a socket to send to."""
        return settings.get("FL_EVENT_SOCKET") is not None

    def send(self, batch: Sequence[Item]) -> None:
        path = settings.get("FL_EVENT_SOCKET")
        if path is None:
            raise Refused("no socket")
        who = f'"run_id":{_quoted(identity.run_id())},"node_id":{_quoted(identity.node_id())}'
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            # A reader that is slow or gone must not hold anything up.
            out.setblocking(False)
            for name, data in batch:
                out.sendto(f'{{"event":"{PREFIX}{name}",{who},"data":{data}}}'.encode(), path)


def _quoted(digits: str | None) -> str:
    return "null" if digits is None else f'"{digits}"'


def _is_temporary(error: BaseException) -> bool:
    """Whether the SuperLink may take the same events later."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if isinstance(status, int):
        return status >= 500 or status in RETRY_STATUS
    transport_error = getattr(sys.modules.get("httpx"), "TransportError", ConnectionError)
    return isinstance(error, (transport_error, ConnectionError, TimeoutError))
