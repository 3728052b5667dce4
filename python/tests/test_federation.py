"""The exporter beside real federations. One story, told once; each test checks one claim of it."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from federation import APP, Federation, Scrape, record

pytestmark = pytest.mark.federation

TOTALS = ("fl_bytes_sent_total", "fl_bytes_received_total", "fl_client_seconds_total")
NODES = "fl_supernodes"
AGE = "fl_exporter_up_to_date_seconds"
ERRORS = "fl_exporter_control_api_errors_total"


@dataclass
class Story:
    """What was seen: `plain` trains, in `secured` SuperNodes die, both at the same time."""

    plain: Federation
    secured: Federation
    seen: dict[str, Scrape] = field(default_factory=dict)
    check: subprocess.CompletedProcess[str] | None = None
    run_output: str = ""
    killed_offline_after: float = 0.0
    exporter_end: tuple[int, float] = (-1, 0.0)

    def tell(self) -> None:
        self._start()
        self._lose_nodes_and_train()
        self._restart_exporter()
        self._lose_superlinks()

    def _start(self) -> None:
        for federation in (self.plain, self.secured):
            federation.start_superlink()
            federation.start_exporter()
        for federation in (self.plain, self.secured):
            federation.scrape_when(60, NODES, 0, status="online")
        for partition in (0, 1):
            self.plain.start_node(f"node-{partition}", partition)
        for partition, name in enumerate(("site-killed", "site-stopped")):
            self.secured.start_node(name, partition)
        self.seen["plain online"] = self.plain.scrape_when(60, NODES, 2, status="online")
        self.seen["secured online"] = self.secured.scrape_when(60, NODES, 2, status="online")

    def _lose_nodes_and_train(self) -> None:
        settings = "num-server-rounds=2 client-sleep=0.1"
        run = self.plain.flwr("run", "run", APP, "loop", "--stream", "-c", settings)
        self.secured.nodes["site-killed"].kill()
        killed = time.monotonic()
        self.secured.nodes["site-stopped"].send_signal(signal.SIGTERM)
        running = {"status": "running", "sub_status": ""}
        self.seen["running"] = self.plain.scrape_when(60, "fl_runs", **running)
        first = self.plain.scrape_when(60, TOTALS[0])
        self.seen["some bytes"] = first
        more = first.number(TOTALS[0]) + 1
        self.seen["more bytes"] = self.plain.scrape_when(60, TOTALS[0], more)
        self.seen["stopped"] = self.secured.scrape()
        self.check = self.secured.check()
        self.seen["killed"] = self.secured.scrape_when(90, NODES, 2, status="offline")
        self.killed_offline_after = time.monotonic() - killed
        run.wait(timeout=120)
        self.run_output = self.plain.processes.output("run")
        finished = {"status": "finished", "sub_status": "completed"}
        self.seen["finished"] = self.plain.scrape_when(20, "fl_runs", **finished)

    def _restart_exporter(self) -> None:
        self.exporter_end = self.plain.stop_exporter()
        self.plain.start_exporter()
        self.seen["new exporter"] = self.plain.scrape_when(30, TOTALS[0])
        self.plain.nodes["node-0"].send_signal(signal.SIGTERM)
        gone = self.plain.scrape_when(20, NODES, status="unregistered")
        self.seen["unregistered"] = gone

    def _lose_superlinks(self) -> None:
        errors = {"call": "list_nodes"}
        self.plain.superlink.send_signal(signal.SIGTERM)
        self.secured.superlink.send_signal(signal.SIGSTOP)
        self.seen["down"] = self.plain.scrape_when(20, ERRORS, **errors)
        self.seen["down longer"] = self.plain.scrape_when(20, ERRORS, 3, **errors)
        self.seen["hung"] = self.secured.scrape_when(20, ERRORS, **errors)
        self.plain.superlink.wait(timeout=20)
        self.plain.start_superlink()
        self.seen["superlink back"] = self.plain.scrape_until(
            40, lambda scrape: scrape.number(AGE) < 2
        )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    often = {"poll_interval_seconds": 1}
    told = Story(
        Federation(tmp_path_factory.mktemp("plain"), tls=False, exporter_settings=often),
        Federation(tmp_path_factory.mktemp("secured"), tls=True, exporter_settings=often),
    )
    try:
        told.tell()
        record(told.seen)
        yield told
    finally:
        told.plain.processes.close()
        told.secured.processes.close()


def names_up(scrape: Scrape) -> dict[str, float]:
    """Whether each node is up, by its name."""
    return by_name(scrape, "fl_supernode_up")


def by_name(scrape: Scrape, metric: str) -> dict[str, float]:
    """Samples of a node metric by node name; all nodes must have one."""
    return {key.split()[0]: value for key, value in scrape.labelled(metric, location="").items()}


def totals(scrape: Scrape) -> list[float | None]:
    return [scrape.value(name) for name in TOTALS]


def losses(output: str, metric: str) -> list[float]:
    line = re.search(rf"{metric} by round: ([\d. ]+)", output)
    assert line is not None, output
    return [float(loss) for loss in line[1].split()]


def test_two_supernodes_are_online_without_tls(story: Story) -> None:
    scrape = story.seen["plain online"]
    assert scrape.value(NODES, status="online") == 2.0
    ups = scrape.labelled("fl_supernode_up", name="", location="")
    assert list(ups.values()) == [1.0, 1.0]
    assert all(re.fullmatch(r"\d{5,20}", node_id) for node_id in ups)
    ages = scrape.labelled("fl_supernode_heartbeat_age_seconds", name="", location="")
    assert ages.keys() == ups.keys()
    assert all(0 <= age < 30 for age in ages.values())


def test_registered_supernodes_are_online_by_name_over_tls(story: Story) -> None:
    scrape = story.seen["secured online"]
    assert scrape.value(NODES, status="online") == 2.0
    assert names_up(scrape) == {"site-killed": 1.0, "site-stopped": 1.0}


def test_a_run_is_seen_running_then_finished(story: Story) -> None:
    finished = {"status": "finished", "sub_status": "completed"}
    assert story.seen["running"].value("fl_runs", status="running", sub_status="") == 1.0
    assert story.seen["running"].value("fl_runs", **finished) == 0.0
    assert story.seen["finished"].value("fl_runs", status="running", sub_status="") == 0.0
    assert story.seen["finished"].value("fl_runs", **finished) == 1.0


def test_bytes_grow_while_the_run_trains_and_are_the_same_for_run_and_federation(
    story: Story,
) -> None:
    seen = [story.seen[name].number(TOTALS[0]) for name in ("some bytes", "more bytes", "finished")]
    assert 0 < seen[0] < seen[1] < seen[2]
    for name in TOTALS:
        (per_run,) = story.seen["finished"].labelled(name.replace("fl_", "fl_run_", 1)).values()
        assert per_run == story.seen["finished"].value(name)
        assert per_run > 0


def test_losses_of_the_lab_app_fall_over_rounds(story: Story) -> None:
    for metric in ("train_loss", "eval_loss"):
        by_round = losses(story.run_output, metric)
        assert len(by_round) == 2
        assert by_round == sorted(by_round, reverse=True)
        assert by_round[-1] < 0.9 * by_round[0]


def test_a_supernode_stopped_in_order_is_down_at_once(story: Story) -> None:
    assert names_up(story.seen["stopped"])["site-stopped"] == 0.0


def test_a_killed_supernode_keeps_its_name_and_goes_down_within_the_patience_of_flower(
    story: Story,
) -> None:
    assert names_up(story.seen["stopped"])["site-killed"] == 1.0, "Flower has not noticed yet"
    assert names_up(story.seen["killed"]) == {"site-killed": 0.0, "site-stopped": 0.0}
    assert 30 < story.killed_offline_after < 65
    age = by_name(story.seen["killed"], "fl_supernode_heartbeat_age_seconds")["site-killed"]
    assert 60 <= age < 65


def test_an_unnamed_supernode_that_leaves_is_unregistered_and_shown_down_for_a_while(
    story: Story,
) -> None:
    scrape = story.seen["unregistered"]
    assert scrape.value(NODES, status="unregistered") == 1.0
    assert sorted(scrape.labelled("fl_supernode_up", name="", location="").values()) == [0.0, 1.0]


def test_the_exporter_ends_in_order_and_a_new_one_has_the_same_totals(story: Story) -> None:
    code, seconds = story.exporter_end
    assert code == 0
    assert seconds < 3
    assert totals(story.seen["new exporter"]) == totals(story.seen["finished"])


def test_scrapes_answer_at_once_with_the_last_state_while_the_superlink_is_down(
    story: Story,
) -> None:
    before, down, later = (story.seen[name] for name in ("unregistered", "down", "down longer"))
    assert max(down.seconds, later.seconds, story.seen["hung"].seconds) < 1
    assert totals(later) == totals(before)
    assert later.value(NODES, status="online") == 1.0
    assert down.number(ERRORS, call="list_nodes") < later.number(ERRORS, call="list_nodes")
    assert 0 < down.number(AGE) < later.number(AGE)


def test_a_superlink_that_hangs_counts_as_an_error(story: Story) -> None:
    assert story.seen["hung"].number(ERRORS, call="list_nodes") >= 1
    assert "list_nodes: ReadTimeout" in story.secured.processes.output("exporter")


def test_totals_survive_a_superlink_with_a_database(story: Story) -> None:
    assert story.seen["superlink back"].number(AGE) < 2
    assert totals(story.seen["superlink back"]) == totals(story.seen["finished"])


def test_check_tells_what_it_found(story: Story) -> None:
    assert story.check is not None
    assert story.check.returncode == 0
    address = re.escape(story.secured.address)
    assert re.search(rf"control API {address}: ok \(\d nodes online, 0 runs\)", story.check.stdout)


def test_the_exporter_logs_no_more_than_its_starts_events_and_changes(story: Story) -> None:
    """No line tells what the one before told; how many there are is up to the machine."""
    lines = story.plain.processes.output("exporter").splitlines()
    events = [line for line in lines if line.startswith("{")]
    assert len(set(events)) == len(events)
    told: dict[str, str] = {}
    for line in lines:
        if "serving http://" in line:
            told.clear()
        elif not line.startswith("{"):
            call = re.search(r"(list_\w+|poll|state_file): ([^:;]+)", line)
            assert call is not None, f"neither start, event nor change: {line}"
            assert told.get(call[1]) != call[2], f"told twice: {line}"
            told[call[1]] = call[2]
    assert sum("serving http://" in line for line in lines) == 2
