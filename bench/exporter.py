"""What the exporter costs with many nodes and many live runs: a scrape, a poll, its memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from fake_superlink import ROUNDS
from processes import SRC, free_port

NODES = (10, 100, 1000)
RUNS = (1, 10, 100)
SCRAPES = 20
POLL_SECONDS = 5
PATIENCE_SECONDS = 120
HERE = Path(__file__).parent


def table() -> str:
    """A row for each number of nodes and of live runs, as Markdown.

    The runs are in round ROUNDS, and up to ten nodes replied in each. "until all read" is from the
    exporter's start, when it reads all rounds of all runs.
    """
    rows = [
        "| nodes | live runs | scrape | series | size | poll | until all read | memory |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_row(nodes, runs) for nodes in NODES for runs in RUNS),
    ]
    return "\n".join(rows) + "\n"


def _row(nodes: int, runs: int) -> str:
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = os.environ | {"PYTHONPATH": str(SRC), "NO_PROXY": "*"}
        options = ["--nodes", str(nodes), "--runs", str(runs)]
        superlink = stack.enter_context(
            _process([HERE / "fake_superlink.py", *options], environment)
        )
        stack.callback(superlink.terminate)
        assert superlink.stdout is not None
        address = superlink.stdout.readline().strip()
        url = f"127.0.0.1:{free_port()}"
        settings = {
            "listen": url,
            "control_api": address,
            "insecure": True,
            "federation": "bench",
            "poll_interval_seconds": POLL_SECONDS,
            "timeout_seconds": 4,
        }
        file = directory / "exporter.json"
        file.write_text(json.dumps(settings))
        command: list[object] = ["-m", "flower_monitoring.exporter", "--config", file]
        began = time.monotonic()
        exporter = stack.enter_context(_process(command, environment))
        stack.callback(exporter.terminate)
        _wait_for(url, runs)
        read = time.monotonic() - began
        time.sleep(2 * POLL_SECONDS)
        times = []
        for _ in range(SCRAPES):
            before = time.perf_counter()
            text = _scrape(url)
            times.append(time.perf_counter() - before)
        return _cells(nodes, runs, times, text, read, _memory(exporter.pid))


def _process(command: list[object], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *map(str, command)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _wait_for(url: str, runs: int) -> None:
    """Scrapes until every run is there in its last round."""
    text, deadline = "", time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            text = _scrape(url)
        current = [line for line in text.splitlines() if line.startswith("fl_round_current{")]
        if sum(line.endswith(f" {ROUNDS}.0") for line in current) == runs:
            return
        time.sleep(0.1)
    raise SystemExit(f"{runs} runs: not all read after {PATIENCE_SECONDS} s\n{text[-2000:]}")


def _scrape(url: str) -> str:
    with urllib.request.urlopen(f"http://{url}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def _memory(pid: int) -> float:
    """Resident memory in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _cells(nodes: int, runs: int, times: list[float], text: str, read: float, memory: float) -> str:
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    (poll,) = (s.value for s in samples if s.name == "fl_exporter_poll_duration_seconds")
    cells = [
        f"{nodes:,}",
        str(runs),
        f"{statistics.median(times) * 1e3:.0f} ms",
        f"{len(samples):,}",
        f"{len(text) / 1024:.0f} KiB",
        f"{poll:.1f} s",
        f"{read:.1f} s",
        f"{memory:.0f} MiB",
    ]
    return f"| {' | '.join(cells)} |"
