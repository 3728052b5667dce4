"""Counters over restarts, caps and faults: they never go back, and say what is left out."""

from __future__ import annotations

from typing import Any

import pytest

from fakes import FakeControlApi, end_of, finished, running, story
from flower_monitoring.exporter.follow import FollowSettings
from flower_monitoring.exporter.shown import Limits
from polled import FEDAVG, LIMITS, NOW, RUN, A, Scrape, api_with, polled


def test_series_of_a_run_end_with_the_ttl_and_the_totals_stay() -> None:
    api = api_with()
    api.finish(7)
    scrape = polled(api)
    totals = ("fl_rounds_completed_total", "fl_clients_failed_total", "fl_checkpoint_saved_total")
    before = [scrape.value(name) for name in totals]
    api.now += 901
    scrape.poller.poll()
    assert scrape.series("fl_round_current") == []
    assert scrape.series("fl_training_status") == [{"run_id": ""}]
    assert [scrape.value(name) for name in totals] == before == [3.0, 1.0, 1.0]
    assert scrape.value("fl_phase_duration_seconds_sum", phase="train") == 24.0
    assert scrape.value("fl_supernode_replies_total", **A, phase="train") == 3.0


def test_only_so_many_runs_have_series_and_all_count() -> None:
    api = FakeControlApi(runs=[running(number) for number in range(1, 6)])
    for number in range(1, 6):
        api.tell(number, "round_end", **end_of(1))
    scrape = polled(api, Limits(900, 2000, max_runs=2))
    assert len(scrape.series("fl_round_current")) == 2
    assert len(scrape.series("fl_training_status")) == 2
    assert scrape.value("fl_rounds_completed_total") == 5.0


def test_nodes_without_series_have_no_training_series_either() -> None:
    scrape = polled(api_with(), Limits(900, max_nodes=1, max_runs=200))
    assert [labels["node_id"] for labels in scrape.series("fl_supernode_replies_total")] == ["11"]
    assert [labels["node_id"] for labels in scrape.series("fl_supernode_reply_seconds")] == ["11"]


def test_metrics_of_apps_are_capped_and_the_cap_is_seen() -> None:
    api = FakeControlApi(runs=[running(7)])
    metrics = {f"m{number}": number for number in range(10)}
    api.tell(7, "round_metrics", round=1, phase="train", metrics=metrics)
    scrape = Scrape(api, LIMITS, FollowSettings(max_app_metrics=4))
    scrape.poller.poll()
    assert len(scrape.series("fl_app_metric")) == 4
    assert scrape.value("fl_exporter_series_dropped", kind="app_metric") == 6.0


def test_a_counter_is_missing_until_it_cannot_jump_any_more() -> None:
    """Prometheus would take what a restarted exporter has not read yet for a counter's restart."""
    api = api_with()
    api.runs.insert(0, finished(1, NOW - 5000))
    api.broken = {"run 1"}
    scrape = polled(api)
    assert scrape.value("fl_exporter_replayed") == 0.0
    for name in ("fl_rounds_completed_total", "fl_clients_failed_total", "fl_events_total"):
        assert scrape.series(name) == [], name
    assert {labels["reason"] for labels in scrape.series("fl_exporter_events_invalid_total")} == {
        "datagram",
        "overflow",
        "unknown_run",
    }
    assert scrape.value("fl_round_current", **FEDAVG) == 3.0, "what is read is shown"
    api.broken = set()
    scrape.poller.poll()
    assert scrape.value("fl_exporter_replayed") == 1.0
    assert scrape.value("fl_rounds_completed_total") == 3.0
    assert scrape.value("fl_exporter_events_invalid_total", reason="json") == 0.0


def test_a_run_that_is_half_read_has_no_counters_yet() -> None:
    api = api_with()
    api.at_once = 5
    scrape = polled(api)
    assert scrape.series("fl_round_duration_seconds_count") == []
    assert scrape.value("fl_training_status", **RUN) == 1.0
    for _ in range(10):
        scrape.poller.poll()
    assert scrape.value("fl_round_duration_seconds_count", **FEDAVG) == 3.0


def totals_of(scrape: Scrape) -> dict[Any, float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in scrape.registry.collect()
        for sample in family.samples
        if not sample.name.startswith(
            ("fl_exporter_", "process_", "fl_client_", "fl_training_stalls")
        )
    }


def test_a_restarted_exporter_shows_the_same() -> None:
    api = api_with(None, running(8), finished(9, NOW - 10))
    for run_id in (8, 9):
        for event, data in story()[: 8 + run_id]:
            api.tell(run_id, event, **data)
    first = polled(api)
    first.poller.poll()
    assert totals_of(first) == totals_of(polled(api))


def test_failed_reads_are_counted_and_the_last_state_stays() -> None:
    api = api_with()
    scrape = polled(api)
    api.broken = {"run_events"}
    scrape.poller.poll()
    assert scrape.value("fl_exporter_control_api_errors_total", call="run_events") == 1.0
    assert scrape.value("fl_round_current", **FEDAVG) == 3.0
    assert scrape.value("fl_exporter_up_to_date_seconds") == 0.0, "of nodes and runs"


def test_a_fault_in_reading_does_not_end_the_polling(caplog: pytest.LogCaptureFixture) -> None:
    api = api_with()
    scrape = polled(api)
    scrape.poller._watch = None
    scrape.poller.poll()

    class Broken:
        def update(self, *_: object, **__: object) -> None:
            raise ValueError("ours")

    scrape.poller._watch = Broken()  # type: ignore[assignment]
    scrape.poller.poll()
    scrape.poller.poll()
    assert caplog.messages == ["poll: ValueError: ours; the last known state stays"]
    assert scrape.value("fl_supernodes", status="online") == 2.0
