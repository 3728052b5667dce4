"""Strategies of the message API: which events they make, and that they never notice."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import Any

import pytest
from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord
from flwr.serverapp import Grid
from flwr.serverapp.strategy import (
    DifferentialPrivacyServerSideFixedClipping,
    FedAvg,
    Result,
)

from flower_monitoring import __version__
from hook_support import PHASES, arrays, hooked, learner, serve, train
from local_grid import LocalGrid

MODEL_BYTES = 336
"""Of `hook_support.arrays`, as numpy stores them."""


def test_a_round_of_fedavg_is_told_exactly() -> None:
    told, _ = train(FedAvg())
    assert told.names() == [
        "training_start",
        "round_start",
        "round_replies",
        "round_metrics",
        "round_replies",
        "round_metrics",
        "round_end",
        "training_end",
    ]
    assert told.only("training_start") == {
        "strategy": "FedAvg",
        "num_rounds": 1,
        "min_clients": 2,
        "api": "message",
        "model_bytes": MODEL_BYTES,
        "hook_version": __version__,
        "flower_version": __import__("flwr").__version__,
    }
    assert told.only("round_start") == {
        "round": 1,
        "num_clients_selected": 2,
        "strategy": "FedAvg",
    }
    train_replies, evaluate_replies = told.of("round_replies")
    assert train_replies["phase"] == "train"
    assert sorted(train_replies["replies"]) == [["101", 101, 376], ["102", 102, 376]]
    assert evaluate_replies["phase"] == "evaluate"
    assert sorted(evaluate_replies["replies"]) == [["101", 101, 79], ["102", 102, 79]]
    weighted = (101 * 101 + 102 * 102) / 203
    assert told.of("round_metrics") == [
        {"round": 1, "phase": "train", "metrics": {"train_loss": pytest.approx(weighted)}},
        {"round": 1, "phase": "evaluate", "metrics": {"eval_loss": 1.0, "eval_accuracy": 0.5}},
    ]
    assert told.only("round_end") == {
        "round": 1,
        "num_clients_responded": 2,
        "num_clients_failed": 0,
        "aggregated_loss": 1.0,
        "aggregated_accuracy": 0.5,
        "phases": sorted(PHASES),
        "bytes_sent": 1432,
        "bytes_received": 2 * 376 + 2 * 79,
        "num_examples": 203,
    }
    assert told.only("training_end") == {
        "total_rounds": 1,
        "final_loss": 1.0,
        "final_accuracy": 0.5,
        "status": "complete",
        "error_type": None,
    }


def test_phases_come_in_flowers_order() -> None:
    told, _ = train(FedAvg(), evaluate_fn=lambda _, __: MetricRecord({"loss": 2.0}))
    assert [(data["round"], data["phase"]) for data in told.of("round_phase")] == [
        (0, "central_evaluate"),
        (1, "configure_train"),
        (1, "train"),
        (1, "aggregate_train"),
        (1, "configure_evaluate"),
        (1, "evaluate"),
        (1, "aggregate_evaluate"),
        (1, "central_evaluate"),
    ]


def test_central_evaluation_is_told_also_before_the_first_round() -> None:
    def evaluate(server_round: int, _: ArrayRecord) -> MetricRecord:
        return MetricRecord({"loss": 9.0 - server_round, "test_acc": 0.25, "num-examples": 10})

    told, _ = train(FedAvg(fraction_evaluate=0.0), evaluate_fn=evaluate)
    assert told.of("evaluation_result") == [
        {"round": 0, "loss": 9.0, "accuracy": 0.25, "num_examples": 10},
        {"round": 1, "loss": 8.0, "accuracy": 0.25, "num_examples": 10},
    ]
    end = told.only("round_end")
    assert (end["aggregated_loss"], end["aggregated_accuracy"]) == (8.0, 0.25)
    assert told.names()[-3:] == ["evaluation_result", "round_end", "training_end"]


def test_clients_evaluation_counts_more_than_the_servers() -> None:
    told, _ = train(FedAvg(), evaluate_fn=lambda _, __: MetricRecord({"loss": 7.0, "auc": 1.0}))
    end = told.only("round_end")
    assert (end["aggregated_loss"], end["aggregated_accuracy"]) == (1.0, 0.5)


def test_no_training_at_all_is_a_round_of_evaluation() -> None:
    told, _ = train(FedAvg(fraction_train=0.0))
    assert told.only("round_start")["num_clients_selected"] == 0
    end = told.only("round_end")
    assert (end["num_clients_responded"], end["num_examples"]) == (2, None)


class Lazy(FedAvg):
    """Overrides two parts, one as a generator, and calls super's from within them."""

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        yield from super().configure_train(server_round, arrays, config, grid)

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        model, _ = super().aggregate_train(server_round, replies)
        return model, MetricRecord({"train_accuracy": 0.125})


