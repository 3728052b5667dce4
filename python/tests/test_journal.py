"""What only the exporter sees is told, each once."""

from __future__ import annotations

from fakes import FakeControlApi, finished, running, story
from flower_monitoring.exporter.model import Node
from polled import STALL, Teller, still_api


def node(node_id: int, status: str = "online", name: str = "") -> Node:
    return Node(node_id, status, name)


def test_nodes_that_are_there_at_the_first_poll_did_not_join() -> None:
    assert Teller(FakeControlApi(nodes=[node(1)])).poll() == []


def test_joins_and_leaves_have_the_nodes_name_and_what_became_of_it() -> None:
    api = FakeControlApi(nodes=[node(1, "registered", "site-a")])
    exporter = Teller(api)
    exporter.poll()
    api.nodes = [node(1, "online", "site-a")]
    assert exporter.poll() == ["client_join"]
    assert exporter.told == [
        (
            "client_join",
            {"v": 1, "ts": api.now, "node_id": "1", "name": "site-a", "client_address": None},
            {"node": "1"},
        )
    ]
    api.nodes = [node(1, "offline", "site-a")]
    assert exporter.poll() == ["client_leave"]
    assert (exporter.data()["name"], exporter.data()["reason"]) == ("site-a", "offline")
    assert exporter.poll() == []
    api.nodes = [node(1, "online", "site-a"), node(2)]
    assert exporter.poll() == ["client_join"] * 2
    api.nodes = [node(1, "unregistered", "site-a")]
    exporter.poll()
    assert [data["reason"] for _, data, _ in exporter.told] == ["unregistered"] * 2
    assert exporter.journal.joins == 3
    assert exporter.journal.leaves == {"offline": 1, "unregistered": 2}


def test_a_superlink_that_does_not_answer_makes_no_node_leave() -> None:
    api = FakeControlApi(nodes=[node(1)])
    exporter = Teller(api)
    exporter.poll()
    api.broken = {"list_nodes"}
    assert exporter.poll() == []
    api.broken = set()
    assert exporter.poll() == []


def test_the_end_of_a_run_is_told_when_its_serverapp_did_not_say_it() -> None:
    api = FakeControlApi(runs=[running(7), running(8), finished(9, 0.0)])
    for event, data in story():
        api.tell(8, event, **data)
    exporter = Teller(api)
    assert exporter.poll() == []
    api.finish(7, "failed", "No heartbeat received from the task")
    api.finish(8)
    assert exporter.poll() == ["training_end"]
    ((_, data, who),) = exporter.told
    assert who == {"run_id": "7"}
    assert data["status"] == "failed"
    assert data["error_type"] == "No heartbeat received from the task"
    assert exporter.poll() == []


def test_a_run_that_came_and_went_between_two_polls_is_told() -> None:
    api = FakeControlApi()
    exporter = Teller(api)
    exporter.poll()
    api.runs.append(finished(7, api.now + 5, sub_status="failed"))
    assert exporter.poll() == ["training_end"]


def test_a_run_that_waits_for_nodes_is_told_once_as_stalled() -> None:
    api = still_api()
    exporter = Teller(api)
    assert exporter.poll(STALL - 1) == []
    assert exporter.poll(1) == ["training_stalled"]
    ((_, data, who),) = exporter.told
    assert who == {"run_id": "7", "round": 1}
    assert data == {
        "v": 1,
        "ts": api.now,
        "round": 1,
        "waiting_since_seconds": STALL,
        "connected_clients": 1,
        "required_clients": 2,
        "cause": "too_few_nodes",
    }
    assert exporter.poll() == []
    api.nodes.append(node(2))
    assert exporter.poll() == ["client_join"], "still the same stall"
    api.tell(7, *story()[2][:1], **story()[2][1])
    assert exporter.poll() == []
    assert exporter.poll(STALL) == ["training_stalled"]
    assert exporter.data()["cause"] == "no_reply"
    assert exporter.journal.stalls == {"too_few_nodes": 1, "no_reply": 1}


def test_a_run_without_an_event_or_one_that_is_over_is_not_stalled() -> None:
    api = FakeControlApi(runs=[running(7), finished(8, 1_000_000.0)])
    api.tell(8, "training_start", **story()[0][1])
    exporter = Teller(api)
    exporter.poll()
    assert exporter.poll(10 * STALL) == []
