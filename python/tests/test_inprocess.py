"""/metrics of a ServerApp's own process: what it serves, and that it never is in the way."""

from __future__ import annotations

import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from types import ModuleType

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flower_monitoring.events.examples import EXAMPLES
from flower_monitoring.exporter.catalog import ALL
from flower_monitoring.hook import channel, guard, identity, inprocess, variables
from processes import free_port
from recording import recorded_log

SERVER_APP = ModuleType("flwr.serverapp.server_app")
STORY = ("training_start", "round_start", "client_failure", "round_metrics", "round_end")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port that a ServerApp of run 42, in this process, is told to serve on."""
    port = free_port()
    monkeypatch.setenv("FL_METRICS_ENABLED", "YES")
    monkeypatch.setenv("FL_METRICS_PORT", str(port))
    monkeypatch.setattr(identity, "run_id", lambda: "42")
    monkeypatch.setattr(identity, "round", lambda: 1)
    monkeypatch.setattr(guard, "errors", 0)
    variables.reset()
    yield port
    inprocess.stop()
    variables.reset()
    assert guard.errors == 0


def tell(*events: str) -> None:
    for event in events:
        channel.emit(event, **EXAMPLES[event])


def scrape(port: int) -> dict[tuple[str, tuple[str, ...]], float]:
    """Values by the sample's name and its labels' values."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def is_closed(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_run_is_served_from_its_first_event_on(port: int) -> None:
    inprocess.patch(SERVER_APP)
    assert is_closed(port)
    tell(*STORY)
    values = scrape(port)
    strategy = ("42", "FedAvg")
    assert values["fl_round_current", strategy] == 1
    assert values["fl_round_total", strategy] == 3
    assert values["fl_aggregated_loss", strategy] == 0.403716
    assert values["fl_aggregated_accuracy", strategy] == 0.85
    assert values["fl_round_duration_seconds_count", strategy] == 1
    assert values["fl_clients_selected", ("42",)] == 2
    assert values["fl_clients_responded", ("42",)] == 2
    assert values["fl_clients_failed_total", ()] == 1
    assert values["fl_training_status", ("42",)] == 1
    tell("checkpoint_saved", "training_end")
    assert scrape(port)["fl_checkpoint_saved_total", ()] == 1
    assert scrape(port)["fl_training_status", ("42",)] == 2


def test_only_metrics_of_the_exporter(port: int) -> None:
    inprocess.patch(SERVER_APP)
    tell(*STORY, "round_replies", "checkpoint_saved")
    known = {metric.name.removesuffix("_total") for metric in ALL}
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        named = {family.name.removesuffix("_total") for family in families}
    assert named <= known
    assert len(named) >= 15


def test_another_run_of_the_same_process(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    inprocess.patch(SERVER_APP)
    inprocess.patch(SERVER_APP)
    tell(*STORY, "training_end")
    monkeypatch.setattr(identity, "run_id", lambda: None)
    tell("training_start", "round_start")
    values = scrape(port)
    assert values["fl_training_status", ("42",)] == 2
    assert values["fl_training_status", ("local",)] == 1
    assert values["fl_clients_failed_total", ()] == 1


def test_of_many_runs_the_latest(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inprocess, "MAX_RUNS", 2)
    inprocess.patch(SERVER_APP)
    for run_id in ("1", "2", "3"):
        monkeypatch.setattr(identity, "run_id", lambda run_id=run_id: run_id)
        tell("training_start")
    statuses = [labels for name, labels in scrape(port) if name == "fl_training_status"]
    assert statuses == [("2",), ("3",)]


def test_not_unless_it_is_asked_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FL_METRICS_ENABLED", "NO")
    variables.reset()
    inprocess.patch(SERVER_APP)
    tell(*STORY)
    assert is_closed(port)


def test_not_in_a_supernode(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It inherits the variable, loads the same modules and has events: its GPUs."""
    monkeypatch.setattr(identity, "round", lambda: None)
    inprocess.patch(SERVER_APP)
    tell("gpu_detected")
    assert is_closed(port)


def test_a_port_that_is_taken_is_one_warning(port: int) -> None:
    inprocess.patch(SERVER_APP)
    with socket.create_server(("127.0.0.1", port)), recorded_log() as records:
        tell(*STORY)
    [warning] = records
    assert warning.levelname == "WARNING"
    assert warning.getMessage().startswith(
        f"FL_METRICS_ENABLED=YES: cannot serve on 127.0.0.1:{port} ([Errno 98] "
    )
    tell("round_end")
    assert is_closed(port)


@pytest.mark.parametrize("missing", ["prometheus_client", "flower_monitoring.exporter.training"])
def test_a_package_that_is_missing_is_one_warning(
    missing: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    inprocess.patch(SERVER_APP)
    with recorded_log() as records:
        tell(*STORY)
    assert [record.getMessage() for record in records] == [
        f"FL_METRICS_ENABLED=YES needs the package {missing} where Flower is installed; "
        "this run has no /metrics of its own"
    ]
    assert is_closed(port)


def test_events_that_are_not_as_documented(port: int) -> None:
    inprocess.patch(SERVER_APP)
    tell("training_start")
    channel.emit("round_end", round="one", aggregated_loss=[])
    channel.emit("early_stopping", anything=1)
    assert scrape(port)["fl_round_current", ("42", "FedAvg")] == 0


def test_it_answers_while_events_come(port: int) -> None:
    inprocess.patch(SERVER_APP)
    tell("training_start")
    for number in range(200):
        channel.emit("round_metrics", **EXAMPLES["round_metrics"] | {"metrics": {f"m{number}": 1}})
        if number % 20 == 0:
            assert scrape(port)["fl_training_status", ("42",)] == 1
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/other", timeout=5)
