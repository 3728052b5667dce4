"""Child processes of a test: started in their own session, logged to files, always ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

BIN = Path(sys.executable).parent
SRC = Path(__file__).parents[1] / "src"


def free_port() -> int:
    """A port on 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.25) -> bool:
    """Whether the condition came true in time. The tests say what it means when it did not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(pause)
    return condition()


class Processes:
    """Starts commands of one Python's environment in `directory`, with a Flower home there."""

    def __init__(self, directory: Path, bin_directory: Path = BIN) -> None:
        """`bin_directory` is that environment's; default is the one that runs the tests."""
        self.directory = directory
        self.bin = bin_directory
        self.home = directory / "flwr-home"
        self.home.mkdir(parents=True)
        ours = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self.environment = ours | {
            "PATH": f"{bin_directory}{os.pathsep}{os.environ.get('PATH', '')}",
            # One process a core is enough: a test machine has two.
            "OPENBLAS_NUM_THREADS": "1",
            "FLWR_HOME": str(self.home),
            "FLWR_TELEMETRY_ENABLED": "0",
            "FLWR_DISABLE_UPDATE_CHECK": "1",
            "NO_PROXY": "*",
        }
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: object, **extra: str) -> subprocess.Popen[bytes]:
        """Starts `command`; its output goes to `<name>.log`, which a later start appends to.

        `extra` are environment variables of this command alone.
        """
        with self._log(name).open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment | extra,
                cwd=self.directory,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def output(self, name: str) -> str:
        """What the command of this name has printed so far."""
        return self._log(name).read_text(errors="replace")

    def close(self) -> None:
        """Ends all of them, with what they started: a SuperExec runs in a session of its own."""
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        wait_until(lambda: not self._left(), 5)
        for pid in self._left():
            os.kill(pid, signal.SIGKILL)

    def _log(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def _left(self) -> list[int]:
        """Processes that inherited our Flower home, a directory that no one else has."""
        marker = f"FLWR_HOME={self.home}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and marker in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found
