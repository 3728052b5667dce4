"""A grid without a SuperLink: it runs a real ClientApp in this process, for each of its nodes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

from flwr.app import Context, Error, Message, RecordDict
from flwr.app.user_config import UserConfig
from flwr.clientapp import ClientApp
from flwr.common.serde import message_from_proto, message_to_proto
from flwr.proto.runtime_pb2 import PushTaskEventsRequest
from flwr.serverapp import Grid
from flwr.supercore.run import Run
from flwr.supercore.task_identity import TaskIdentity
from flwr.superlink.grid import HttpGrid

RUN_ID = 4711
SUPERLINK = 1
NO_REPLY = -1
"""A fault that is none of Flower's error codes: the node never answers."""
NODE_GONE = 5

Fault = Callable[[Message], int | None]
"""Gives the error code that a node answers a message with; None for the ClientApp's own reply."""


class RecordingClient:
    """Stands for Flower's client of the SuperLink: keeps the task events that it is given."""

    def __init__(self, answer: Callable[[], object] | None = None) -> None:
        self._retry_invoker: object | None = object()
        self._answer = answer
        self.attempts = 0
        self.retrying: list[object | None] = []
        self.events: list[tuple[str, dict[str, Any]]] = []

    def PushTaskEvents(self, request: PushTaskEventsRequest) -> None:
        """Takes the events, unless `answer` raises."""
        # The hook works on a copy of this client: lists are shared, numbers would not be.
        self.retrying.append(self._retry_invoker)
        if self._answer is not None:
            self._answer()
        self.events += [(event.event, json.loads(event.data)) for event in request.events]


class LocalGrid(HttpGrid):
    """Nodes that answer at once; the calls, their order and their messages are Flower's."""

    def __init__(
        self,
        client_app: ClientApp,
        nodes: Iterable[int] = (101, 102),
        fault: Fault | None = None,
        client: RecordingClient | None = None,
    ) -> None:
        super().__init__(token="token")
        self.client = client if client is not None else RecordingClient()
        self.set_run(Run.create_empty(RUN_ID))
        self._app = client_app
        self._nodes = list(nodes)
        self._contexts = {node: context(node) for node in self._nodes}
        self._fault = fault or (lambda _: None)
        self._replies: dict[str, Message] = {}
        self._lock = threading.Lock()
        TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = RUN_ID, SUPERLINK, 1

    @property
    def _runtime_client(self) -> Any:
        return self.client

    def get_node_ids(self) -> Iterable[int]:
        """The nodes, in the order given."""
        return list(self._nodes)

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Has each message worked on by its node."""
        ids = []
        for message in messages:
            message.metadata.__dict__["_message_id"] = message.object_id
            self._check_message(message)
            ids.append(message.object_id)
            reply = self._work(message)
            if reply is not None:
                with self._lock:
                    self._replies[message.object_id] = reply
        return ids

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """The replies that are there."""
        with self._lock:
            return [self._replies.pop(i) for i in list(message_ids) if i in self._replies]

    def send_and_receive(
        self,
        messages: Iterable[Message],
        *,
        timeout: float | None = None,  # noqa: ARG002
    ) -> Iterable[Message]:
        """As Flower does it, but asks for replies once: there will be no more."""
        ids = list(self.push_messages(messages))
        del messages
        return self.pull_messages(ids)

    def _work(self, message: Message) -> Message | None:
        code = self._fault(message)
        if code == NO_REPLY:
            return None
        if code is None:
            # As over the wire: what a client does to its message is nobody else's.
            received = message_from_proto(message_to_proto(message))
            return self._app(received, self._contexts[message.metadata.dst_node_id])
        reply = Message(Error(code, "as told"), reply_to=message)
        if code == NODE_GONE:
            reply.metadata.__dict__["_src_node_id"] = SUPERLINK
        return reply


class Wrapper(Grid):
    """A grid of the app's own around Flower's."""

    def __init__(self, inner: Grid) -> None:
        self._inner = inner

    def set_run(self, run: Any) -> None:
        self._inner.set_run(run)

    @property
    def run(self) -> Any:
        return self._inner.run

    def create_message(self, *args: Any, **kwargs: Any) -> Message:
        return self._inner.create_message(*args, **kwargs)

    def get_nodes(self) -> Any:
        return self._inner.get_nodes()

    def get_node_ids(self) -> Iterable[int]:
        return self._inner.get_node_ids()

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        return self._inner.push_messages(messages)

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        return self._inner.pull_messages(message_ids)

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        return self._inner.send_and_receive(messages, timeout=timeout)


def context(node: int = SUPERLINK, **run_config: Any) -> Context:
    """The context of a ServerApp, or of a node's ClientApp."""
    return Context(RUN_ID, node, UserConfig(), RecordDict(), UserConfig(run_config))
