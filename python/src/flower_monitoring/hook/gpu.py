"""Which GPUs a SuperNode has, told when it starts with FL_GPU_ENABLED=YES.

nvidia-smi is asked, in a process of its own: a driver in trouble can hang or crash whoever calls
it, and that must not be the SuperNode. It comes with every NVIDIA driver, and into a container
with the driver's `utility` capability; without that, /proc still names the GPUs.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from . import channel, guard, patches, variables

LIMIT_SECONDS = 30.0
"""A host with many GPUs and no persistence daemon takes ten seconds and more to wake them."""
_QUERY = ("--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits")
_MAX_REASON = 200
"""Characters of an error message that an event has room for."""


class Gpu(NamedTuple):
    """One GPU; its memory in MiB, None when the driver does not tell."""

    name: str
    memory_mb: int | None
    driver_version: str


class NoGpu(Exception):
    """There is none to be found; the message says why."""


def patch(module: ModuleType) -> None:
    """`module` is `flwr.supernode.cli.flower_supernode`."""
    if variables.context().gpu_enabled:
        patches.replace(module, "flower_supernode", _flower_supernode)


def _flower_supernode(original: Callable[[], None]) -> Callable[[], None]:
    def flower_supernode() -> None:
        guard.guarded(_start)()
        original()

    return flower_supernode


def _start() -> None:
    tell_guarded = guard.guarded(tell)
    threading.Thread(target=tell_guarded, name="fl-gpu", daemon=True).start()


def tell(proc: Path = Path("/proc/driver/nvidia")) -> None:
    """Emits gpu_detected for each GPU, or gpu_unavailable. Takes up to LIMIT_SECONDS."""
    try:
        gpus = find(proc)
    except NoGpu as none:
        reason = str(none)[:_MAX_REASON]
        channel.emit("gpu_unavailable", fallback_device="cpu", reason=reason)
        return
    for gpu in gpus:
        channel.emit(
            "gpu_detected",
            gpu_name=gpu.name,
            gpu_memory_mb=gpu.memory_mb,
            driver_version=gpu.driver_version,
        )


def find(proc: Path) -> list[Gpu]:
    """All GPUs of this machine or container, at least one. Raises NoGpu."""
    command = shutil.which("nvidia-smi")
    if command is None:
        gpus = list(_read(proc))
        if not gpus:
            raise NoGpu("nvidia-smi is not on the PATH, and the NVIDIA driver is not loaded")
        return gpus
    return _ask(command)


def _ask(command: str) -> list[Gpu]:
    try:
        asked: subprocess.CompletedProcess[Any] = subprocess.run(
            [command, *_QUERY],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoGpu(f"nvidia-smi did not answer in {LIMIT_SECONDS:.0f} s") from None
    except OSError as error:
        raise NoGpu(f"nvidia-smi cannot be started: {error}") from None
    if asked.returncode != 0:
        said = " ".join(asked.stdout.split())
        raise NoGpu(f"nvidia-smi ended with {asked.returncode}: {said or 'no message'}")
    gpus = list(_parse(asked.stdout))
    if not gpus:
        raise NoGpu("nvidia-smi knows of no GPU")
    return gpus


def _parse(output: str) -> Iterator[Gpu]:
    for line in output.splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) == 3:
            name, memory, driver = fields
            # A GPU that shares the machine's memory says [N/A].
            yield Gpu(name, int(memory) if memory.isdigit() else None, driver)


def _read(proc: Path) -> Iterator[Gpu]:
    """What the loaded driver says of the GPUs that it shows here; nothing without a driver."""
    for information in sorted(proc.glob("gpus/*/information")):
        for line in information.read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "Model":
                yield Gpu(value.strip(), None, _driver_version(proc))


def _driver_version(proc: Path) -> str:
    """As in `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue ...`."""
    words = (proc / "version").read_text(errors="replace").split("\n")[0].split()
    numbers = [word for word in words if word[0].isdigit() and "." in word]
    return numbers[0] if numbers else "unknown"
