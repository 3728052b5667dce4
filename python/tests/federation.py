"""A real Flower federation on loopback, and an exporter beside it."""

from __future__ import annotations

import json
import math
import os
import signal
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from prometheus_client.parser import text_string_to_metric_families

from pki import write_node_key, write_tls
from processes import BIN, SRC, Processes, free_port, wait_until

APP = Path(__file__).parents[2] / "lab" / "app"


@dataclass(frozen=True)
class Scrape:
    """One answer of /metrics."""

    samples: dict[tuple[str, tuple[tuple[str, str], ...]], float]
    seconds: float
    text: str

    def value(self, name: str, /, **labels: str) -> float | None:
        """The sample whose labels are exactly these."""
        return self.samples.get((name, tuple(sorted(labels.items()))))

    def number(self, name: str, /, **labels: str) -> float:
        """The same, NaN when there is none: no comparison holds for it."""
        value = self.value(name, **labels)
        return math.nan if value is None else value

    def labelled(self, name: str, /, **labels: str) -> dict[str, float]:
        """Samples with at least these labels: their other labels' values, joined, to value."""
        return {
            " ".join(value for label, value in found if label not in labels): sample
            for (metric, found), sample in self.samples.items()
            if metric == name and labels.items() <= dict(found).items()
        }


class Federation:
    """A SuperLink, SuperNodes and an exporter that polls often."""

    def __init__(
        self,
        directory: Path,
        *,
        tls: bool,
        bin_directory: Path = BIN,
        isolation: Literal["subprocess", "process"] = "subprocess",
        exporter_settings: Mapping[str, object] | None = None,
    ) -> None:
        """`bin_directory` is of the Python that runs Flower, `exporter_settings` are added."""
        self.processes = Processes(directory, bin_directory)
        self.isolation = isolation
        self.exporter_settings = dict(exporter_settings or {})
        self.directory = directory
        self.tls = tls
        self.address = f"127.0.0.1:{free_port()}"
        self.nodes: dict[str, subprocess.Popen[bytes]] = {}
        if tls:
            write_tls(directory)
        self._write_settings()

    def start_superlink(self) -> None:
        """Starts the SuperLink, with a database that a later start takes up again."""
        host, port = self.address.split(":")
        security: list[object] = ["--insecure"]
        if self.tls:
            security = ["--enable-supernode-auth", "--ssl-ca-certfile", self.directory / "ca.crt"]
            security += ["--ssl-certfile", self.directory / "server.pem"]
            security += ["--ssl-keyfile", self.directory / "server.key"]
        command = [
            self.processes.bin / "flower-superlink",
            "--host",
            host,
            "--port",
            port,
            *security,
        ]
        command += ["--database", self.directory / "state.db"]
        command += ["--disable-runtime-dependency-installation", "--isolation", self.isolation]
        self.superlink = self.processes.start("superlink", *command)

    def wait_superlink(self) -> None:
        """Waits until the SuperLink answers."""
        context = None
        if self.tls:
            context = ssl.create_default_context(cafile=str(self.directory / "ca.crt"))
        url = f"{'https' if self.tls else 'http'}://{self.address}/health"

        def healthy() -> bool:
            try:
                urllib.request.urlopen(url, timeout=5, context=context).close()
            except OSError:
                return False
            return True

        assert wait_until(healthy, 60), self.processes.output("superlink")

    def start_superexec(self, address: str | None = None) -> None:
        """Starts what starts ServerApps, where the SuperLink does not; default is its address."""
        command = [self.processes.bin / "flower-superexec", "--insecure", "--runtime-api-address"]
        self.superexec = self.processes.start("superexec", *command, address or self.address)

    def start_node(self, name: str, partition: int) -> None:
        """Starts a SuperNode; in a TLS federation registers a key under `name` first."""
        security: list[object] = ["--insecure"]
        if self.tls:
            key = self.directory / name
            public = write_node_key(key)
            self.flwr("register", "supernode", "register", public, "loop", "--name", name).wait()
            security = ["--root-certificates", self.directory / "ca.crt"]
            security += ["--auth-supernode-private-key", key]
        command = [self.processes.bin / "flower-supernode", "--superlink", self.address, *security]
        command += ["--port", free_port(), "--node-config", f"partition-id={partition}"]
        self.nodes[name] = self.processes.start(name, *command)

    def start_exporter(self, *before: str) -> None:
        """Starts an exporter on a new port; `before` is a command that starts it in its turn."""
        self.metrics_address = f"127.0.0.1:{free_port()}"
        self.exporter = self.processes.start(
            "exporter", *before, *self._exporter_command(), PYTHONPATH=str(SRC)
        )

    def check(self) -> subprocess.CompletedProcess[str]:
        """Runs the exporter's --check."""
        return subprocess.run(
            [*self._exporter_command(), "--check"],
            env=self.processes.environment | {"PYTHONPATH": str(SRC)},
            capture_output=True,
            text=True,
            check=False,
        )

    def flwr(self, log: str, *arguments: object) -> subprocess.Popen[bytes]:
        """Starts the `flwr` command; its output goes to the named log."""
        return self.processes.start(log, self.processes.bin / "flwr", *arguments)

    def scrape(self) -> Scrape:
        """One scrape; raises OSError when there is no answer in 5 s."""
        began = time.monotonic()
        with urllib.request.urlopen(f"http://{self.metrics_address}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        seconds = time.monotonic() - began
        samples = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        return Scrape(samples, seconds, text)

    def scrape_until(self, seconds: float, seen: Callable[[Scrape], bool]) -> Scrape:
        """Scrapes until `seen`, or until the time is over; gives the last scrape."""
        last = Scrape({}, 0.0, "")

        def answered() -> bool:
            nonlocal last
            try:
                last = self.scrape()
            except OSError:
                return False
            return seen(last)

        wait_until(answered, seconds)
        return last

    def scrape_when(self, seconds: float, name: str, least: float = 1, /, **labels: str) -> Scrape:
        """Scrapes until a sample is there and at least `least`; see `scrape_until`."""
        return self.scrape_until(seconds, lambda scrape: scrape.number(name, **labels) >= least)

    def told(self, event: str) -> list[dict[str, Any]]:
        """Events of this name that exporters of this federation have printed: their data, and
        `run_id` where it is a run's."""
        lines = self.processes.output("exporter").splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [
            {"run_id": line.get("run_id"), **line["data"]}
            for line in told
            if line.get("event") == event
        ]

    def stop_exporter(self) -> tuple[int, float]:
        """Sends SIGTERM; gives the exit code and the seconds that it took."""
        began = time.monotonic()
        self.exporter.send_signal(signal.SIGTERM)
        return self.exporter.wait(timeout=10), time.monotonic() - began

    def _exporter_command(self) -> list[str]:
        settings = {
            "listen": self.metrics_address,
            "control_api": self.address,
            "ca_file": str(self.directory / "ca.crt") if self.tls else None,
            "insecure": not self.tls,
            "federation": "loopback",
            "poll_interval_seconds": 2,
            "timeout_seconds": 2,
            **self.exporter_settings,
        }
        file = self.directory / "exporter.json"
        file.write_text(json.dumps(settings))
        python = str(self.processes.bin / "python")
        return [python, "-m", "flower_monitoring.exporter", "--config", str(file)]

    def _write_settings(self) -> None:
        trust = f'root-certificates = "{self.directory}/ca.crt"' if self.tls else "insecure = true"
        connection = f'[superlink.loop]\naddress = "{self.address}"\n{trust}\n'
        settings = self.processes.home / "config.toml"
        settings.write_text(f'[superlink]\ndefault = "loop"\n\n{connection}')


class Tellable(Protocol):
    """What a module's tests look at: a federation, and what happens to it."""

    federation: Federation

    def tell(self) -> None:
        """Has all of it happen."""


T = TypeVar("T", bound=Tellable)


def record(seen: Mapping[str, Scrape]) -> None:
    """Writes scrapes to the directory RECORD_SCRAPES, if the environment names one.

    See test/fixtures/scrapes/README.md.
    """
    if directory := os.environ.get("RECORD_SCRAPES"):
        for name, scrape in seen.items():
            Path(directory, f"{name.replace(' ', '-')}.txt").write_text(scrape.text)


def telling(story: T) -> Iterator[T]:
    """The rest of a fixture, by `yield from`: told once, and no process of it is left."""
    try:
        story.tell()
        record(getattr(story, "seen", {}))
        yield story
    finally:
        story.federation.processes.close()
