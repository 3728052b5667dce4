"""Logs of real runs (Flower 1.41, recorded from StreamLogs, byte for byte) as training."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from flower_monitoring.exporter.log_parser import LogParser
from flower_monitoring.exporter.training import TrainingRun

RECORDINGS = Path(__file__).parent / "recordings"


def recorded(name: str) -> str:
    return (RECORDINGS / f"{name}.log").read_text(encoding="utf-8")


def parsed(text: str) -> list[tuple[str, dict[str, Any]]]:
    parser = LogParser()
    return [(event, dict(data)) for event, data, _ in [*parser.feed(text), *parser.end()]]


def training(text: str) -> TrainingRun:
    run = TrainingRun("7")
    for event, data in parsed(text):
        assert run.apply(event, data, 1.0), (event, data)
    return run


def only(events: list[tuple[str, dict[str, Any]]], *names: str) -> list[dict[str, Any]]:
    return [data for event, data in events if event in names]


def test_a_run_by_messages() -> None:
    run = training(recorded("message"))
    assert (run.strategy, run.api, run.num_rounds, run.min_clients) == ("FedAvg", "message", 2, 2)
    assert (run.round, run.phase, run.selected, run.responded) == (2, None, 2, 2)
    assert run.loss == 4.135422215602321, "of the clients' evaluation"
    assert run.accuracy == 0.28
    assert run.metrics == {
        ("train", "train_loss"): 3.682279551868318,
        ("evaluate", "loss"): 4.135422215602321,
        ("evaluate", "accuracy"): 0.28,
        ("central_evaluate", "loss"): 3.7412552042945593,
        ("central_evaluate", "accuracy"): 0.5,
    }
    assert run.duration == 36.0
    assert run.totals.rounds == 2
    assert run.totals.failures == {}
    assert run.model_bytes is None, "0.00 MB"
    assert run.totals.phases == {}, "nothing tells durations"


def test_rounds_of_a_run_by_messages_one_by_one() -> None:
    ends = only(parsed(recorded("message")), "round_end")
    assert [(end["round"], end["num_clients_responded"]) for end in ends] == [(1, 1), (2, 2)]
    assert [end["aggregated_loss"] for end in ends] == [5.533491325307651, 4.135422215602321]


def test_a_run_that_waits_for_nodes_is_seen_to_wait() -> None:
    text = recorded("message")
    waiting = text[: text.index("configure_train: Sampled")]
    run = training(waiting[: waiting.rindex("\n") + 1])
    assert (run.round, run.phase, run.min_clients) == (1, "configure_train", 2)
    assert run.metrics["central_evaluate", "loss"] == 5.823640661090402, "before the first round"
    assert run.totals.rounds == 0


def test_what_a_strategy_waits_for_is_learnt_from_its_waiting_too() -> None:
    line = "INFO :      Waiting for nodes to connect: 0 connected (minimum required: 5).\n"
    assert training(line * 3).min_clients == 5


def test_failures_of_clients_have_their_node_and_cause() -> None:
    run = training(recorded("message-fail"))
    assert run.totals.failures == {"exception": 2}
    assert run.totals.node_failures == {("11957998894392546575", "exception"): 2}
    assert (run.totals.rounds, run.responded, run.loss) == (2, 2, 3.844081945473567)


@pytest.mark.parametrize(
    ("node", "reason", "cause"),
    [
        ("12", "ClientApp stopped responding.", "crashed"),
        ("1", "Error: Node Unavailable — The destination node failed to report a", "node_gone"),
        ("12", "Error: Message Unavailable - The requested message could not be", "message_lost"),
        ("12", "Error: Reply Message Unavailable - The reply message has expired.", "message_lost"),
        ("12", "something new", "unknown"),
    ],
)
def test_causes_of_failures(node: str, reason: str, cause: str) -> None:
    line = "        > Received error in reply from node"
    text = f"INFO :      [ROUND 1/1]\nINFO :      {line} {node}: {reason}\n"
    (failure,) = only(parsed(text), "client_failure")
    assert failure["error_type"] == cause
    assert failure["node_id"] == (None if node == "1" else node), "1 is the SuperLink itself"


@pytest.mark.parametrize(
    ("name", "api", "rounds"), [("legacy", "legacy", 2), ("workflow", "workflow", None)]
)
def test_the_api_before_messages(name: str, api: str, rounds: int | None) -> None:
    run = training(recorded(name))
    assert (run.strategy, run.api, run.num_rounds) == ("unknown", api, rounds)
    assert (run.round, run.selected, run.responded, run.totals.rounds) == (2, 2, 2, 2)
    assert run.loss == 3.927490420537938, "of the clients, which only the summary tells"
    assert run.accuracy == 0.5181818181818182
    assert run.duration == pytest.approx(24.95, abs=0.05)
    ends = only(parsed(recorded(name)), "round_end")
    assert [end["aggregated_loss"] for end in ends] == [4.5136419486580674, 3.546829900577517]


def test_a_loop_of_the_apps_own_tells_nothing() -> None:
    assert parsed(recorded("loop")) == []


@pytest.mark.parametrize("name", ["message", "message-fail", "legacy", "workflow"])
def test_pieces_of_any_size_give_the_same(name: str) -> None:
    text, whole = recorded(name), parsed(recorded(name))
    for size in (1, 7, 100, 4096):
        parser = LogParser()
        events = []
        for start in range(0, len(text), size):
            events += parser.feed(text[start : start + size])
        events += parser.end()
        assert [(event, dict(data)) for event, data, _ in events] == whole


def test_a_round_that_was_cut_off_is_not_counted() -> None:
    text = recorded("message")
    cut = text[: text.index("Aggregated MetricRecord: {'train_loss': 3.68")]
    run = training(cut)
    assert (run.round, run.totals.rounds, run.phase) == (2, 1, "aggregate_train")


def test_an_apps_own_output_is_no_flower_line() -> None:
    text = "[ROUND 1/3]\nmy INFO : [ROUND 2/3]\nconfigure_train: Sampled 2 nodes (out of 2)\n"
    assert parsed(text) == []


def test_times_of_debug_logs_are_skipped() -> None:
    text = "\x1b[92mINFO 2026-11-22 03:20:00,123\x1b[0m:      [ROUND 4/9]\n"
    (data,) = only(parsed(text), "round_phase")
    assert data == {"round": 4, "phase": "configure_train"}


def test_metrics_may_be_of_numpy_infinite_or_no_numbers() -> None:
    metrics = (
        "{'a': np.float64(0.5), 'b': nan, 'c': inf, 'd': [1, 2], 'e': 'x', 'it\\'s': 3, 'f': -1e-3}"
    )
    text = f"INFO :      [ROUND 1/1]\nINFO :      \t└──> Aggregated MetricRecord: {metrics}\n"
    run = training(text)
    assert run.metrics.pop(("train", "a")) == 0.5
    assert math.isnan(run.metrics.pop(("train", "b")))
    assert math.isnan(run.metrics.pop(("train", "c")))
    assert run.metrics == {("train", "it\\'s"): 3.0, ("train", "f"): -0.001}


def json_line(**record: Any) -> str:
    return json.dumps({"timestamp": "2026-11-22T03:20:00.000Z", "logger": "flwr", **record}) + "\n"


def test_events_in_json_logs_are_taken_with_their_time_and_its_text_is_not() -> None:
    text = json_line(
        message="training_start", event="training_start", data={"ts": 5.5, "api": "grid"}
    )
    text += json_line(message="[ROUND 1/2]")
    parser = LogParser()
    (event,) = parser.feed(text)
    assert (event.event, event.data["api"], event.at) == ("training_start", "grid", 5.5)
    assert parser.has_events
    assert parser.lines == 2


def test_json_logs_without_events_are_read_as_text() -> None:
    text = json_line(message="[ROUND 1/2]") + json_line(
        message="configure_train: Sampled 2 nodes (out of 2)"
    )
    assert [event for event, _ in parsed(text)] == ["round_phase", "round_start", "round_phase"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        '{"event": 1, "data": {}}',
        '{"event": "a", "data": []}',
        '{"message": "[ROUND 1/2]"}',
        "{" * 100_000,
        "INFO :",
        "INFO :      ",
        "\x1b[",
        "INFO :      [ROUND 99999999999999999999999]",
        f"INFO :      [ROUND {'9' * 5000}/2]",
        "INFO :      Strategy execution finished in 1.2.3s",
    ],
)
def test_odd_lines_do_no_harm(line: str) -> None:
    run = TrainingRun("7")
    for event, data in parsed(line + "\n"):
        run.apply(event, data, 1.0)
    assert run.totals.rounds == 0


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    parser = LogParser()
    for _ in range(100):
        parser.feed("x" * 10_000)
    assert len(parser._rest) <= 65536
