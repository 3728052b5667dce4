"""What a run's events make of its training: exact states, and no events that could hurt it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from fakes import START, end_of, story
from flower_monitoring.events import ALL
from flower_monitoring.exporter.histogram import Histogram
from flower_monitoring.exporter.totals import sum_of
from flower_monitoring.exporter.training import TrainingRun
from following import everything, of_totals


def trained(*events: tuple[str, dict[str, Any]], run_id: str = "7", limit: int = 50) -> TrainingRun:
    run = TrainingRun(run_id, limit)
    for number, (event, data) in enumerate(events):
        run.apply(event, data, 1000.0 + number)
    return run


def test_a_whole_training_leaves_its_last_round_and_its_sums() -> None:
    run = trained(*story())
    assert (run.strategy, run.api, run.num_rounds, run.min_clients) == ("FedAvg", "message", 3, 2)
    assert (run.round, run.phase, run.outcome) == (3, None, "complete")
    assert (run.selected, run.responded, run.loss, run.accuracy) == (2, 2, 1 / 3, 0.5)
    assert (run.bytes_sent, run.bytes_received, run.examples) == (200, 100, 50.0)
    assert run.phase_seconds == {"configure_train": 0.25, "train": 8.0}
    assert run.metrics == {("train", "loss"): 1 / 3, ("train", "f1"): 0.25}
    assert run.hook == ("0.1.0", "1.41.0")
    assert run.duration == 40.0
    assert run.started_at == 1000.0
    totals = run.totals
    assert (totals.rounds, totals.checkpoints) == (3, 1)
    assert totals.failures == {"crashed": 1}
    assert totals.node_failures == {("22", "crashed"): 1}
    assert totals.replies == {("11", "train"): 3, ("22", "train"): 2}
    assert totals.events["round_end"] == 3
    assert (totals.clients["train"].count, totals.clients["train"].sum) == (5, 25.5)
    assert (totals.phases["train"].count, totals.phases["train"].sum) == (3, 24.0)
    rounds = run.round_durations["FedAvg"]
    assert (rounds.count, rounds.sum) == (3, 36.0)
    assert [count for _, count, _ in rounds.buckets()] == [0, 0, 0, 3, 3, 3, 3, 3, 3]


def test_while_a_round_goes_on_its_phase_is_known_and_the_last_result_stays() -> None:
    run = trained(
        ("training_start", dict(START)),
        ("round_start", {"round": 1, "num_clients_selected": 2}),
        ("round_end", end_of(1)),
        ("round_phase", {"round": 2, "phase": "configure_train"}),
    )
    assert (run.round, run.phase, run.selected, run.responded) == (2, "configure_train", 2, 2)
    run.apply("round_start", {"round": 2, "num_clients_selected": 5}, 2000.0)
    assert (run.phase, run.selected, run.responded, run.loss) == ("train", 5, 2, 1.0)
    run.apply("round_phase", {"round": 2, "phase": "evaluate"}, 2001.0)
    assert run.phase == "evaluate"
    assert run.last_event_at == 2001.0


def test_a_second_training_in_the_same_serverapp_begins_anew_and_keeps_the_sums() -> None:
    run = trained(*story()[:-1], ("training_start", {**START, "strategy": "FedProx"}))
    assert (run.strategy, run.round, run.loss, run.metrics) == ("FedProx", 0, None, {})
    run.apply("round_end", end_of(1), 3000.0)
    assert run.totals.rounds == 4
    assert {name: h.count for name, h in run.round_durations.items()} == {"FedAvg": 3, "FedProx": 1}


def test_failures_whose_events_were_lost_are_counted_as_unknown() -> None:
    run = trained(
        ("training_start", dict(START)),
        ("client_failure", {"round": 1, "node_id": None, "error_type": "timeout"}),
        ("round_end", end_of(1, num_clients_failed=4)),
        ("round_end", end_of(2, num_clients_failed=0)),
    )
    assert run.totals.failures == {"timeout": 1, "unknown": 3}
    assert run.totals.node_failures == {}


def test_a_loss_that_is_null_is_none_and_a_metric_that_is_null_is_nan() -> None:
    run = trained(
        ("round_metrics", {"round": 1, "phase": "evaluate", "metrics": {"loss": None, "n": 2}}),
        ("round_end", end_of(1, aggregated_loss=None)),
    )
    assert run.loss is None
    assert math.isnan(run.metrics["evaluate", "loss"])
    assert run.metrics["evaluate", "n"] == 2.0


def test_metrics_of_an_app_are_limited_and_those_over_it_counted_once() -> None:
    told = {f"m{number}": number for number in range(5)}
    event = ("round_metrics", {"round": 1, "phase": "train", "metrics": told})
    run = trained(event, event, limit=3)
    assert sorted(name for _, name in run.metrics) == ["m0", "m1", "m2"]
    assert len(run.metrics_dropped) == 2


def test_unknown_events_count_as_other_and_show_that_the_run_lives() -> None:
    run = trained(("my_event", {"anything": [1]}))
    assert run.totals.events == {"other": 1}
    assert run.last_event_at == 1000.0


BAD: list[tuple[str, dict[str, Any]]] = [
    ("training_start", {"strategy": 1}),
    ("training_start", {"strategy": "A", "num_rounds": "3"}),
    ("round_start", {"num_clients_selected": 2}),
    ("round_start", {"round": -1}),
    ("round_start", {"round": True}),
    ("round_start", {"round": 1.5}),
    ("round_start", {"round": 10**40}),
    ("round_phase", {"round": 1, "phase": ["train"]}),
    ("round_end", end_of(1, aggregated_loss="low")),
    ("round_end", end_of(1, aggregated_loss=float("nan"))),
    ("round_end", end_of(1, round_duration_seconds=float("inf"))),
    ("round_end", end_of(1, num_examples=10**400)),
    ("round_end", end_of(1, phases=[1])),
    ("round_end", end_of(1, phases={"train": "long"})),
    ("round_metrics", {"round": 1, "phase": "train", "metrics": {"a": 1, "b": [2]}}),
    (
        "round_replies",
        {"round": 1, "phase": "train", "replies": [["1", 2.0, 1, 1], ["x", 1, 1, 1]]},
    ),
    ("round_replies", {"round": 1, "phase": "train", "replies": [["1"]]}),
    ("round_replies", {"round": 1, "phase": "train", "replies": "all"}),
    ("client_failure", {"round": 1, "node_id": 5}),
    ("client_failure", {"round": 1, "node_id": "١٢"}),
    ("checkpoint_saved", {"size_bytes": "big"}),
    ("hook_report", {"errors": "no"}),
    ("training_end", {"final_loss": {}}),
]


@pytest.mark.parametrize(("event", "data"), BAD)
def test_an_event_with_wrong_data_is_counted_and_changes_nothing(
    event: str, data: dict[str, Any]
) -> None:
    run, before = trained(*story()), trained(*story())
    assert run.apply(event, data, 9000.0) is False
    assert run.totals.invalid == {"field": 1}
    run.totals.invalid.clear()
    assert everything(run) == everything(before)


def test_text_for_labels_is_short_and_can_always_be_written() -> None:
    run = trained(("training_start", {"strategy": "x" * 500}))
    assert len(run.strategy) == 200
    half = json.loads('{"strategy": "a\\ud800b", "hook_version": "\\udfff"}')
    run = trained(("training_start", half))
    assert run.strategy.encode() == b"a?b"
    assert run.hook is not None
    assert run.hook[0].encode() == b"?"


@pytest.mark.parametrize("event", ALL)
def test_an_event_without_any_field_never_raises(event: str) -> None:
    TrainingRun("1").apply(event, {}, 1.0)


def test_sums_are_the_same_in_whatever_order_runs_are_added() -> None:
    runs = []
    for number in range(30):
        run = TrainingRun(str(number))
        seconds = 0.1 * (number + 1) / 3
        run.apply("round_end", end_of(1, phases={"train": seconds}), float(number))
        runs.append(run.totals)
    forward, backward = sum_of(runs), sum_of(runs[::-1])
    pairs = sum_of([sum_of(runs[n : n + 2]) for n in range(0, 30, 2)])
    assert of_totals(forward) == of_totals(backward) == of_totals(pairs)


def test_the_exemplar_of_a_bucket_is_the_latest() -> None:
    histogram = Histogram()
    for at, seconds in ((5.0, 2.0), (9.0, 3.0), (7.0, 4.0), (8.0, 100.0)):
        histogram.observe(seconds, "7", at)
    shown = {bound: exemplar for bound, _, exemplar in histogram.buckets() if exemplar}
    assert {bound: (e.seconds, e.at) for bound, e in shown.items()} == {
        "5.0": (3.0, 9.0),
        "120.0": (100.0, 8.0),
    }
