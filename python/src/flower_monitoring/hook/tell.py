"""The events of a run, from what is known of it."""

from __future__ import annotations

from flower_monitoring import __version__

from . import channel, figures, guard
from .payload import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from .figures import Number
    from .round import Round, Sent

CAUSES = {
    1: "load",
    2: "exception",
    3: "message_lost",
    4: "message_lost",
    5: "node_gone",
    6: "mod",
    7: "fab",
    8: "crashed",
}
"""By Flower's error code; any other is `unknown`."""


def training_start(strategy: str, api: str, flower_version: str, **facts: int | None) -> None:
    """`facts` are num_rounds, min_clients and model_bytes."""
    channel.emit(
        "training_start",
        strategy=strategy,
        **facts,
        api=api,
        hook_version=__version__,
        flower_version=flower_version,
    )


def round_start(number: int, clients: int, strategy: str) -> None:
    """The clients of a round are selected."""
    channel.emit("round_start", round=number, num_clients_selected=clients, strategy=strategy)


def round_phase(number: int, phase: str) -> None:
    """A phase begins."""
    channel.emit("round_phase", round=number, phase=phase)


def replies(number: int, phase: str, items: Sequence[Any]) -> None:
    """Good replies of a phase, in as many events as they need."""
    for part in split(items):
        channel.emit("round_replies", round=number, phase=phase, replies=part)


def metrics(number: int, source: str, numbers: Mapping[str, Number]) -> None:
    """Metrics of a round, in as many events as they need."""
    for part in split(numbers):
        channel.emit("round_metrics", round=number, phase=source, metrics=part)
    if source == "central_evaluate":
        channel.emit(
            "evaluation_result",
            round=number,
            loss=figures.loss([numbers]),
            accuracy=figures.accuracy([numbers]),
            num_examples=figures.examples(numbers),
        )


def failure(sent: Sent, code: int | None, cause: str | None = None) -> None:
    """A client did not do its part. Without a code the cause must be given."""
    channel.emit(
        "client_failure",
        round=sent.round,
        node_id=sent.node,
        error_type=cause if code is None else CAUSES.get(code, "unknown"),
        phase=sent.phase,
        code=code,
    )


def round_end(ended: Round) -> None:
    """A round is over."""
    channel.emit(
        "round_end",
        round=ended.number,
        num_clients_responded=ended.responded,
        num_clients_failed=ended.failed,
        aggregated_loss=ended.loss,
        aggregated_accuracy=ended.accuracy,
        round_duration_seconds=round(ended.seconds, 3),
        phases={phase: round(seconds, 3) for phase, seconds in ended.phases.items()},
        bytes_sent=ended.bytes["sent"],
        bytes_received=ended.bytes["received"],
        num_examples=ended.examples,
    )


def training_end(
    rounds: int, last: Round | None, seconds: float | None, status: str, error_type: str | None
) -> None:
    """Training is over; before it, what the hook could not do."""
    moved, dropped = guard.moved_names(), channel.sender.dropped
    if guard.errors or dropped or moved:
        channel.emit("hook_report", errors=guard.errors, dropped=dropped, moved=moved)
    channel.emit(
        "training_end",
        total_rounds=rounds,
        final_loss=None if last is None else last.loss,
        final_accuracy=None if last is None else last.accuracy,
        total_duration_seconds=None if seconds is None else round(seconds, 3),
        status=status,
        error_type=error_type,
    )
