"""Failures of clients and of apps: whose they are, and that they stay what they are."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from flwr.app import ArrayRecord, Message, MetricRecord
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg

from hook_support import arrays, hooked, learner, serve, train
from local_grid import NO_REPLY, NODE_GONE, LocalGrid

CODES = {
    0: "unknown",
    1: "load",
    2: "exception",
    3: "message_lost",
    4: "message_lost",
    NODE_GONE: "node_gone",
    6: "mod",
    7: "fab",
    8: "crashed",
    99: "unknown",
}


@pytest.mark.parametrize(("code", "cause"), CODES.items())
def test_an_error_reply_is_a_failure_of_the_node_it_was_sent_to(code: int, cause: str) -> None:
    def fault(message: Message) -> int | None:
        failing = message.metadata.dst_node_id == 102
        return code if failing and message.metadata.message_type == "train" else None

    told, _ = train(FedAvg(), LocalGrid(learner(), fault=fault))
    assert told.only("client_failure") == {
        "round": 1,
        "node_id": "102",
        "error_type": cause,
        "phase": "train",
        "code": code,
    }
    end = told.only("round_end")
    assert (end["num_clients_responded"], end["num_clients_failed"]) == (1, 1)
    assert end["num_examples"] == 101


def test_a_reply_that_never_comes_is_a_timeout() -> None:
    def fault(message: Message) -> int | None:
        return NO_REPLY if message.metadata.dst_node_id == 101 else None

    told, _ = train(FedAvg(), LocalGrid(learner(), fault=fault))
    assert [
        (f["node_id"], f["error_type"], f["phase"], f["code"]) for f in told.of("client_failure")
    ] == [
        ("101", "timeout", "train", None),
        ("101", "timeout", "evaluate", None),
    ]
    end = told.only("round_end")
    assert (end["num_clients_responded"], end["num_clients_failed"]) == (1, 2)


class Failing(FedAvg):
    """Fails in the second round."""

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        if server_round == 2:
            raise ZeroDivisionError("as told")
        return super().aggregate_train(server_round, replies)


def test_a_strategy_that_raises_does_so_unchanged_and_is_told_as_failed() -> None:
    grid = LocalGrid(learner())
    with hooked() as told, pytest.raises(ZeroDivisionError, match="as told"):
        serve(lambda grid, _: Failing().start(grid, arrays(), num_rounds=3), grid)
    end = told.only("training_end")
    assert (end["status"], end["error_type"], end["total_rounds"]) == (
        "failed",
        "ZeroDivisionError",
        1,
    )
    assert [data["round"] for data in told.of("round_start")] == [1, 2]
    assert [data["round"] for data in told.of("round_end")] == [1]
    assert grid.client.events[-1][0] == "fl.training_end"


def test_an_app_that_catches_the_failure_ends_well_without_the_round() -> None:
    def main(grid: Grid, _: object) -> None:
        with pytest.raises(ZeroDivisionError):
            Failing().start(grid, arrays(), num_rounds=3)

    with hooked() as told:
        serve(main, LocalGrid(learner()))
    assert told.only("training_end")["status"] == "complete"
    assert [data["round"] for data in told.of("round_end")] == [1]


@pytest.mark.parametrize("stop", [SystemExit(0), KeyboardInterrupt()])
def test_a_run_that_is_stopped_is_told_as_stopped(stop: BaseException) -> None:
    def main(_: Grid, __: object) -> None:
        raise stop

    with hooked() as told, pytest.raises(type(stop)):
        serve(main, LocalGrid(learner()))
    assert told.only("training_end")["status"] == "stopped"
