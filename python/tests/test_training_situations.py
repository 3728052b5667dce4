"""Metrics of how runs stand: by Flower's word, and by what they wait for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import START, FakeControlApi, finished, running
from flower_monitoring.exporter.model import Node, Run
from polled import NODES, NOW, RUN, api_with, polled


@pytest.mark.parametrize(
    ("status", "sub_status", "value"),
    [
        ("pending", "", 0),
        ("starting", "", 0),
        ("running", "", 1),
        ("finished", "completed", 2),
        ("finished", "failed", 3),
        ("finished", "stopped", 0),
    ],
)
def test_the_status_of_training_is_flowers(status: str, sub_status: str, value: int) -> None:
    at = NOW if status == "finished" else None
    scrape = polled(FakeControlApi(runs=[Run(7, status, sub_status, at)]))
    assert scrape.value("fl_training_status", **RUN) == value


@pytest.mark.parametrize(
    ("sub_status", "details", "cause"),
    [
        ("failed", "No heartbeat received from the task", "serverapp_lost"),
        ("failed", "ServerApp failed with exception: no module named torch", "exception"),
        ("failed", "Task failed with unknown error.", "other"),
        ("failed", "", "other"),
        ("stopped", "No heartbeat received from the task", None),
        ("completed", "", None),
    ],
)
def test_a_run_that_failed_says_why(sub_status: str, details: str, cause: str | None) -> None:
    scrape = polled(FakeControlApi(runs=[Run(7, "finished", sub_status, NOW, details=details)]))
    wanted = [] if cause is None else [{**RUN, "cause": cause}]
    assert scrape.series("fl_run_failed") == wanted


def test_a_run_that_goes_on_has_not_failed() -> None:
    assert polled(FakeControlApi(runs=[running(7)])).series("fl_run_failed") == []


def test_without_any_run_training_is_idle() -> None:
    api = FakeControlApi(runs=[finished(7, NOW - 901)])
    assert polled(api).series("fl_training_status") == [{"run_id": ""}]
    assert polled(api).value("fl_training_status", run_id="") == 0.0


def test_what_a_run_is_and_when_it_ran() -> None:
    api = api_with(1)
    api.change(replace(api.runs[0], app="me/app", app_version="1.0.0", federation="@none/default"))
    scrape = polled(api)
    info = {"app": "me/app", "app_version": "1.0.0", "federation": "@none/default"}
    assert scrape.value("fl_run_info", **RUN, **info, strategy="FedAvg", api="message") == 1.0
    assert scrape.value("fl_run_start_time_seconds", **RUN) == NOW - 100
    assert scrape.series("fl_run_end_time_seconds") == []
    api.finish(7)
    scrape.poller.poll()
    assert scrape.value("fl_run_end_time_seconds", **RUN) == NOW


def test_a_run_waits_for_nodes_until_they_are_there() -> None:
    api = api_with(2)
    api.nodes[1] = Node(22, "offline", "site-b")
    scrape = polled(api)
    assert scrape.value("fl_run_waiting_for_nodes", **RUN) == 1.0
    assert scrape.value("fl_run_nodes_wanted", **RUN) == 2.0
    assert scrape.value("fl_run_nodes_present", **RUN) == 1.0
    assert scrape.value("fl_run_phase", **RUN, phase="configure_train") == 1.0
    api.nodes[1] = NODES[1]
    scrape.poller.poll()
    assert scrape.value("fl_run_waiting_for_nodes", **RUN) == 0.0
    api.nodes[1] = Node(22, "offline", "site-b")
    api.tell(7, "round_start", round=1, num_clients_selected=2)
    scrape.poller.poll()
    assert scrape.value("fl_run_waiting_for_nodes", **RUN) == 0.0, "it trains with what it has"
    assert scrape.series("fl_run_phase") == [{"run_id": "7", "phase": "train"}]


def test_a_run_that_stands_still_is_idle_and_then_stalled() -> None:
    api = api_with(3)
    scrape = polled(api)
    api.now += 599
    scrape.poller.poll()
    assert scrape.value("fl_run_idle_seconds", **RUN) == 599.0
    assert scrape.value("fl_run_stalled", **RUN, cause="no_reply") == 0.0
    api.now += 1
    scrape.poller.poll()
    causes = {"no_reply": 1.0, "too_few_nodes": 0.0, "no_progress": 0.0}
    for cause, value in causes.items():
        assert scrape.value("fl_run_stalled", **RUN, cause=cause) == value
    assert scrape.value("fl_training_stalls_total", cause="no_reply") == 1.0
    api.finish(7, "stopped")
    scrape.poller.poll()
    for name in (
        "fl_run_stalled",
        "fl_run_idle_seconds",
        "fl_run_waiting_for_nodes",
        "fl_run_phase",
    ):
        assert scrape.series(name) == [], name


def test_idle_time_counts_from_the_start_of_the_run_at_the_earliest() -> None:
    api = FakeControlApi(runs=[running(7, NOW - 5)])
    api.tell(7, "training_start", at=NOW - 5000, **START)
    assert polled(api).value("fl_run_idle_seconds", **RUN) == 5.0
