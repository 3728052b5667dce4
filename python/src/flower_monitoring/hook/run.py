"""From what a ServerApp is seen to do to the events that tell of it."""

from __future__ import annotations

import threading
import time

from . import figures, guard, tell
from .round import CLIENT_PHASES, Round, Sent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Concatenate, ParamSpec, TypeVar

    from .parts import Session
    from .round import Reply

    P = ParamSpec("P")
    R = TypeVar("R")

MAX_SENT = 100_000
"""Messages without a reply that are remembered, for apps that never ask for the replies."""
CUSTOM = "custom"
"""The strategy of a loop of one's own."""

current: RunObserver | None = None
"""That of the ServerApp which runs in this process."""


def _safe(
    method: Callable[Concatenate[RunObserver, P], R],
) -> Callable[Concatenate[RunObserver, P], R | None]:
    """A method for any thread (legacy strategies use many), and one that never raises."""

    def call(self: RunObserver, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            return method(self, *args, **kwargs)

    return guard.guarded(call)


class RunObserver:
    """The run of one ServerApp."""

    def __init__(self, flower_version: str, num_rounds: int | None = None) -> None:
        self.round = 0
        """Number of the round that goes on, or was the last; 0 before the first."""
        self.session: Session | None = None
        """The strategy that drives the rounds now; without one the app itself does."""
        self._flower_version = flower_version
        self._num_rounds = num_rounds
        self._lock = threading.RLock()
        self._strategy = CUSTOM
        self._started: float | None = None
        self._rounds_done = 0
        self._last: Round | None = None
        self._round = Round(0)
        self._sent: dict[str, Sent] = {}

    @_safe
    def start(
        self,
        api: str,
        strategy: str = CUSTOM,
        num_rounds: int | None = None,
        min_clients: int | None = None,
        model_bytes: int | None = None,
    ) -> None:
        """Training begins, or goes on with another strategy."""
        self.end_round()
        self._round, self.round = Round(0), 0
        self._strategy = strategy
        if self._started is None:
            self._started = time.monotonic()
        tell.training_start(
            strategy,
            api,
            self._flower_version,
            num_rounds=self._num_rounds if num_rounds is None else num_rounds,
            min_clients=min_clients,
            model_bytes=model_bytes,
        )

    @property
    def driven(self) -> bool:
        """Whether a strategy drives the rounds now."""
        return self.session is not None

    @_safe
    def enter(self, round_number: int, phase: str | None) -> None:
        """A phase of a round begins, or, with None, the one before is over."""
        self._go_to(round_number)
        self._round.enter(phase)
        if phase is not None:
            tell.round_phase(round_number, phase)

    @_safe
    def leave_out(self, phase: str) -> None:
        """A phase that turned out to be none: nothing was done in it."""
        self._round.enter(None)
        self._round.phases.pop(phase, None)

    @_safe
    def select(self, clients: int) -> None:
        """The round's clients are known; only the first call in a round counts."""
        if self._round.selected is None and self._round.number > 0:
            self._round.selected = clients
            tell.round_start(self.round, clients, self._strategy)

    @_safe
    def select_late(self, clients: int | None) -> None:
        """The same when it was not known before: as the messages go out, or with None after."""
        if self._round.phase == "train":
            self.select(len(self._round.trained) if clients is None else clients)

    @_safe
    def own_loop(
        self, phase: str, number: int | None, clients: int | None, model_bytes: int
    ) -> None:
        """A loop of the app's own sends messages.

        `number` is the round that they name; without one, each `send_and_receive` to train is a
        round, and so is what is pushed after replies. `clients` is None when more may follow.
        """
        if self._started is None:
            self.start("grid", model_bytes=model_bytes)
        if phase == "train":
            ongoing = self._round
            one_more = clients is None and ongoing.number > 0 and not ongoing.answered_since_train
            if number is None:
                number = self.round if one_more else self.round + 1
            self._go_to(number)
        self.enter(self.round, phase)
        if phase == "train" and clients is not None:
            self.select(clients)

    @_safe
    def own_call_over(self, phase: str) -> None:
        """All replies are there that a loop of the app's own will get from its call."""
        self._round.enter(None)
        self._tell_means(phase)

    @_safe
    def phase_of(self, message_type: str) -> str:
        """The phase that a message belongs to: that which goes on, else by its type."""
        if self.driven and self._round.phase in CLIENT_PHASES:
            return str(self._round.phase)
        kind = message_type.partition(".")[0]
        return kind if kind in CLIENT_PHASES else "query"

    @_safe
    def send(self, message_id: str, node: str, phase: str, size: int) -> None:
        """A message is on its way; `size` is the bytes of its content."""
        sent = Sent(node, phase, self.round, size)
        self._sent[message_id] = sent
        self._round.add_sent(sent)
        if len(self._sent) > MAX_SENT:
            del self._sent[next(iter(self._sent))]

    @_safe
    def lose(self, node: str, phase: str) -> None:
        """A message that Flower did not take."""
        self._fail(Sent(node, phase, self.round, 0), None, "message_lost")

    @_safe
    def receive(self, message_id: str, reply: Reply) -> None:
        """A reply to a message was taken. One that is no longer waited for is nobody's."""
        sent = self._sent.pop(message_id, None)
        if sent is None:
            return
        if reply.code is not None:
            # Of the node that it was sent to: the SuperLink answers for one that is gone.
            self._fail(sent, reply.code)
        else:
            self._round.add_reply(sent, reply)

    @_safe
    def collect(self, phase: str, message_ids: Iterable[str] | None = None) -> None:
        """Nobody waits any longer: for these messages, or for all of the phase."""
        waited = list(self._sent) if message_ids is None else list(message_ids)
        for message_id in waited:
            sent = self._sent.get(message_id)
            if sent is not None and (message_ids is not None or sent.phase == phase):
                del self._sent[message_id]
                self._fail(sent, None, "timeout")
        self._tell_replies(phase)

    @_safe
    def tell_metrics(self, source: str, metrics: Any) -> None:
        """What an aggregation or an evaluation gave; anything but a mapping is nothing."""
        numbers = figures.numbers(metrics)
        if numbers:
            self._round.metrics[source] = numbers
            tell.metrics(self.round, source, numbers)

    @_safe
    def end_round(self) -> None:
        """The round is over, if it had begun; `self.round` stays until the next one begins."""
        ended = self._round
        if ended.selected is None and ended.trained:
            self.select(len(ended.trained))
        if ended.number == 0 or ended.selected is None:
            return
        ended.enter(None)
        for phase in CLIENT_PHASES:
            self.collect(phase)
            if not self.driven and phase not in ended.metrics:
                self._tell_means(phase)
        tell.round_end(ended)
        self._rounds_done += 1
        self._last = ended
        self._round = Round(0)

    @_safe
    def hand_over(self, *, failed: bool) -> None:
        """The strategy drives no more. A round that its failure cut off never ended."""
        if not failed:
            self.end_round()
        self._round = Round(0)
        self.session = None

    @_safe
    def end(self, status: str, error_type: str | None) -> None:
        """The ServerApp is over. A round is only told as ended when it was not cut off."""
        if status == "complete":
            self.end_round()
        seconds = None if self._started is None else time.monotonic() - self._started
        tell.training_end(self._rounds_done, self._last, seconds, status, error_type)

    def _go_to(self, number: int) -> None:
        if number != self._round.number:
            self.end_round()
            self._round = Round(number)
        self.round = number

    def _fail(self, sent: Sent, code: int | None, cause: str | None = None) -> None:
        if sent.round == self.round:
            self._round.add_failure(sent)
        tell.failure(sent, code, cause)

    def _tell_means(self, phase: str) -> None:
        """Nobody sees how the app aggregates: the mean over replies stands for it."""
        self.tell_metrics(phase, self._round.means(phase))

    def _tell_replies(self, phase: str) -> None:
        replies = self._round.replies.get(phase)
        if replies:
            tell.replies(self.round, phase, replies)
            replies.clear()
