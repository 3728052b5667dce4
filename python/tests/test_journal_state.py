"""An exporter that comes back tells what happened meanwhile, and nothing twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes import FakeControlApi, finished, running
from flower_monitoring.exporter.model import Node
from flower_monitoring.exporter.state_file import StateFile
from polled import STALL, Teller, still_api


def node(node_id: int, status: str = "online", name: str = "") -> Node:
    return Node(node_id, status, name)


def test_a_restart_tells_what_happened_meanwhile_and_nothing_twice(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    api = still_api()
    api.runs += [running(8), running(9)]
    first = Teller(api, file)
    first.poll()
    api.finish(8, "failed")
    api.nodes.append(node(2, name="b"))
    assert sorted(first.poll(STALL)) == ["client_join", "training_end", "training_stalled"]
    api.finish(9, "stopped")
    api.runs.append(finished(10, api.now + 1, sub_status="failed"))
    api.nodes = [node(2, name="b"), node(3, name="c")]
    second = Teller(api, file)
    assert sorted(second.poll()) == ["client_join", "client_leave", "training_end", "training_end"]
    assert {who.get("run_id") for event, _, who in second.told if event == "training_end"} == {
        "9",
        "10",
    }
    assert (second.journal.joins, second.journal.leaves["unregistered"]) == (2, 1)
    assert second.journal.stalls == {"no_progress": 1}
    assert second.poll() == []
    assert Teller(api, file).poll() == []


def test_without_a_state_file_a_restart_tells_nothing_of_the_past() -> None:
    api = still_api()
    api.runs.append(running(8))
    Teller(api).poll()
    api.finish(8, "failed")
    assert Teller(api).poll() == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"version": 2}',
        '{"version": 1}',
        '{"version": 1, "online": 5, "seen_until": 1}',
        "\x00",
    ],
)
def test_a_state_file_that_is_of_no_use_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(content)
    exporter = Teller(FakeControlApi(nodes=[node(1)], runs=[finished(7, 1.0)]), file)
    assert exporter.poll() == []
    assert json.loads(file.read_text())["online"] == {"1": ""}


def test_the_state_file_is_replaced_as_a_whole_and_only_when_there_is_something_new(
    tmp_path: Path,
) -> None:
    file = tmp_path / "state.json"
    api = FakeControlApi(nodes=[node(1)])
    exporter = Teller(api, file)
    exporter.poll()
    written = file.stat().st_ino
    exporter.poll()
    assert file.stat().st_ino == written
    api.nodes.append(node(2))
    exporter.poll()
    assert file.stat().st_ino != written
    assert list(tmp_path.iterdir()) == [file]


def test_a_disk_that_fails_is_told_once_and_so_is_its_recovery(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "flower_monitoring.exporter")
    directory = tmp_path / "later"
    api = FakeControlApi(nodes=[node(1)])
    exporter = Teller(api, directory / "state.json")
    for number in range(3):
        api.nodes.append(node(10 + number))
        exporter.poll()
    (warning,) = caplog.messages
    assert warning.startswith(f"state_file: cannot write {directory}/state.json ([Errno 2]")
    directory.mkdir()
    api.nodes.append(node(20))
    assert exporter.poll() == ["client_join"]
    assert caplog.messages[1:] == [f"state_file: {directory}/state.json is written again"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_with_its_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "state.json"
    (tmp_path / "state.json.new").symlink_to("/dev/full")
    StateFile(file).write({"a": 1})
    assert "No space left on device" in caplog.text
