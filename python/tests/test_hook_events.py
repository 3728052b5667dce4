"""Events as they are sent: in parts that fit, with the right numbers, in order."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from flwr.app import ArrayRecord, Message, MetricRecord
from flwr.serverapp.strategy import FedAvg

from hook_support import learner, train
from local_grid import LocalGrid


def test_many_clients_and_metrics_are_split_into_events_that_fit() -> None:
    names = {f"a_rather_long_name_of_a_metric_{i}": float(i) for i in range(60)}

    class Wordy(FedAvg):
        def aggregate_train(
            self, server_round: int, replies: Iterable[Message]
        ) -> tuple[ArrayRecord | None, MetricRecord | None]:
            super().aggregate_train(server_round, replies)
            return None, MetricRecord(dict(names))

    nodes = range(10**18, 10**18 + 100)
    told, _ = train(Wordy(), LocalGrid(learner(), nodes))
    metrics: dict[str, float] = {}
    for data in told.of("round_metrics"):
        metrics.update(data["metrics"] if data["phase"] == "train" else {})
    assert metrics == names
    replies = [r for d in told.of("round_replies") if d["phase"] == "train" for r in d["replies"]]
    assert sorted(int(reply[0]) for reply in replies) == list(nodes)
    assert len(told.of("round_replies")) > 2


def test_settings_choose_the_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FL_LOSS_METRIC", "train_loss")
    monkeypatch.setenv("FL_ACCURACY_METRIC", "no_such")
    told, _ = train(FedAvg())
    end = told.only("round_end")
    assert end["aggregated_loss"] == pytest.approx(101.502463)
    assert end["aggregated_accuracy"] is None


def test_numbers_that_json_has_not_become_null() -> None:
    def evaluate(_: int, __: ArrayRecord) -> MetricRecord:
        return MetricRecord({"loss": float("nan"), "acc": float("inf")})

    grid = LocalGrid(learner())
    train(FedAvg(fraction_evaluate=0.0), grid, evaluate_fn=evaluate)
    result = next(data for event, data in grid.client.events if event == "fl.evaluation_result")
    assert (result["loss"], result["accuracy"]) == (None, None)


def test_events_reach_the_superlink_in_order_and_without_flowers_retries() -> None:
    grid = LocalGrid(learner())
    told, _ = train(FedAvg(), grid)
    sent = [event for event, _ in grid.client.events if event != "fl.round_phase"]
    assert sent == [f"fl.{event}" for event in told.names()]
    assert set(grid.client.retrying) == {None}
