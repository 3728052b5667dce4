"""Runs of the tests' own Flower app: started, read and stopped over the Control API."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import ssl
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from flwr.cli.build import build_fab_from_disk
from flwr.common.serde import user_config_to_proto
from flwr.proto import control_pb2 as pb
from flwr.proto.fab_pb2 import Fab
from flwr.supercore.control.control_http_client import ControlHttpClient

from federation import Federation
from processes import wait_until

APP = Path(__file__).parent / "apps" / "rounds"

CLIENTS = {"message": "client", "loop": "client", "legacy": "legacy_client"}
"""The client that each server module of the app needs; `workflow` shares `legacy`'s."""


@dataclass(frozen=True)
class Record:
    """What is left of a run that is over: how it ended, what was told, what it printed."""

    run_id: str
    status: str
    told: list[tuple[str, dict[str, Any]]]
    """Events of the hook, as (name, data), in the order in which the SuperLink has them."""
    log: str

    @property
    def outcome(self) -> dict[str, Any]:
        """The result that the app printed, exact to the bit."""
        line = re.search(r"OUTCOME ({.*})$", self.log, re.MULTILINE)
        assert line is not None, self.log
        outcome: dict[str, Any] = json.loads(line[1])
        return outcome

    def series(self, metric: str) -> list[float]:
        """A metric of the outcome by round, from its first round on."""
        values = self.outcome["series"][metric]
        return [float.fromhex(values[key]) for key in sorted(values, key=int)]

    def names(self) -> list[str]:
        """Names of the events in order; phases are left out: short ones may not be told."""
        return [name for name, _ in self.told if name != "round_phase"]

    def events(self, name: str) -> list[dict[str, Any]]:
        """The data of the events of one name."""
        return [data for told, data in self.told if told == name]


class Run:
    """One run on a federation's SuperLink."""

    def __init__(self, runs: Runs, run_id: int) -> None:
        self.id = str(run_id)
        self._runs = runs

    def status(self) -> str:
        """`running`, `finished:completed` and so on."""
        status = self._info().status
        return f"{status.status}:{status.sub_status}".rstrip(":")

    def wait(self, seconds: float) -> str:
        """Waits for the end; gives the status, whatever it is then."""
        wait_until(lambda: self.status().startswith("finished"), seconds, pause=0.5)
        return self.status()

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What the hook has told so far; see `Record`."""
        request = pb.ListRunSeriesEventsRequest(series_id=self._info().series_id)
        return [
            (event.event.removeprefix("fl."), json.loads(event.data))
            for event in self._runs.client.ListRunSeriesEvents(request).events
            if event.event.startswith("fl.") and str(event.run_id) == self.id
        ]

    def record(self, seconds: float = 240) -> Record:
        """Waits for the end, then takes all of it down."""
        status = self.wait(seconds)
        assert status.startswith("finished"), f"run {self.id} is {status} after {seconds} s"
        return Record(self.id, status, self.told(), self.log())

    def pid(self, process: str, seconds: float = 180) -> int:
        """The id of the run's process `server` or `client-<partition>-<round>`, once it runs.

        The time is for a machine on which six federations start at once; a run that ends before
        is told with its log.
        """
        mark = self._runs.marks / f"{self.id}-{process}"
        wait_until(lambda: mark.exists() or self.status().startswith("finished"), seconds)
        if not mark.exists():
            status = self.status()
            log = self.log() if status.startswith("finished") else "still going"
            raise AssertionError(f"run {self.id} is {status}, no process {process}: {log}")
        return int(mark.read_text())

    def log(self) -> str:
        """What the SuperLink keeps of its ServerApp's output; of a run that ended."""
        request = pb.StreamLogsRequest(run_id=int(self.id))
        return "".join(part.log_output for part in self._runs.client.StreamLogs(request))

    def _info(self) -> Any:
        answer = self._runs.client.ListRuns(pb.ListRunsRequest(run_id=int(self.id)))
        return answer.run_dict[int(self.id)]


class Runs:
    """Starts runs on one federation."""

    def __init__(self, federation: Federation) -> None:
        self.marks = federation.directory / "marks"
        self.marks.mkdir()
        verify: ssl.SSLContext | bool = True
        if federation.tls:
            verify = ssl.create_default_context(cafile=str(federation.directory / "ca.crt"))
        scheme = "https" if federation.tls else "http"
        url = f"{scheme}://{federation.address}"
        self.client = ControlHttpClient(url, verify=verify, timeout=20)

    def online(self) -> int:
        """SuperNodes that are online; 0 while the SuperLink does not answer."""
        try:
            nodes = self.client.ListNodes(pb.ListNodesRequest()).nodes_info
        except httpx.HTTPError:
            return 0
        return sum(node.status == "online" for node in nodes)

    def wait_online(self, nodes: int, seconds: float = 60) -> None:
        """Waits until so many are online."""
        assert wait_until(lambda: self.online() >= nodes, seconds), f"{self.online()} of {nodes}"

    def names(self) -> dict[str, str]:
        """Registered names by node id."""
        nodes = self.client.ListNodes(pb.ListNodesRequest()).nodes_info
        return {str(node.node_id): node.name for node in nodes}

    def start(self, server: str = "message", **settings: float | str | bool) -> Run:
        """Starts a run; `server` is a module of the app, `rounds_app`, and settings are its own."""
        fab = _fab(server)
        config = {name.replace("_", "-"): value for name, value in settings.items()}
        answer = self.client.StartRun(
            pb.StartRunRequest(
                fab=Fab(hash_str=hashlib.sha256(fab).hexdigest(), content=fab),
                override_config=user_config_to_proto({"marks": str(self.marks), **config}),
            )
        )
        return Run(self, answer.run_id)


def project(server: str, directory: Path) -> Path:
    """Copies the app's project with this server module to `directory`, as a user would have it."""
    target = directory / server
    shutil.copytree(APP, target, ignore=shutil.ignore_patterns("__pycache__"))
    file = target / "pyproject.toml"
    client = CLIENTS.get(server, "legacy_client")
    text = file.read_text().replace("rounds_app.message:app", f"rounds_app.{server}:app")
    file.write_text(text.replace("rounds_app.client:app", f"rounds_app.{client}:app"))
    return target


@cache
def _fab(server: str) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        return build_fab_from_disk(project(server, Path(directory)))
