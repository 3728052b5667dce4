"""What an app's metrics say: its numbers, and which of them are the loss and the accuracy."""

from __future__ import annotations

from numbers import Integral, Real

from . import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    Number = int | float

MAX_NAME = 100
"""Characters of a metric's name."""
LOSS = ("FL_LOSS_METRIC", ("loss",))
ACCURACY = ("FL_ACCURACY_METRIC", ("accuracy", "acc"))
EXAMPLES = ("num-examples", "num_examples")


def numbers(metrics: Any) -> dict[str, Number]:
    """The metrics that are single numbers; empty for anything that is not a mapping."""
    if not hasattr(metrics, "items"):
        return {}
    return {
        str(name)[:MAX_NAME]: number
        for name, value in metrics.items()
        if (number := as_number(value)) is not None
    }


def as_number(value: Any) -> Number | None:
    """An int or a float of Python's own, also for numpy's scalars; None for all else."""
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else None


def as_count(value: Any) -> int | None:
    """A number as a whole one; None for all else."""
    number = as_number(value)
    return None if number is None else int(number)


def examples(metrics: Mapping[str, Any]) -> Number | None:
    """How many examples a reply's or an evaluation's metrics tell of."""
    return next((n for name in EXAMPLES if (n := as_number(metrics.get(name))) is not None), None)


def loss(sources: Iterable[Mapping[str, Number]]) -> Number | None:
    """The loss in the first of the sources that has one."""
    return _first(sources, *LOSS)


def accuracy(sources: Iterable[Mapping[str, Number]]) -> Number | None:
    """The accuracy in the first of the sources that has one."""
    return _first(sources, *ACCURACY)


def _first(
    sources: Iterable[Mapping[str, Number]], setting: str, names: tuple[str, ...]
) -> Number | None:
    chosen = settings.get(setting)
    for metrics in sources:
        name = chosen if chosen is not None else _find(metrics, names)
        if name is not None and name in metrics:
            return metrics[name]
    return None


def _find(metrics: Mapping[str, Number], names: tuple[str, ...]) -> str | None:
    """The name itself, else the first in alphabetical order that ends in it."""
    for name in names:
        if name in metrics:
            return name
        ending = sorted(metric for metric in metrics if metric.endswith(name))
        if ending:
            return ending[0]
    return None
