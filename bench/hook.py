"""What the hook costs: each start of a Python process, and each round of a ServerApp.

All in CPU time, which other work on the machine changes less than the time on the clock.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from flower_venv import hook_pth, lay_out_hook, make_venv

STARTS = 60
"""Of each kind, in turns, so that whatever else the machine does meets both."""
ROUNDS = 60
STATEMENTS = {
    "any Python (`python -c pass`)": "pass",
    "a ClientApp's imports": "import flwr.supernode.cli.flwr_clientapp",
    "a ServerApp's imports": "import flwr.superlink.cli.flwr_serverapp",
}
PARAMETERS = {10: 1_000_000, 100: 100_000}
"""Size of the model by number of clients: memory is finite."""
HERE = Path(__file__).parent


def tables() -> str:
    """Both tables, as Markdown."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        hook = lay_out_hook(directory / "hook")
        bare = make_venv(directory / "bare") / "python"
        hooked = make_venv(directory / "hooked", pth=hook_pth(hook)) / "python"
        return f"{_starts(bare, hooked)}\n{_rounds(bare, hooked)}"


def _starts(bare: Path, hooked: Path) -> str:
    rows = [
        "| start of a process, CPU time | without | with the hook | cost |",
        "| --- | --- | --- | --- |",
    ]
    for what, statement in STATEMENTS.items():
        count = STARTS if statement == "pass" else STARTS // 6
        # The first of each compiles.
        pairs = [(_start(bare, statement), _start(hooked, statement)) for _ in range(count + 1)][1:]
        before, after = (statistics.median(times) * 1e3 for times in zip(*pairs, strict=True))
        cost = statistics.median(later - earlier for earlier, later in pairs) * 1e3
        rows.append(f"| {what} | {before:.1f} ms | {after:.1f} ms | {cost:.1f} ms |")
    return "\n".join(rows) + "\n"


def _start(python: Path, statement: str) -> float:
    """CPU seconds of a process that runs this statement."""
    pid = os.posix_spawn(python, [str(python), "-c", statement], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{python} -c {statement!r} failed")
    return usage.ru_utime + usage.ru_stime


def _rounds(bare: Path, hooked: Path) -> str:
    rows = [
        "| round of FedAvg, clients answer at once, CPU time | without | with the hook | cost |",
        "| --- | --- | --- | --- |",
    ]
    for clients, parameters in PARAMETERS.items():
        before, after = (_round(python, clients, parameters) * 1e3 for python in (bare, hooked))
        what = f"{clients} clients, {parameters:,} parameters"
        cost = after - before
        rows.append(f"| {what} | {before:.1f} ms | {after:.1f} ms | {cost:.1f} ms |")
    return "\n".join(rows) + "\n"


def _round(python: Path, clients: int, parameters: int) -> float:
    """Median CPU seconds."""
    arguments = {"--nodes": clients, "--rounds": ROUNDS, "--parameters": parameters}
    options = [str(part) for pair in arguments.items() for part in pair]
    command = [str(python), str(HERE / "instant_rounds.py"), *options]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(output)
    if ("hooked" in str(python)) != (result["events"] > 0):
        raise SystemExit(f"{python}: {result['events']} events")
    return float(statistics.median(result["seconds"]))
