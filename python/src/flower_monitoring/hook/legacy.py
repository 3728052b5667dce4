"""Strategies of the legacy API: `Server.fit`, and `DefaultWorkflow` for secure aggregation."""

from __future__ import annotations

from . import figures, guard, patches, run
from .parts import Part, Session, begin, drive, driving, least, selected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


def patch_server(module: ModuleType) -> None:
    """`module` is `flwr.server.server`."""
    patches.replace(module.Server, "fit", _fit)
    patches.replace(module.Server, "fit_round", _fit_round)


def patch_workflow(module: ModuleType) -> None:
    """`module` is `flwr.server.workflow.default_workflows`."""
    patches.replace(module.DefaultWorkflow, "__call__", _workflow)


def _fit(original: Callable[..., Any]) -> Callable[..., Any]:
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        num_rounds = kwargs.get("num_rounds", args[0] if args else None)
        session = _begin("legacy", self, num_rounds)
        with driving(session):
            return original(self, *args, **kwargs)

    return fit


def _fit_round(original: Callable[..., Any]) -> Callable[..., Any]:
    """For servers with a `fit` of their own: its first round begins the session.

    It ends with the ServerApp, since nobody tells which round is the last.
    """

    def fit_round(self: Any, *args: Any, **kwargs: Any) -> Any:
        _begin("legacy", self, None)
        return original(self, *args, **kwargs)

    return fit_round


def _workflow(original: Callable[..., Any]) -> Callable[..., Any]:
    def __call__(self: Any, grid: Any, context: Any) -> Any:
        config = getattr(context, "config", None)
        session = _begin("workflow", context, getattr(config, "num_rounds", None))
        with driving(session):
            return original(self, grid, context)

    return __call__


@guard.guarded
def _begin(api: str, holder: Any, num_rounds: Any) -> Session | None:
    """A session for the strategy of a Server or of a workflow's context."""
    observer = run.current
    strategy = getattr(holder, "strategy", None)
    if observer is None or observer.driven or strategy is None:
        return None
    session = Session(observer, strategy)
    drive(
        session,
        strategy,
        _PARTS,
        api=api,
        num_rounds=figures.as_count(num_rounds),
        min_clients=least(strategy, "min_available_clients", "min_fit_clients"),
        model_bytes=_parameter_bytes(getattr(strategy, "initial_parameters", None)),
    )
    return session


@guard.guarded
def _parameter_bytes(parameters: Any) -> int | None:
    return None if parameters is None else sum(len(tensor) for tensor in parameters.tensors)


def _fitted(session: Session, server_round: int, result: Any) -> None:
    session.observer.tell_metrics("train", result[1])
    session.observer.enter(server_round, None)


def _configured(session: Session, server_round: int, instructions: Any) -> None:
    session.observer.enter(server_round, "evaluate" if instructions else None)
    if not instructions:
        # Flower aggregates nothing then: the round is over.
        session.observer.end_round()


def _evaluated(session: Session, server_round: int, result: Any) -> None:
    session.observer.tell_metrics("evaluate", _with_loss(result))
    session.observer.enter(server_round, None)
    session.observer.end_round()


def _evaluated_central(session: Session, server_round: int, result: Any) -> None:
    if result is None:
        session.observer.leave_out("central_evaluate")
        return
    session.observer.tell_metrics("central_evaluate", _with_loss(result))
    session.observer.enter(server_round, None)


def _with_loss(result: tuple[Any, Any]) -> dict[str, Any]:
    """The legacy API keeps the loss beside the metrics."""
    loss, metrics = result
    return {**({} if loss is None else {"loss": loss}), **(metrics or {})}


_PARTS = {
    "configure_fit": Part(begin("configure_train"), selected),
    "aggregate_fit": Part(begin("aggregate_train", collects="train"), _fitted),
    "evaluate": Part(begin("central_evaluate"), _evaluated_central),
    "configure_evaluate": Part(begin("configure_evaluate"), _configured),
    "aggregate_evaluate": Part(begin("aggregate_evaluate", collects="evaluate"), _evaluated),
}
"""In the order in which a Server calls them in each round."""
