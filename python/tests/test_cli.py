"""The command as an operator or systemd runs it: exit codes and messages."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fakes import FakeControlApi
from flower_monitoring import __version__
from flower_monitoring.exporter.__main__ import main
from flower_monitoring.exporter.model import Node, Run
from processes import SRC, free_port, wait_until

COMMAND = [sys.executable, "-m", "flower_monitoring.exporter"]
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SRC), "NO_PROXY": "*"}


def settings(tmp_path: Path, **changes: object) -> str:
    file = tmp_path / "exporter.json"
    content = {
        "listen": f"127.0.0.1:{free_port()}",
        "control_api": f"127.0.0.1:{free_port()}",
        "federation": "demo",
        "insecure": True,
    }
    file.write_text(json.dumps(content | changes))
    return str(file)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_version_is_the_packages() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"{__version__}\n")


def test_wrong_settings_end_with_2_and_a_line_for_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = settings(tmp_path, listen="x", max_runs=0)
    assert main(["--config", file, "--check"]) == 2
    assert [line.split(":")[:2] for line in capsys.readouterr().err.splitlines()] == [
        ["flower-exporter", " listen"],
        ["flower-exporter", " max_runs"],
    ]


def test_check_ends_with_1_when_nobody_answers_and_names_the_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = settings(tmp_path)
    address = json.loads(Path(file).read_text())["control_api"]
    assert main(["--config", file, "--check"]) == 1
    output = capsys.readouterr()
    assert output.out.startswith("settings: ok (federation demo, ")
    assert f"control API {address}: ConnectError" in output.err


def test_check_tells_of_the_newest_runs_events(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (Run(n, "running", pending_at=float(n)) for n in (1, 2))
    api = FakeControlApi(nodes=[Node(1, "online")], runs=[old, new])
    monkeypatch.setattr("flower_monitoring.exporter.__main__.FlowerControlApi", lambda _: api)
    file = settings(tmp_path)
    for _ in range(3):
        api.tell(2, "round_phase", round=1, phase="train")
    assert main(["--config", file, "--check"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"control API {json.loads(Path(file).read_text())['control_api']}: ok "
        "(1 nodes online, 2 runs)",
        "events: ok (run 2 has 3)",
    ]
    api.broken = {"run_events"}
    assert main(["--config", file, "--check"]) == 1
    assert "broken for a test" in capsys.readouterr().err
    api.runs.clear()
    assert main(["--config", file, "--check"]) == 0
    assert capsys.readouterr().out.endswith("events: no run yet to read them of\n")


def test_a_socket_that_cannot_be_had_ends_with_1_and_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "absent" / "events.sock"
    assert main(["--config", settings(tmp_path, event_socket=str(path))]) == 1
    assert f"event_socket: cannot bind {path} (" in capsys.readouterr().err


def test_a_taken_address_ends_with_1_and_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = "{}:{}".format(*other.getsockname())
        assert main(["--config", settings(tmp_path, listen=address)]) == 1
    assert f"listen: cannot bind {address} (" in capsys.readouterr().err


def test_sigterm_ends_it_with_0_at_once_also_while_a_call_hangs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = "{}:{}".format(*silent.getsockname())
        file = settings(tmp_path, control_api=address, timeout_seconds=60)
        log = tmp_path / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*COMMAND, "--config", file],
                env=ENVIRONMENT | {"HOME": "/nonexistent", "FLWR_HOME": "/nonexistent/flwr"},
                stderr=output,
            )
        try:
            assert wait_until(lambda: b"serving" in log.read_bytes(), 20), log.read_text()
            process.send_signal(signal.SIGTERM)
            # The call would hang for 60 s; a loaded machine needs some seconds for anything.
            assert process.wait(timeout=20) == 0
            assert not Path("/nonexistent").exists(), "it writes nothing"
        finally:
            process.kill()
