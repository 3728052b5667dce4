"""The thin client over flwr: what it needs of flwr, and what it makes of the answers."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from flwr.proto import control_pb2, node_pb2, run_pb2

from flower_monitoring.exporter.config import Address, Config
from flower_monitoring.exporter.control_api import (
    FlowerControlApi,
    FlowerError,
    flower_version,
    is_untested,
)
from flower_monitoring.exporter.model import ControlApiError, Node, Run

CONFIG = Config(Address("127.0.0.1", 0), Address("127.0.0.1", 1), "demo", insecure=True)
NOW = "2026-11-21T12:00:00.500000+00:00"
NOW_SECONDS = 1_795_262_400.5


def api_answering(**answers: Any) -> FlowerControlApi:
    """An api whose flwr client gives these answers, or raises them."""

    def method(answer: Any) -> Any:
        def call(_request: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    api = FlowerControlApi(CONFIG)
    api._client = SimpleNamespace(**{name: method(answer) for name, answer in answers.items()})
    return api


def test_nodes_are_read_with_absent_fields_as_absent() -> None:
    infos = [
        node_pb2.NodeInfo(
            node_id=2**64 - 1,
            status="online",
            name="a",
            location="1,2",
            online_until=60.0,
            heartbeat_interval=30.0,
        ),
        node_pb2.NodeInfo(node_id=1, status="registered", heartbeat_interval=30.0),
    ]
    answer = control_pb2.ListNodesResponse(nodes_info=infos, now=NOW)
    nodes = api_answering(ListNodes=answer).list_nodes()
    assert nodes.now == NOW_SECONDS
    assert nodes.nodes == (
        Node(2**64 - 1, "online", "a", "1,2", 60.0, 30.0),
        Node(1, "registered"),
    )
    assert [node.last_heartbeat for node in nodes.nodes] == [0.0, None]


def test_runs_are_read_with_their_end_and_counters() -> None:
    run = run_pb2.Run(
        run_id=7,
        status=run_pb2.RunStatus(status="finished", sub_status="failed"),
        finished_at=NOW,
        bytes_sent=1,
        bytes_recv=2,
        clientapp_runtime=3.5,
        series_id=9,
        fab_id="me/app",
        fab_version="1.0.0",
        federation="@none/default",
        pending_at=NOW,
        starting_at=NOW,
        running_at=NOW,
    )
    run.status.details = "why"
    live = run_pb2.Run(run_id=8, status=run_pb2.RunStatus(status="running"))
    answer = control_pb2.ListRunsResponse(run_dict={7: run, 8: live}, now=NOW)
    runs = api_answering(ListRuns=answer).list_runs(10, 0)
    assert set(runs.runs) == {
        Run(
            7,
            "finished",
            "failed",
            NOW_SECONDS,
            1,
            2,
            3.5,
            series_id=9,
            app="me/app",
            app_version="1.0.0",
            federation="@none/default",
            details="why",
            pending_at=NOW_SECONDS,
            starting_at=NOW_SECONDS,
            running_at=NOW_SECONDS,
        ),
        Run(8, "running"),
    }


def test_an_unknown_run_is_an_empty_answer_and_other_failures_are_errors() -> None:
    def failed(code: int) -> Exception:
        request = httpx.Request("POST", "http://superlink")
        return httpx.HTTPStatusError("no", request=request, response=httpx.Response(code))

    assert api_answering(ListRuns=failed(404)).get_run(1).runs == ()
    with pytest.raises(ControlApiError, match="HTTPStatusError: no"):
        api_answering(ListRuns=failed(500)).get_run(1)
    with pytest.raises(ControlApiError):
        api_answering(ListRuns=failed(404)).list_runs(1, 0)


def test_nobody_listening_is_a_control_api_error() -> None:
    with pytest.raises(ControlApiError, match="ConnectError"):
        FlowerControlApi(CONFIG).list_nodes()


def test_a_broken_ca_is_told_with_its_file(tmp_path: Path) -> None:
    ca = tmp_path / "ca.crt"
    ca.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    config = Config(Address("127.0.0.1", 0), Address("127.0.0.1", 1), "demo", ca_file=ca)
    with pytest.raises(FlowerError, match=r"ca_file: cannot load .*ca\.crt"):
        FlowerControlApi(config)


def test_an_absent_flwr_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    with pytest.raises(FlowerError, match=r"not installed .* install flwr>=1\.40,<1\.43"):
        flower_version()


def test_a_flwr_without_the_http_control_api_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _name: "1.39.0")
    with pytest.raises(FlowerError, match=r"flwr 1\.39\.0 is too old; allowed: 1\.40 and newer"):
        flower_version()


@pytest.mark.parametrize(
    ("version", "untested"),
    [("1.40.0", False), ("1.42.9", False), ("1.43.0.dev1", True), ("1.100.0", True), ("2.0", True)],
)
def test_only_a_newer_flwr_is_untested(version: str, untested: bool) -> None:
    assert is_untested(version) is untested
