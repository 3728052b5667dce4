"""A real federation that logs JSON and whose ServerApp serves /metrics itself.

Not one line that a process logs is anything but an object, and the run is as it ever is.
"""

from __future__ import annotations

import json
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from catalogue import check
from federation import APP, Federation
from flower_monitoring.events import trace_id
from processes import SRC, free_port, wait_until

pytestmark = pytest.mark.federation

Lines = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Told:
    """What was to be seen of one run."""

    lines: Lines
    """Every line of each process, up to its end."""
    shown: str
    """What `flwr run --stream` showed."""
    metrics: str
    """The last answer of the ServerApp's /metrics."""
    port: int


def parsed(text: str) -> list[dict[str, Any]]:
    lines = []
    for line in text.splitlines():
        lines.append(json.loads(line))
        assert {"timestamp", "level", "logger", "message", "source"} <= set(lines[-1])
    return lines


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """All of one federation's life."""
    directory = tmp_path_factory.mktemp("json")
    (directory / "boot").mkdir()
    boot = "from flower_monitoring.hook import boot\nboot.start()\n"
    (directory / "boot" / "sitecustomize.py").write_text(boot)
    federation = Federation(directory, tls=False)
    port = free_port()
    federation.processes.environment |= {
        "PYTHONPATH": f"{directory / 'boot'}:{SRC}",
        "FL_LOG_FORMAT": "json",
        "FL_GPU_ENABLED": "YES",
        "FL_METRICS_ENABLED": "YES",
        "FL_METRICS_PORT": str(port),
    }
    output = federation.processes.output
    try:
        federation.start_superlink()
        for partition in (0, 1):
            federation.start_node(f"node-{partition}", partition)
        assert wait_until(lambda: output("superlink").count("Activated node_id") == 2, 60)
        settings = "num-server-rounds=1 client-sleep=0.0"
        run = federation.flwr("run", "run", APP, "loop", "--stream", "-c", settings)
        metrics = ""
        deadline = time.monotonic() + 180
        while run.poll() is None and time.monotonic() < deadline:
            metrics = scrape(port) or metrics
            time.sleep(0.2)
        assert run.poll() == 0, output("run")
        for process in (*federation.nodes.values(), federation.superlink):
            process.send_signal(signal.SIGTERM)
        for process in (*federation.nodes.values(), federation.superlink):
            process.wait(timeout=60)
        lines = {name: parsed(output(name)) for name in ("superlink", "node-0", "node-1")}
        yield Told(lines, output("run"), metrics, port)
    finally:
        federation.processes.close()


def scrape(port: int) -> str:
    """The answer of /metrics; empty when nobody serves it."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def messages(lines: list[dict[str, Any]], logger: str) -> list[str]:
    return [line["message"] for line in lines if line["logger"] == logger]


def test_every_line_of_the_superlink(logged: Told) -> None:
    lines = logged.lines["superlink"]
    assert any("Starting Flower SuperLink" in line for line in messages(lines, "flwr"))
    assert any("Uvicorn running on" in line for line in messages(lines, "uvicorn.error"))
    assert any("/v1/control/" in line for line in messages(lines, "uvicorn.access"))


@pytest.mark.parametrize("node", ["node-0", "node-1"])
def test_every_line_of_a_supernode_and_of_its_clientapps(node: str, logged: Told) -> None:
    lines = logged.lines[node]
    assert any("Uvicorn running on" in line for line in messages(lines, "uvicorn.error"))
    done = [line for line in lines if line["message"].startswith("ClientApp: ")]
    assert [(line["message_type"], line["round"]) for line in done] == [
        ("train", 1),
        ("evaluate", 1),
    ]
    assert {line["trace_id"] for line in done} == {trace_id(done[0]["run_id"])}
    [gpu] = [line for line in lines if line.get("event")]
    assert gpu["event"] in ("gpu_detected", "gpu_unavailable")
    check([(gpu["event"], gpu["data"])])


def test_the_serverapps_log_has_its_events(logged: Told) -> None:
    """As whoever reads a run's log gets it."""
    shown = [line for line in logged.shown.splitlines() if line.startswith("{")]
    lines = parsed("\n".join(shown))
    assert any("[ROUND 1/1]" in line for line in messages(lines, "flwr"))
    told = [(line["event"], line["data"]) for line in lines if "event" in line]
    check(told)
    names = [name for name, _ in told if name != "round_phase"]
    assert (names[0], names[-1]) == ("training_start", "training_end")
    assert {"round_start", "round_end"} <= set(names)
    assert len({line["run_id"] for line in lines if "event" in line}) == 1
    # The others are of the `flwr` command, and what the app and Flower print.
    others = [line for line in logged.shown.splitlines() if line not in shown]
    assert [line.partition(" ")[0] for line in others[-2:]] == ["train_loss", "eval_loss"]
    assert not any("[ROUND" in line or "FedAvg" in line for line in others)


def test_the_serverapp_served_its_metrics(logged: Told) -> None:
    """While it ran, and no other process instead of it or after it."""
    [status] = re.findall(r'fl_training_status{run_id="(\d+)"} [12]\.0', logged.metrics)
    assert f'fl_round_total{{run_id="{status}",strategy="FedAvg"}} 1.0' in logged.metrics
    assert f'fl_clients_selected{{run_id="{status}"}} 2.0' in logged.metrics
    assert scrape(logged.port) == ""
    for name, lines in logged.lines.items():
        assert not any("FL_METRICS_ENABLED" in line["message"] for line in lines), name
