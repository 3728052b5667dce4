"""GPUs of a SuperNode, with an nvidia-smi of the test's own: no test machine has a GPU."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from catalogue import check
from flower_monitoring.hook import channel, gpu, guard, patches, variables

QUERY = "--query-gpu=name,memory.total,driver_version --format=csv,noheader,nounits"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Events that are emitted from now on; each is held against the catalogue."""
    events: list[tuple[str, dict[str, Any]]] = []

    def sink(event: str, data: Any) -> None:
        check([(event, data)])
        events.append((event, {key: data[key] for key in data if key not in ("v", "ts")}))

    monkeypatch.setattr(guard, "errors", 0)
    channel.add_sink(sink)
    yield events
    channel.remove_sink(sink)
    assert guard.errors == 0


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory of the PATH beside the system's shell."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    return directory


def write_smi(path: Path, script: str) -> None:
    file = path / "nvidia-smi"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def unavailable(reason: str) -> list[tuple[str, dict[str, Any]]]:
    return [("gpu_unavailable", {"fallback_device": "cpu", "reason": reason})]


def test_each_gpu_is_told(path: Path, told: list[Any]) -> None:
    write_smi(
        path,
        f'[ "$*" = "{QUERY}" ] || exit 9\n'
        'echo "NVIDIA H200, 143771, 570.124.06"\n'
        'echo "NVIDIA Thor, [N/A], 570.124.06"',
    )
    gpu.tell(path)
    version = {"driver_version": "570.124.06"}
    assert told == [
        ("gpu_detected", {"gpu_name": "NVIDIA H200", "gpu_memory_mb": 143771, **version}),
        ("gpu_detected", {"gpu_name": "NVIDIA Thor", "gpu_memory_mb": None, **version}),
    ]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'No devices were found'; exit 6", "nvidia-smi ended with 6: No devices were found"),
        (
            "echo 'cannot\n  reach the driver' >&2; exit 9",
            "nvidia-smi ended with 9: cannot reach the driver",
        ),
        ("exit 0", "nvidia-smi knows of no GPU"),
        ("kill -11 $$", "nvidia-smi ended with -11: no message"),
    ],
)
def test_why_there_is_none(script: str, reason: str, path: Path, told: list[Any]) -> None:
    write_smi(path, script)
    gpu.tell(path)
    assert told == unavailable(reason)


def test_a_long_message_is_cut(path: Path, told: list[Any]) -> None:
    write_smi(path, f"echo {'x' * 5000}; exit 9")
    gpu.tell(path)
    assert len(told[0][1]["reason"]) == 200


def test_a_driver_that_hangs(path: Path, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "LIMIT_SECONDS", 0.2)
    write_smi(path, "exec /bin/sleep 60")
    gpu.tell(path)
    assert told == unavailable("nvidia-smi did not answer in 0 s")


def test_an_nvidia_smi_that_is_no_program(path: Path, told: list[Any]) -> None:
    write_smi(path, "")
    (path / "nvidia-smi").write_bytes(b"\x00")
    gpu.tell(path)
    [(event, data)] = told
    assert event == "gpu_unavailable"
    assert data["reason"].startswith("nvidia-smi cannot be started: ")


def test_no_driver_at_all(path: Path, told: list[Any]) -> None:
    gpu.tell(path / "no-proc")
    assert told == unavailable("nvidia-smi is not on the PATH, and the NVIDIA driver is not loaded")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 2024\n"
            "GCC version:  gcc version 12.3.0\n",
            "550.54.15",
        ),
        (
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build\n",
            "570.86.10",
        ),
        ("something else\n", "unknown"),
    ],
)
def test_a_container_without_nvidia_smi(
    version: str, expected: str, path: Path, told: list[Any]
) -> None:
    """What the driver's own files say, as a container sees them."""
    proc = path / "proc"
    for bus in ("0000:01:00.0", "0000:02:00.0"):
        (proc / "gpus" / bus).mkdir(parents=True)
        (proc / "gpus" / bus / "information").write_text(
            f"Model: \t\t NVIDIA L4\nIRQ:   \t\t 42\nBus Location: \t {bus}\n"
        )
    (proc / "version").write_text(version)
    gpu.tell(proc)
    found = {"gpu_name": "NVIDIA L4", "gpu_memory_mb": None, "driver_version": expected}
    assert told == [("gpu_detected", found)] * 2


@pytest.fixture
def supernode() -> Iterator[ModuleType]:
    """A module like Flower's, with the hook's patch."""
    module = ModuleType("flwr.supernode.cli.flower_supernode")
    module.flower_supernode = lambda: "started"  # type: ignore[attr-defined]
    yield module
    patches.remove()
    variables.reset()


def test_the_supernode_does_not_wait(
    supernode: ModuleType, path: Path, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FL_GPU_ENABLED", "YES")
    variables.reset()
    go = path / "go"
    write_smi(path, f"while [ ! -e {go} ]; do /bin/sleep 0.05; done; echo 'No devices'; exit 6")
    gpu.patch(supernode)
    supernode.flower_supernode()
    assert told == []
    [thread] = [each for each in threading.enumerate() if each.name == "fl-gpu"]
    assert thread.daemon
    go.touch()
    thread.join(30)
    assert told == unavailable("nvidia-smi ended with 6: No devices")


def test_nobody_asks_unless_a_gpu_is_wanted(supernode: ModuleType) -> None:
    variables.reset()
    before = supernode.flower_supernode
    gpu.patch(supernode)
    assert supernode.flower_supernode is before
