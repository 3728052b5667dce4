"""What goes wrong while all processes live: replies too late, losses of no number, no hook."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import catalogue
from federation import Federation, Scrape, telling
from flower_venv import hook_pth, lay_out_hook, make_venv, use_hook
from runs import Record, Run, Runs

pytestmark = pytest.mark.federation

NODES = 3
FAILED = "fl_run_clients_failed_total"


@dataclass
class Story:
    """Runs on three nodes. `well` saves its model, `nan` begins with one that is no number, `bare`
    has no hook, `raises` cannot read its settings. Then a client each hangs in `expired`, whose
    messages live for 60 s, and in `late`, which waits 60 s for replies: time enough for the others
    on a machine with much to do."""

    federation: Federation
    hook: Path
    checkpoint: Path
    records: dict[str, Record] = field(default_factory=dict)
    seen: dict[str, Scrape] = field(default_factory=dict)

    def tell(self) -> None:
        federation = self.federation
        federation.start_superlink()
        federation.wait_superlink()
        federation.start_exporter()
        for partition in range(NODES):
            federation.start_node(f"node-{partition}", partition)
        runs = Runs(federation)
        runs.wait_online(NODES)
        self._train(runs)
        self._hang(runs)
        ids = [record.run_id for record in self.records.values()]
        self.seen["end"] = federation.scrape_until(
            30, lambda s: all(s.number("fl_training_status", run_id=run) >= 2 for run in ids)
        )

    def _train(self, runs: Runs) -> None:
        started = {
            "well": runs.start(
                num_server_rounds=2, min_nodes=NODES, central=True, checkpoint=str(self.checkpoint)
            ),
            "nan": runs.start(initial=math.nan, fraction_evaluate=0.0),
            "raises": runs.start(initial="much"),
        }
        for run in started.values():
            run.pid("server")
        use_hook(self.hook, "none")
        started["bare"] = runs.start(fraction_evaluate=0.0)
        started["bare"].pid("server")
        use_hook(self.hook, "hook")
        well = {"run_id": started["well"].id, "strategy": "FedAvg"}
        self.seen["running"] = self.federation.scrape_when(120, "fl_round_current", 2, **well)
        self._take_down(started)

    def _hang(self, runs: Runs) -> None:
        hung = {
            "expired": runs.start("loop", hang_partitions="1", min_nodes=NODES, ttl=60.0),
            "late": runs.start("loop", hang_partitions="2", min_nodes=NODES, timeout=60.0),
        }
        self._take_down(hung)
        for name, partition in (("expired", 1), ("late", 2)):
            mark = runs.marks / f"{hung[name].id}-client-{partition}-1"
            if mark.exists():
                os.kill(int(mark.read_text()), signal.SIGKILL)

    def _take_down(self, started: dict[str, Run]) -> None:
        self.records |= {name: run.record() for name, run in started.items()}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("faults")
    hook = directory / "hooks" / "current"
    lay_out_hook(directory / "hooks" / "hook")
    use_hook(hook, "hook")
    federation = Federation(
        directory / "federation",
        tls=False,
        bin_directory=make_venv(directory / "venv", pth=hook_pth(hook)),
    )
    yield from telling(Story(federation, hook, directory / "model.npz"))


def failures(record: Record) -> set[tuple[str, int | None]]:
    """Causes and Flower's codes of a run's failed clients."""
    return {(event["error_type"], event["code"]) for event in record.events("client_failure")}


def test_every_run_but_one_completes(story: Story) -> None:
    names = ("well", "nan", "bare", "expired", "late")
    statuses = dict.fromkeys(names, "finished:completed") | {"raises": "finished:failed"}
    assert {name: record.status for name, record in story.records.items()} == statuses


def test_a_serverapp_that_raises_is_the_cause_of_its_runs_failure(story: Story) -> None:
    run_id = story.records["raises"].run_id
    assert story.seen["end"].labelled("fl_run_failed") == {f"exception {run_id}": 1}


@pytest.mark.parametrize("run", ["well", "nan", "expired", "late"])
def test_events_are_as_documented(story: Story, run: str) -> None:
    catalogue.check(story.records[run].told)


def test_a_message_that_expired_is_told_as_lost(story: Story) -> None:
    record = story.records["expired"]
    assert failures(record) == {("message_lost", 3)}
    lost = story.seen["end"].value(FAILED, run_id=record.run_id, cause="message_lost")
    assert lost == len(record.events("client_failure")) >= 1


def test_a_reply_that_nobody_waits_for_any_more_is_told_as_a_timeout(story: Story) -> None:
    record = story.records["late"]
    assert failures(record) == {("timeout", None)}
    lost = story.seen["end"].value(FAILED, run_id=record.run_id, cause="timeout")
    assert lost == len(record.events("client_failure")) >= 1


def test_a_loss_that_is_no_number_is_missing_and_nan_among_the_metrics_of_the_app(
    story: Story,
) -> None:
    scrape, run_id = story.seen["end"], story.records["nan"].run_id
    loss = scrape.number("fl_app_metric", run_id=run_id, phase="train", name="train_loss")
    assert math.isnan(loss)
    assert ("fl_app_metric", run_id) in {
        (name, dict(labels).get("run_id")) for name, labels in scrape.samples
    }, "there is a sample, and it is NaN"
    assert scrape.value("fl_aggregated_loss", run_id=run_id, strategy="FedAvg") is None


def test_a_run_without_the_hook_says_so_beside_others(story: Story) -> None:
    scrape = story.seen["end"]
    sources = {
        name: " ".join(scrape.labelled("fl_run_source", run_id=record.run_id))
        for name, record in story.records.items()
    }
    assert sources == dict.fromkeys(sources, "hook") | {"bare": "logs"}


def test_a_run_in_its_second_round_tells_where_it_is(story: Story) -> None:
    scrape, run = story.seen["running"], {"run_id": story.records["well"].run_id}
    assert scrape.value("fl_training_status", **run) == 1
    assert scrape.value("fl_round_total", strategy="FedAvg", **run) == 2
    assert scrape.value("fl_run_stalled", cause="no_reply", **run) == 0
    assert scrape.value("fl_run_nodes_wanted", **run) == NODES
    assert scrape.value("fl_run_waiting_for_nodes", **run) == 0


def test_the_last_checkpoint_is_told_with_its_size(story: Story) -> None:
    scrape, run_id = story.seen["end"], story.records["well"].run_id
    size = scrape.value("fl_checkpoint_size_bytes", run_id=run_id)
    assert size == story.checkpoint.stat().st_size
    assert scrape.value("fl_checkpoint_saved_total") == 1
