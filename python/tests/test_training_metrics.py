"""Metrics of a run's training: exact values for what its hook told."""

from __future__ import annotations

import json
import math
from typing import Any

from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from fakes import START, FakeControlApi, end_of, running
from flower_monitoring.events import trace_id
from polled import FEDAVG, NODES, NOW, RUN, A, B, api_with, polled


def test_the_seeds_metrics_of_a_whole_training() -> None:
    api = api_with()
    api.finish(7)
    scrape = polled(api)
    assert scrape.value("fl_round_current", **FEDAVG) == 3.0
    assert scrape.value("fl_round_total", **FEDAVG) == 3.0
    assert scrape.value("fl_round_duration_seconds_count", **FEDAVG) == 3.0
    assert scrape.value("fl_round_duration_seconds_sum", **FEDAVG) == 36.0
    buckets = {"1.0": 0, "5.0": 0, "10.0": 0, "30.0": 3, "60.0": 3, "120.0": 3, "300.0": 3}
    for bound, count in {**buckets, "600.0": 3, "+Inf": 3}.items():
        assert scrape.value("fl_round_duration_seconds_bucket", le=bound, **FEDAVG) == count
    assert scrape.value("fl_aggregated_loss", **FEDAVG) == 1 / 3
    assert scrape.value("fl_aggregated_accuracy", **FEDAVG) == 0.5
    assert scrape.value("fl_clients_connected") == 2.0
    assert scrape.value("fl_clients_selected", **RUN) == 2.0
    assert scrape.value("fl_clients_responded", **RUN) == 2.0
    assert scrape.value("fl_clients_failed_total") == 1.0
    assert scrape.value("fl_checkpoint_saved_total") == 1.0
    assert scrape.value("fl_training_status", **RUN) == 2.0


def test_the_details_of_a_whole_training() -> None:
    scrape = polled(api_with())
    expected: list[tuple[str, dict[str, str], float]] = [
        ("fl_rounds_completed_total", {}, 3),
        ("fl_model_bytes", RUN, 1000),
        ("fl_round_bytes_sent", RUN, 200),
        ("fl_round_bytes_received", RUN, 100),
        ("fl_round_examples", RUN, 50),
        ("fl_checkpoint_size_bytes", RUN, 4096),
        ("fl_checkpoint_time_seconds", RUN, NOW),
        ("fl_run_phase_duration_seconds", {**RUN, "phase": "train"}, 8),
        ("fl_phase_duration_seconds_sum", {"phase": "train"}, 24),
        ("fl_phase_duration_seconds_bucket", {"phase": "configure_train", "le": "0.5"}, 3),
        ("fl_client_duration_seconds_count", {"phase": "train"}, 5),
        ("fl_client_duration_seconds_bucket", {"phase": "train", "le": "5.0"}, 3),
        ("fl_supernode_replies_total", {**A, "phase": "train"}, 3),
        ("fl_supernode_replies_total", {**B, "phase": "train"}, 2),
        ("fl_supernode_reply_seconds", {**A, "phase": "train"}, 4.5),
        ("fl_supernode_reply_seconds", {**B, "phase": "train"}, 6),
        ("fl_supernode_failures_total", {**B, "cause": "crashed"}, 1),
        ("fl_run_clients_failed_total", {**RUN, "cause": "crashed"}, 1),
        ("fl_app_metric", {**RUN, "phase": "train", "name": "f1"}, 0.25),
        ("fl_app_metric", {**RUN, "phase": "train", "name": "loss"}, 1 / 3),
        ("fl_events_total", {"event": "round_end"}, 3),
        ("fl_events_total", {"event": "hook_report"}, 0),
        ("fl_hook_info", {**RUN, "version": "0.1.0", "flower_version": "1.41.0"}, 1),
        ("fl_hook_errors", RUN, 0),
        ("fl_run_source", {**RUN, "source": "hook"}, 1),
        ("fl_run_last_event_time_seconds", RUN, NOW),
    ]
    for name, labels, value in expected:
        assert scrape.value(name, **labels) == value, name