def test_an_overridden_part_that_is_a_generator_is_told_as_its_messages_go_out() -> None:
    told, _ = train(Lazy(fraction_evaluate=0.0), rounds=2)
    assert [data["num_clients_selected"] for data in told.of("round_start")] == [2, 2]
    assert [data["metrics"] for data in told.of("round_metrics")] == [{"train_accuracy": 0.125}] * 2
    assert [data["aggregated_accuracy"] for data in told.of("round_end")] == [0.125, 0.125]
    assert told.of("round_end")[0]["bytes_sent"] > 0


def test_a_strategy_around_another_is_told_once_under_its_own_name() -> None:
    inner = FedAvg(min_available_nodes=2)
    told, _ = train(DifferentialPrivacyServerSideFixedClipping(inner, 0.0, 10.0, 2), rounds=2)
    start = told.only("training_start")
    assert start["strategy"] == "DifferentialPrivacyServerSideFixedClipping"
    assert start["min_clients"] == 2
    assert len(told.of("round_start")) == len(told.of("round_end")) == 2


class Around(FedAvg):
    """Has another strategy do all the work."""

    def start(self, *args: Any, **kwargs: Any) -> Result:
        return Lazy().start(*args, **kwargs)


def test_a_start_that_calls_anothers_is_the_others() -> None:
    told, _ = train(Around())
    assert told.only("training_start")["strategy"] == "Lazy"
    assert len(told.of("round_end")) == 1


def test_two_starts_in_one_app_are_one_run() -> None:
    def main(grid: Grid, _: object) -> None:
        FedAvg().start(grid, arrays(), num_rounds=2)
        Lazy().start(grid, arrays(), num_rounds=1)

    with hooked() as told:
        serve(main, LocalGrid(learner()))
    starts = told.of("training_start")
    assert [(s["strategy"], s["num_rounds"]) for s in starts] == [("FedAvg", 2), ("Lazy", 1)]
    assert [data["round"] for data in told.of("round_end")] == [1, 2, 1]
    assert told.only("training_end")["total_rounds"] == 3


class Saving(FedAvg):
    """Pickles itself in each round, as a checkpoint."""

    saved: bytes = b""

    def aggregate_evaluate(
        self, server_round: int, replies: Iterable[Message]
    ) -> MetricRecord | None:
        self.saved = pickle.dumps({k: v for k, v in vars(self).items() if k != "saved"})
        assert set(vars(self)) - {"saved"} == set(vars(FedAvg()))
        return super().aggregate_evaluate(server_round, replies)


def test_a_strategy_finds_nothing_in_itself_that_it_did_not_put_there() -> None:
    strategy = Saving()
    told, _ = train(strategy, rounds=2)
    assert strategy.saved
    assert len(told.of("round_end")) == 2


def test_a_part_that_was_set_on_the_strategy_itself_is_observed_and_left_as_it_was() -> None:
    strategy = FedAvg()
    mine = FedAvg().aggregate_evaluate
    strategy.aggregate_evaluate = mine  # type: ignore[method-assign]
    told, _ = train(strategy)
    assert told.only("round_end")["aggregated_loss"] == 1.0
    assert strategy.aggregate_evaluate is mine


def test_wrong_arguments_are_refused_by_flower_itself() -> None:
    with hooked() as told, pytest.raises(TypeError, match="start"):
        serve(
            lambda grid, _: FedAvg().start(grid, no_such=1),  # type: ignore[call-arg]
            LocalGrid(learner()),
        )
    assert told.names() == ["training_end"]
