"""Strategies of the message API, through `Strategy.start`."""

from __future__ import annotations

import inspect

from . import figures, guard, patches, run
from .parts import Part, Session, begin, drive, driving, least, selected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


def patch(module: ModuleType) -> None:
    """`module` is `flwr.serverapp.strategy.strategy`."""
    patches.replace(module.Strategy, "start", _start)


def _start(original: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(original)

    def start(self: Any, *args: Any, **kwargs: Any) -> Any:
        prepared = _prepare(signature, self, args, kwargs)
        if prepared is None:
            return original(self, *args, **kwargs)
        session, args, kwargs = prepared
        with driving(session):
            return original(*args, **kwargs)

    return start


@guard.guarded
def _prepare(
    signature: inspect.Signature, strategy: Any, args: Any, kwargs: Any
) -> tuple[Session, Any, Any] | None:
    """The session, and the arguments with the evaluation function observed.

    None without a ServerApp around it, and for a start within a start.
    """
    observer = run.current
    if observer is None or observer.driven:
        return None
    try:
        bound = signature.bind(strategy, *args, **kwargs)
    except TypeError:
        return None  # Flower says it better.
    bound.apply_defaults()
    evaluate_fn = bound.arguments.get("evaluate_fn")
    if evaluate_fn:
        bound.arguments["evaluate_fn"] = _CENTRAL.function(evaluate_fn)
    session = Session(observer, strategy, evaluates_last=bool(evaluate_fn))
    drive(
        session,
        strategy,
        _PARTS,
        api="message",
        num_rounds=figures.as_count(bound.arguments.get("num_rounds")),
        min_clients=least(strategy, "min_available_nodes", "min_train_nodes"),
        model_bytes=_array_bytes(bound.arguments.get("initial_arrays")),
    )
    return session, bound.args, bound.kwargs


@guard.guarded
def _array_bytes(arrays: Any) -> int:
    return sum(len(array.data) for array in arrays.values())


def _trained(session: Session, server_round: int, result: Any) -> None:
    session.observer.tell_metrics("train", result[1])
    session.observer.enter(server_round, None)


def _configured(session: Session, server_round: int, _: Any) -> None:
    session.observer.enter(server_round, "evaluate")


def _evaluated(session: Session, server_round: int, result: Any) -> None:
    session.observer.tell_metrics("evaluate", result)
    _over(session, server_round, last=not session.evaluates_last)


def _evaluated_central(session: Session, server_round: int, result: Any) -> None:
    session.observer.tell_metrics("central_evaluate", result)
    _over(session, server_round, last=True)


def _over(session: Session, server_round: int, *, last: bool) -> None:
    session.observer.enter(server_round, None)
    if last:
        session.observer.end_round()


_CENTRAL = Part(begin("central_evaluate"), _evaluated_central)
_PARTS = {
    "configure_train": Part(begin("configure_train"), selected),
    "aggregate_train": Part(begin("aggregate_train", collects="train"), _trained),
    "configure_evaluate": Part(begin("configure_evaluate"), _configured),
    "aggregate_evaluate": Part(begin("aggregate_evaluate", collects="evaluate"), _evaluated),
}
"""In the order in which `Strategy.start` calls them in each round."""
