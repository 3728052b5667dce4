"""The parts of a strategy, observed in whatever class defines them, and only while it drives.

The methods are replaced in the classes, not in the strategy: an app may pickle, copy or compare
its strategy, and finds nothing in it that it has not put there.
"""

from __future__ import annotations

from contextlib import contextmanager
from types import FunctionType

from . import figures, guard, patches, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    Before = Callable[["Session", int], None]
    After = Callable[["Session", int, Any], None]
    Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]


class Session:
    """A strategy that drives the rounds of a run."""

    def __init__(
        self, observer: run.RunObserver, strategy: Any, *, evaluates_last: bool = False
    ) -> None:
        self.observer = observer
        self.strategy = type(strategy).__name__
        self.evaluates_last = evaluates_last
        """Whether the ServerApp's own evaluation is the last part of a round."""
        self.inside = False
        """Whether one part goes on: parts that it calls (super's, a wrapped strategy's) are its."""
        self.undo: list[Callable[[], None]] = []


class Part:
    """What is told before and after a part of a round. Either may be nothing."""

    def __init__(self, begins: Before, ends: After) -> None:
        self._begins, self._ends = guard.guarded(begins), guard.guarded(ends)

    def method(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The method of a strategy, observed."""

        def call(strategy: Any, /, *args: Any, **kwargs: Any) -> Any:
            session = run.current.session if run.current is not None else None
            server_round = kwargs.get("server_round", args[0] if args else None)
            if session is None or session.inside or not isinstance(server_round, int):
                return original(strategy, *args, **kwargs)
            self._enter(session, server_round)
            try:
                result = original(strategy, *args, **kwargs)
            finally:
                session.inside = False
            self._ends(session, server_round, result)
            return result

        return call

    def function(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The same for a function that belongs to no strategy."""
        method = self.method(lambda _, *args, **kwargs: original(*args, **kwargs))
        return lambda *args, **kwargs: method(None, *args, **kwargs)

    def _enter(self, session: Session, server_round: int) -> None:
        session.inside = True
        self._begins(session, server_round)


def drive(session: Session, strategy: Any, parts: Mapping[str, Part], **facts: Any) -> None:
    """From now on, the parts of the strategy are those of this session."""
    for name, part in parts.items():
        _observe(session, strategy, name, part)
    session.observer.start(strategy=session.strategy, **facts)
    session.observer.session = session


@contextmanager
def driving(session: Session | None) -> Iterator[None]:
    """The time in which the strategy drives; None is no strategy."""
    try:
        yield
    except BaseException:
        _drive_no_more(session, failed=True)
        raise
    _drive_no_more(session, failed=False)


@guard.guarded
def _drive_no_more(session: Session | None, *, failed: bool) -> None:
    if session is not None:
        session.observer.hand_over(failed=failed)
        for undo in session.undo:
            undo()


def begin(phase: str, *, collects: str | None = None) -> Before:
    """Before a part: the phase begins, and nobody waits for clients of phase `collects` more."""

    def before(session: Session, server_round: int) -> None:
        if collects is not None:
            session.observer.collect(collects)
        session.observer.enter(server_round, phase)

    return before


def selected(session: Session, server_round: int, instructions: Any) -> None:
    """After the selection of clients to train: it is their turn."""
    # What can be read only once is Flower's to read: it is counted as it goes out.
    if isinstance(instructions, (list, tuple)):
        session.observer.select(len(instructions))
    session.observer.enter(server_round, "train")


def least(strategy: Any, *names: str) -> int | None:
    """Clients that a round waits for; None when neither the strategy nor one in it tells."""
    found = [figures.as_count(getattr(strategy, name, None)) for name in names]
    known = [number for number in found if number is not None]
    if known:
        return max(known)
    inner = getattr(strategy, "strategy", None)
    return None if inner is None or inner is strategy else least(inner, *names)


def _observe(session: Session, strategy: Any, name: str, part: Part) -> None:
    for cls in type(strategy).__mro__:
        if isinstance(vars(cls).get(name), FunctionType):
            patches.replace(cls, name, part.method)
    own = getattr(strategy, "__dict__", {})
    if callable(own.get(name)):
        original, own[name] = own[name], part.function(own[name])
        session.undo.append(lambda: own.__setitem__(name, original))