def test_the_time_of_a_reply_is_gone_after_a_failure_until_the_next_good_one() -> None:
    api = FakeControlApi(nodes=list(NODES), runs=[running(7), running(8)])
    seconds = "fl_supernode_reply_seconds"
    train: dict[str, Any] = {"round": 1, "phase": "train"}
    evaluate: dict[str, Any] = {"round": 1, "phase": "evaluate"}
    api.tell(7, "training_start", **START)
    api.tell(7, "round_replies", **train, replies=[["11", 4.5, 25, 50], ["22", 6.0, 25, 50]])
    api.tell(7, "round_replies", **evaluate, replies=[["22", 2.0, 25, 50]])
    # Also of another run: a SuperNode does one thing at a time.
    api.tell(8, "client_failure", **train, node_id="22", error_type="exception", code=8)
    scrape = polled(api)
    assert scrape.value(seconds, **A, phase="train") == 4.5
    assert scrape.value(seconds, **B, phase="evaluate") == 2.0
    assert len(scrape.series(seconds)) == 2

    api.tell(8, "round_replies", **train, replies=[["22", 7.0, 25, 50]])
    assert polled(api).value(seconds, **B, phase="train") == 7.0


def test_what_nobody_has_told_has_no_series() -> None:
    api = FakeControlApi(nodes=list(NODES), runs=[running(7)])
    api.tell(7, "training_start", **{**START, "num_rounds": None, "model_bytes": None})
    scrape = polled(api)
    assert scrape.value("fl_round_current", **FEDAVG) == 0.0
    for name in ("fl_round_total", "fl_aggregated_loss", "fl_clients_selected", "fl_model_bytes"):
        assert scrape.series(name) == [], name
    api.tell(7, "round_end", **end_of(1, aggregated_loss=None, num_examples=None))
    scrape.poller.poll()
    assert scrape.series("fl_aggregated_loss") == []
    assert scrape.series("fl_round_examples") == []
    assert scrape.value("fl_aggregated_accuracy", **FEDAVG) == 0.5


def test_a_metric_that_is_no_number_any_more_is_nan() -> None:
    api = FakeControlApi(runs=[running(7)])
    api.tell(7, "round_metrics", round=1, phase="train", metrics={"loss": None})
    value = polled(api).value("fl_app_metric", **RUN, phase="train", name="loss")
    assert value is not None
    assert math.isnan(value)


def test_openmetrics_has_exemplars_with_the_runs_trace_and_the_plain_text_has_none() -> None:
    scrape = polled(api_with())
    text = generate_openmetrics(scrape.registry).decode()
    samples = [s for f in text_string_to_metric_families(text) for s in f.samples if s.exemplar]
    shown = {sample.name for sample in samples}
    assert shown == {
        "fl_round_duration_seconds_bucket",
        "fl_phase_duration_seconds_bucket",
        "fl_client_duration_seconds_bucket",
    }
    (rounds,) = (s for s in samples if s.name == "fl_round_duration_seconds_bucket")
    assert rounds.labels["le"] == "30.0"
    assert rounds.exemplar is not None
    assert rounds.exemplar.labels == {"trace_id": trace_id(7)}
    assert (rounds.exemplar.value, float(rounds.exemplar.timestamp)) == (12.0, NOW)
    assert f'"{trace_id(7)}"' not in generate_latest(scrape.registry).decode()


def test_text_from_an_app_cannot_break_a_scrape() -> None:
    api = FakeControlApi(runs=[running(7)])
    strange = json.loads('"a\\ud800\\n\\"b\\\\"')
    api.tell(7, "training_start", **{**START, "strategy": strange, "hook_version": strange})
    api.tell(7, "round_metrics", round=1, phase=strange, metrics={strange: 1})
    scrape = polled(api)
    for generate in (generate_latest, generate_openmetrics):
        assert b'a?\\n\\"b\\\\' in generate(scrape.registry)
