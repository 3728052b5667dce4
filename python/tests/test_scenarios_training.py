"""Runs of every kind, several at once: what they tell, and what the exporter makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import catalogue
from expected import fedavg
from federation import Federation, telling
from flower_venv import hook_pth, lay_out_hook, make_venv
from training_story import BOTH, EXAMPLES, Story, by_round, metrics, replies, wanted

pytestmark = pytest.mark.federation

CLIENTS = ["round_start", *["round_replies", "round_metrics"] * 2]
CENTRAL = ["round_metrics", "evaluation_result"]
KINDS = ("message", "legacy", "workflow", "loop", "broken")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("training")
    pth = hook_pth(lay_out_hook(directory / "hook"))
    bin_directory = make_venv(directory / "venv", pth=pth)
    federation = Federation(directory / "federation", tls=False, bin_directory=bin_directory)
    yield from telling(Story(federation, directory / "model.npz"))


def test_every_run_completes(story: Story) -> None:
    assert {name: record.status for name, record in story.records.items()} == dict.fromkeys(
        ("fifty", *KINDS), "finished:completed"
    )


@pytest.mark.parametrize("kind", ["fifty", *KINDS])
def test_events_are_as_documented(story: Story, kind: str) -> None:
    catalogue.check(story.records[kind].told)


@pytest.mark.parametrize(
    ("kind", "strategy", "api", "rounds", "min_clients"),
    [
        ("fifty", "FedAvg", "message", 50, 0),
        ("message", "FedAvg", "message", 2, 2),
        ("legacy", "Telling", "legacy", 1, 2),
        ("workflow", "Telling", "workflow", 1, 2),
        ("loop", "custom", "grid", 2, None),
    ],
)
def test_training_start_tells_how_the_rounds_are_driven(
    story: Story, kind: str, strategy: str, api: str, rounds: int, min_clients: int | None
) -> None:
    (start,) = story.records[kind].events("training_start")
    assert (start["strategy"], start["api"]) == (strategy, api)
    assert start["num_rounds"] == rounds
    assert start["min_clients"] == min_clients
    assert start["flower_version"] == "1.41.0"
    if kind != "loop":
        assert start["model_bytes"] >= 16 * 8


def test_fifty_rounds_are_told_one_by_one(story: Story) -> None:
    record = story.records["fifty"]
    one = ["round_start", *CENTRAL, "round_end"]
    assert record.names() == ["training_start", *CENTRAL, *one * 50, "training_end"]
    assert by_round(record, "round") == list(range(1, 51))
    assert by_round(record, "num_clients_responded") == [0] * 50
    assert by_round(record, "aggregated_loss") == record.series("central loss")[1:]


def test_a_run_that_ended_before_the_exporter_started_is_there(story: Story) -> None:
    record, scrape = story.records["fifty"], story.seen["late"]
    run = {"run_id": record.run_id, "strategy": "FedAvg"}
    assert scrape.value("fl_training_status", run_id=record.run_id) == 2
    assert scrape.value("fl_round_current", **run) == 50
    assert scrape.value("fl_round_total", **run) == 50
    assert scrape.value("fl_round_duration_seconds_count", **run) == 50
    assert scrape.value("fl_round_duration_seconds_bucket", le="+Inf", **run) == 50
    assert scrape.value("fl_aggregated_loss", **run) == record.series("central loss")[-1]
    assert scrape.value("fl_run_source", run_id=record.run_id, source="hook") == 1


def test_a_run_by_messages_tells_everything_in_order(story: Story) -> None:
    record = story.records["message"]
    one = [*CLIENTS, *CENTRAL, "round_end"]
    end = ["checkpoint_saved", "training_end"]
    assert record.names() == ["training_start", *CENTRAL, *one * 2, *end]
    assert [event["num_clients_selected"] for event in record.events("round_start")] == [2, 2]
    assert by_round(record, "num_clients_responded") == [2, 2]
    assert by_round(record, "num_clients_failed") == [0, 0]
    assert by_round(record, "num_examples") == [50, 50]
    everyone = [(number, partition) for number in (1, 2) for partition in BOTH]
    assert replies(record, "train") == everyone
    assert replies(record, "evaluate") == everyone


def test_metrics_of_a_run_by_messages_are_those_of_the_app(story: Story) -> None:
    record, rounds = story.records["message"], fedavg(BOTH, BOTH)
    assert metrics(record, "train", "train_loss") == wanted("train_loss", rounds)
    assert metrics(record, "evaluate", "loss") == wanted("loss", rounds)
    assert metrics(record, "evaluate", "accuracy") == wanted("accuracy", rounds)
    assert metrics(record, "central_evaluate", "loss") == record.series("central loss")
    assert by_round(record, "aggregated_loss") == record.series("evaluate loss")
    assert by_round(record, "aggregated_accuracy") == record.series("evaluate accuracy")


def test_rounds_of_a_run_by_messages_take_their_time_and_their_bytes(story: Story) -> None:
    for event in story.records["message"].events("round_end"):
        parts = sum(event["phases"].values())
        assert parts == pytest.approx(event["round_duration_seconds"], abs=0.5)
        assert event["phases"]["train"] > 1
        assert event["bytes_sent"] >= 4 * 16 * 8, "two messages of two phases"
        assert event["bytes_received"] >= 2 * 16 * 8


def test_a_saved_checkpoint_is_told(story: Story) -> None:
    (saved,) = story.records["message"].events("checkpoint_saved")
    assert saved["path"] == str(story.checkpoint)
    assert saved["size_bytes"] == story.checkpoint.stat().st_size
    assert saved["round"] == 2
    assert story.seen["end"].value("fl_checkpoint_saved_total") == 1


@pytest.mark.parametrize("kind", ["legacy", "workflow"])
def test_the_api_before_messages_tells_the_same(story: Story, kind: str) -> None:
    record, (expected,) = story.records[kind], fedavg(BOTH)
    clients = ["round_replies", "round_metrics"]
    one = ["round_start", *clients, *CENTRAL, *clients, "round_end"]
    assert record.names() == ["training_start", *CENTRAL, *one, "training_end"]
    assert replies(record, "train") == [(1, 0), (1, 1)]
    (end,) = record.events("round_end")
    assert (end["num_clients_responded"], end["num_clients_failed"]) == (2, 0)
    assert end["aggregated_loss"] == pytest.approx(expected.loss, rel=1e-6)
    assert end["aggregated_accuracy"] == pytest.approx(expected.accuracy, rel=1e-6)
    (central,) = (e for e in record.events("evaluation_result") if e["round"] == 1)
    assert central["loss"] == record.series("central loss")[-1]


def test_a_loop_of_ones_own_tells_its_rounds(story: Story) -> None:
    record = story.records["loop"]
    one = ["round_start", "round_replies", "round_metrics", "round_end"]
    assert record.names() == ["training_start", *one * 2, "training_end"]
    assert by_round(record, "round") == [1, 2]
    assert by_round(record, "num_clients_responded") == [2, 2]
    assert replies(record, "train") == [(1, 0), (1, 1), (2, 0), (2, 1)]


def test_a_client_that_raises_is_told_with_its_node(story: Story) -> None:
    record = story.records["broken"]
    assert record.names() == [
        "training_start",
        "round_start",
        "client_failure",
        "round_replies",
        "round_metrics",
        "round_end",
        "training_end",
    ]
    (failure,) = record.events("client_failure")
    (answered,) = story.records["message"].events("round_replies")[:1]
    nodes = {EXAMPLES[examples]: node for node, _, examples, _ in answered["replies"]}
    assert failure["node_id"] == nodes[1]
    assert (failure["round"], failure["phase"]) == (1, "train")
    assert (failure["error_type"], failure["code"]) == ("exception", 2)
    assert by_round(record, "num_clients_responded") == [1]
    assert by_round(record, "num_clients_failed") == [1]
    (expected,) = fedavg([0])
    assert by_round(record, "aggregated_loss") == pytest.approx([expected.train_loss])


def test_results_are_what_they_are_without_monitoring(story: Story) -> None:
    two = fedavg(BOTH, BOTH)
    record = story.records["message"]
    assert record.series("central loss")[1:] == wanted("central_loss", two)
    assert record.series("evaluate loss") == wanted("loss", two)
    for kind in ("legacy", "workflow"):
        central = story.records[kind].series("central loss")
        assert central[1:] == wanted("central_loss", two[:1])
    assert story.records["broken"].series("train train_loss") == wanted("train_loss", fedavg([0]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_exporter_keeps_concurrent_runs_apart(story: Story, kind: str) -> None:
    record, scrape = story.records[kind], story.seen["end"]
    (start,) = record.events("training_start")
    last = record.events("round_end")[-1]
    run = {"run_id": record.run_id, "strategy": start["strategy"]}
    assert scrape.value("fl_round_current", **run) == last["round"]
    assert scrape.value("fl_round_total", **run) == start["num_rounds"]
    assert scrape.value("fl_round_duration_seconds_count", **run) == last["round"]
    assert scrape.value("fl_aggregated_loss", **run) == last["aggregated_loss"]
    assert scrape.value("fl_aggregated_accuracy", **run) == last["aggregated_accuracy"]
    assert scrape.value("fl_clients_selected", run_id=record.run_id) == 2
    assert (
        scrape.value("fl_clients_responded", run_id=record.run_id) == last["num_clients_responded"]
    )
    assert scrape.value("fl_run_source", run_id=record.run_id, source="hook") == 1


def test_the_exporter_counts_over_all_runs(story: Story) -> None:
    assert story.seen["end"].value("fl_clients_failed_total") == 1
    assert story.seen["end"].value("fl_clients_connected") == 2


def test_text_logs_have_no_line_of_the_hook(story: Story) -> None:
    logs = [record.log for record in story.records.values()]
    logs += [story.federation.processes.output(name) for name in ("superlink", "node-0")]
    for word in ("monitoring", "fl_", "round_end"):
        assert not any(word in log for log in logs), word
