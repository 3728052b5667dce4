"""What goes over the grid: messages to clients, their replies, and the rounds of own loops."""

from __future__ import annotations

import threading
from collections.abc import Collection

from . import guard, patches, run
from .messages import reply, see

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .messages import Seen

QUERY = "query"
"""The phase of messages that are neither training nor evaluation."""


class _Call(threading.local):
    """What goes on in this thread."""

    inside = False
    """Whether a method of the grid is observed: what it calls itself is not counted again."""
    sending: _Sending | None = None


class _Sending:
    """A `send_and_receive`."""

    def __init__(self) -> None:
        self.pushed = False
        self.phase = QUERY
        self.message_ids: list[str] = []


_call = _Call()


@guard.guarded
def watch(grid: Any) -> None:
    """Observes all grids of this one's class from now on, also those that wrap another."""
    for used, wrap in (("grid_send", _send), ("grid_push", _push), ("grid_pull", _pull)):
        name = patches.USED[used]
        owner = next((cls for cls in type(grid).__mro__ if name in vars(cls)), None)
        if owner is None:
            guard.moved(f"{type(grid).__module__}.{type(grid).__qualname__}.{name}")
        else:
            patches.replace(owner, name, wrap)


def _push(original: Callable[..., Any]) -> Callable[..., Any]:
    def push_messages(self: Any, messages: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        observer = run.current
        if observer is None or _call.inside:
            return original(self, messages, *args, **kwargs)
        seen, messages = see(messages)
        _call.inside = True
        try:
            message_ids = original(self, messages, *args, **kwargs)
        finally:
            _call.inside = False
        _pushed(observer, seen, message_ids)
        return message_ids

    return push_messages


def _pull(original: Callable[..., Any]) -> Callable[..., Any]:
    def pull_messages(self: Any, *args: Any, **kwargs: Any) -> Any:
        observer = run.current
        if observer is None or _call.inside:
            return original(self, *args, **kwargs)
        _call.inside = True
        try:
            replies = original(self, *args, **kwargs)
        finally:
            _call.inside = False
        _pulled(observer, replies)
        return replies

    return pull_messages


def _send(original: Callable[..., Any]) -> Callable[..., Any]:
    def send_and_receive(self: Any, messages: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        box = [messages]
        del messages
        observer = run.current
        if observer is None or _call.inside or _call.sending is not None:
            return _forward(original, self, box, args, kwargs)
        sending = _call.sending = _Sending()
        seen = _see_in(box)
        try:
            replies = _forward(original, self, box, args, kwargs)
        finally:
            _call.sending = None
        _sent_and_received(observer, sending, seen, replies)
        return replies

    return send_and_receive


def _forward(original: Any, self: Any, box: list[Any], args: Any, kwargs: Any) -> Any:
    """Calls with what is in the box, and with no reference to it left behind.

    While Flower waits for replies it keeps no messages, which may be large: nor may its callers.
    """
    if not args and kwargs.keys() == {"timeout"}:
        return original(self, box.pop(), timeout=kwargs["timeout"])
    # Python keeps the arguments of this kind of call until it is over.
    return original(self, box.pop(), *args, **kwargs)


def _see_in(box: list[Any]) -> list[Seen]:
    """What is known of the messages in the box, which then holds what to give to Flower."""
    seen, messages = see(box.pop())
    box.append(messages)
    return seen


@guard.guarded
def _pushed(observer: run.RunObserver, seen: list[Seen], message_ids: Any) -> None:
    sending = _call.sending
    phase = observer.phase_of(seen[0].metadata.message_type if seen else "") or QUERY
    if observer.driven:
        observer.select_late(len(seen))
    elif seen and phase != QUERY:
        first, clients = seen[0].content, len(seen) if sending else None
        observer.own_loop(phase, first.round, clients, first.model_bytes)
    given = list(message_ids)
    taken = set(given)
    for position, message in enumerate(seen):
        message_id = message.metadata.message_id
        if message_id not in taken and len(given) == len(seen):
            message_id = given[position]
        if message_id not in taken or message_id is None:
            observer.lose(message.node, phase)
            continue
        observer.send(message_id, message.node, phase, message.content.size)
        if sending is not None:
            sending.message_ids.append(message_id)
    if sending is not None:
        sending.pushed, sending.phase = True, phase


@guard.guarded
def _pulled(observer: run.RunObserver, replies: Any) -> None:
    if not isinstance(replies, Collection):
        return
    if _call.sending is None and not observer.driven:
        observer.select_late(None)
    for message in replies:
        _receive(observer, message)


@guard.guarded
def _receive(observer: run.RunObserver, message: Any) -> None:
    observer.receive(message.metadata.reply_to_message_id, reply(message))


@guard.guarded
def _sent_and_received(
    observer: run.RunObserver, sending: _Sending, seen: list[Seen], replies: Any
) -> None:
    if not sending.pushed:
        # A grid with a way of its own to send: only what goes in and comes out is seen.
        _call.sending = sending
        _pushed(observer, seen, [message.metadata.message_id for message in seen])
        _pulled(observer, replies)
        _call.sending = None
    if observer.driven and sending.phase != QUERY:
        return
    observer.collect(sending.phase, sending.message_ids)
    if not observer.driven and sending.phase != QUERY:
        observer.own_call_over(sending.phase)
