"""Processes die, one way each, at the same time in one federation over TLS with known nodes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import catalogue
from expected import fedavg
from federation import Federation, Scrape, telling
from flower_venv import hook_pth, lay_out_hook, make_venv
from processes import wait_until
from runs import Record, Runs

pytestmark = pytest.mark.federation

STALL_SECONDS = 15
SITES = ("crashes", "killed", "stopped", "well")
"""The SuperNodes by partition: of the first only the ClientApp dies."""


@dataclass
class Story:
    """Three runs. `waiting` wants more nodes than there are and is stopped; so does `headless`,
    whose ServerApp is killed; `losses` trains while three of its four clients die."""

    federation: Federation
    records: dict[str, Record] = field(default_factory=dict)
    seen: dict[str, Scrape] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def tell(self) -> None:
        federation = self.federation
        federation.start_superlink()
        federation.wait_superlink()
        federation.start_exporter()
        federation.scrape_when(30, "fl_clients_connected", 0)
        for partition, name in enumerate(SITES):
            federation.start_node(name, partition)
        runs = Runs(federation)
        runs.wait_online(len(SITES))
        self.names = runs.names()
        losses = runs.start(
            num_server_rounds=2, min_nodes=1, fraction_evaluate=0.0, hang_partitions="0,1,2"
        )
        waiting = runs.start(min_nodes=9)
        headless = runs.start(min_nodes=9)
        wait_until(lambda: len(headless.told()) > 0, 60)
        os.kill(headless.pid("server"), signal.SIGKILL)
        clients = [losses.pid(f"client-{partition}-1") for partition in (0, 1, 2)]
        self.seen["all here"] = federation.scrape_when(20, "fl_clients_connected", 4)
        os.kill(clients[0], signal.SIGKILL)
        federation.nodes["killed"].kill()
        federation.nodes["stopped"].send_signal(signal.SIGTERM)
        # On a slow machine one run may stall twice: each of the three has to be among them.
        ids = {run.id for run in (waiting, headless, losses)}
        wait_until(lambda: ids <= self.stalled(), 60)
        self.seen["stalled"] = federation.scrape()
        federation.flwr("stop", "stop", waiting.id, "loop").wait(30)
        started = {"waiting": waiting, "headless": headless, "losses": losses}
        self.records = {name: run.record(150) for name, run in started.items()}
        wait_until(lambda: len(federation.told("training_end")) >= 2, 20)
        self.seen["end"] = federation.scrape_when(
            20, "fl_training_status", 3, run_id=self.records["headless"].run_id
        )

    def stalled(self) -> set[str]:
        """Ids of the runs of which a stall was told."""
        return {data["run_id"] for data in self.federation.told("training_stalled")}

    def told(self, event: str, run: str) -> list[dict[str, Any]]:
        """What the exporter told of one run."""
        run_id = self.records[run].run_id
        return [data for data in self.federation.told(event) if data["run_id"] == run_id]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("deaths")
    federation = Federation(
        directory / "federation",
        tls=True,
        bin_directory=make_venv(directory / "venv", pth=hook_pth(lay_out_hook(directory / "hook"))),
        exporter_settings={"stall_seconds": STALL_SECONDS},
    )
    yield from telling(Story(federation))


def test_runs_end_as_flower_says(story: Story) -> None:
    assert {name: record.status for name, record in story.records.items()} == {
        "waiting": "finished:stopped",
        "headless": "finished:failed",
        "losses": "finished:completed",
    }


@pytest.mark.parametrize("run", ["waiting", "headless", "losses"])
def test_events_are_as_documented(story: Story, run: str) -> None:
    catalogue.check(story.records[run].told)


def test_each_lost_client_is_told_with_its_node_and_cause(story: Story) -> None:
    failures = {
        story.names[event["node_id"]]: (event["error_type"], event["code"], event["round"])
        for event in story.records["losses"].events("client_failure")
    }
    assert failures == {
        "crashes": ("crashed", 8, 1),
        "killed": ("node_gone", 5, 1),
        "stopped": ("node_gone", 5, 1),
    }


def test_rounds_with_losses_are_counted(story: Story) -> None:
    record = story.records["losses"]
    assert [event["num_clients_selected"] for event in record.events("round_start")] == [4, 2]
    ends = record.events("round_end")
    assert [end["num_clients_responded"] for end in ends] == [1, 2]
    assert [end["num_clients_failed"] for end in ends] == [3, 0]
    answered = [
        {story.names[reply[0]] for reply in event["replies"]}
        for event in record.events("round_replies")
    ]
    assert answered == [{"well"}, {"crashes", "well"}]
    scrape = story.seen["end"]
    assert scrape.value("fl_clients_failed_total") == 3
    causes = scrape.labelled("fl_run_clients_failed_total", run_id=record.run_id)
    assert {cause: count for cause, count in causes.items() if count} == {
        "crashed": 1,
        "node_gone": 2,
    }


def test_a_run_with_losses_gives_the_result_it_gives_without_monitoring(story: Story) -> None:
    expected = [number.train_loss for number in fedavg([3], [0, 3])]
    assert story.records["losses"].series("train train_loss") == pytest.approx(expected)


def test_a_killed_serverapp_is_told_as_failed_by_the_exporter(story: Story) -> None:
    record = story.records["headless"]
    assert "training_end" not in record.names(), "it could not say so itself"
    (end,) = story.told("training_end", "headless")
    assert end["status"] == "failed"
    assert end["error_type"] == "No heartbeat received from the task"
    assert story.seen["end"].value("fl_training_status", run_id=record.run_id) == 3
    causes = story.seen["end"].labelled("fl_run_failed")
    assert causes == {f"serverapp_lost {record.run_id}": 1}, "of all runs"


def test_a_killed_serverapp_stalls_first(story: Story) -> None:
    (stalled,) = story.told("training_stalled", "headless")
    assert stalled["cause"] == "too_few_nodes", "what it waited for when it was last heard of"


def test_a_stopped_run_is_told_as_stopped(story: Story) -> None:
    record = story.records["waiting"]
    (end,) = story.told("training_end", "waiting")
    assert end["status"] == "stopped"
    assert story.seen["end"].value("fl_training_status", run_id=record.run_id) == 0


def test_a_run_that_told_its_end_is_not_told_again(story: Story) -> None:
    assert story.records["losses"].names()[-1] == "training_end"
    assert story.told("training_end", "losses") == []


def test_too_few_nodes_are_told_as_a_stall_within_the_configured_time(story: Story) -> None:
    (stalled,) = story.told("training_stalled", "waiting")
    assert stalled["cause"] == "too_few_nodes"
    assert stalled["required_clients"] == 9
    assert stalled["connected_clients"] in (3, 4), "one SuperNode was stopped meanwhile"
    assert STALL_SECONDS <= stalled["waiting_since_seconds"] < STALL_SECONDS + 5


def test_a_stall_is_shown_while_it_lasts(story: Story) -> None:
    during, after = story.seen["stalled"], story.seen["end"]
    run = {"run_id": story.records["waiting"].run_id}
    assert during.value("fl_run_stalled", cause="too_few_nodes", **run) == 1
    assert during.value("fl_run_stalled", cause="no_reply", **run) == 0
    assert during.value("fl_run_waiting_for_nodes", **run) == 1
    assert during.value("fl_run_nodes_wanted", **run) == 9
    assert during.value("fl_run_nodes_present", **run) == during.value("fl_clients_connected")
    assert after.value("fl_run_stalled", cause="too_few_nodes", **run) is None
    assert after.value("fl_training_stalls_total", cause="too_few_nodes") == 2
    told = story.told("training_stalled", "losses")
    assert after.value("fl_training_stalls_total", cause="no_reply") == len(told)


def test_clients_that_do_not_answer_are_another_stall(story: Story) -> None:
    told = story.told("training_stalled", "losses")
    # The second round may stall as well where ClientApps take long to start.
    assert 1 in {data["round"] for data in told}
    assert {data["cause"] for data in told} == {"no_reply"}


def test_nodes_come_and_go_by_name(story: Story) -> None:
    assert {event["name"] for event in story.federation.told("client_join")} == set(SITES)
    left = {event["name"]: event["reason"] for event in story.federation.told("client_leave")}
    assert left == {"stopped": "offline", "killed": "offline"}
    assert story.seen["all here"].value("fl_clients_connected") == 4
    assert story.seen["end"].value("fl_clients_connected") == 2
    assert story.seen["end"].value("fl_client_joins_total") == 4
    assert story.seen["end"].value("fl_client_leaves_total", reason="offline") == 2
