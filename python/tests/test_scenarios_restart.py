"""SuperLink and exporter are killed in the middle of a run that goes on: nothing lost or doubled.

The SuperLink does not run ServerApps itself here (`--isolation process`, as in the official
images), the hook comes by PYTHONPATH, and all of Flower logs JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

import catalogue
from federation import Federation, Scrape, telling
from flower_venv import lay_out_hook, make_venv
from processes import wait_until
from runs import Record, Runs

pytestmark = pytest.mark.federation

ROUNDS = "fl_round_duration_seconds_count"


@dataclass
class Story:
    """`before` is over when the SuperLink dies, `across` waits for its second node."""

    federation: Federation
    records: dict[str, Record] = field(default_factory=dict)
    seen: dict[str, Scrape] = field(default_factory=dict)

    def tell(self) -> None:
        federation = self.federation
        federation.start_superlink()
        federation.wait_superlink()
        federation.start_superexec()
        federation.start_exporter()
        federation.scrape_when(30, "fl_clients_connected", 0)
        federation.start_node("node-0", 0)
        runs = Runs(federation)
        runs.wait_online(1)
        self.records["before"] = runs.start(min_nodes=1, fraction_evaluate=0.0).record()
        across = runs.start(num_server_rounds=2, central=True, min_nodes=2, fraction_evaluate=0.0)
        first = {"run_id": self.records["before"].run_id}
        federation.scrape_when(20, "fl_training_status", 2, **first)
        wait_until(lambda: any(name == "training_start" for name, _ in across.told()), 30)
        self.seen["before"] = federation.scrape_when(20, "fl_training_status", 1, run_id=across.id)
        federation.superlink.kill()
        federation.superlink.wait()
        federation.exporter.kill()
        federation.start_superlink()
        federation.start_exporter()
        federation.wait_superlink()
        federation.start_node("node-1", 1)
        self.records["across"] = across.record()
        self.seen["after"] = federation.scrape_when(30, "fl_training_status", 2, run_id=across.id)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("restart")
    hook = lay_out_hook(directory / "hook", {"FL_LOG_FORMAT": "json"})
    federation = Federation(
        directory / "federation",
        tls=False,
        bin_directory=make_venv(directory / "venv"),
        isolation="process",
        exporter_settings={"state_file": str(directory / "exporter-state.json")},
    )
    federation.processes.environment["PYTHONPATH"] = str(hook)
    yield from telling(Story(federation))


def test_both_runs_complete(story: Story) -> None:
    statuses = {name: record.status for name, record in story.records.items()}
    assert statuses == dict.fromkeys(("before", "across"), "finished:completed")


def test_events_before_and_after_the_restart_are_those_of_one_run(story: Story) -> None:
    record = story.records["across"]
    central = ["round_metrics", "evaluation_result"]
    one = ["round_start", "round_replies", "round_metrics", *central, "round_end"]
    assert record.names() == ["training_start", *central, *one * 2, "training_end"]
    catalogue.check(record.told)


def test_nothing_is_lost_or_counted_twice(story: Story) -> None:
    before, after = story.seen["before"], story.seen["after"]
    first, second = (story.records[name].run_id for name in ("before", "across"))
    assert before.value(ROUNDS, run_id=first, strategy="FedAvg") == 1
    assert after.value(ROUNDS, run_id=first, strategy="FedAvg") == 1
    assert after.value(ROUNDS, run_id=second, strategy="FedAvg") == 2
    assert after.value("fl_training_status", run_id=first) == 2
    assert after.value("fl_clients_failed_total") == 0
    for name in ("fl_bytes_sent_total", "fl_bytes_received_total"):
        assert after.number(name) > before.number(name) > 0


def test_the_new_exporter_tells_no_old_news(story: Story) -> None:
    told = story.federation.told
    joins = [data["node_id"] for data in told("client_join")]
    assert len(joins) == len(set(joins)) == 2
    assert told("training_end") == []
    assert told("client_leave") == []
    assert story.seen["after"].value("fl_client_joins_total") == 2


@pytest.mark.parametrize("log", ["superlink", "superexec", "node-0"])
def test_every_line_of_flower_is_one_json_object(story: Story, log: str) -> None:
    lines = story.federation.processes.output(log).splitlines()
    assert len(lines) > 3
    for line in lines:
        entry = json.loads(line)
        assert {"timestamp", "level", "logger", "message"} <= set(entry), line
        assert entry["timestamp"].endswith("Z")


def test_the_logs_of_a_run_are_json_with_its_id_and_round(story: Story) -> None:
    record = story.records["across"]
    entries = [json.loads(line) for line in record.log.splitlines() if line.startswith("{")]
    assert {entry.get("run_id") for entry in entries[1:]} == {record.run_id}
    told = [entry["event"] for entry in entries if "event" in entry]
    assert [name for name in told if name != "round_phase"] == record.names()
    others = [line for line in record.log.splitlines() if not line.startswith("{")]
    assert [line.split()[0] for line in others if line.strip()] == ["OUTCOME"], "a plain print"
