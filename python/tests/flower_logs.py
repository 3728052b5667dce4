"""Code run as a process of Flower's, with or without the hook, and its JSON log lines."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from processes import SRC

BOOT = "from flower_monitoring.hook import boot; boot.start()\n"


def run(
    code: str, cwd: Path, *, hook: bool = True, argv: str = "flower-superlink", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Runs the code as a process of Flower's called `argv`."""
    start = f"import sys; sys.argv[0] = '/opt/venv/bin/{argv}'\n" + (BOOT if hook else "\n")
    return subprocess.run(
        [sys.executable, "-c", start + textwrap.dedent(code)],
        env={"PYTHONPATH": str(SRC), "FLWR_TELEMETRY_ENABLED": "0", **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )


def objects(output: str) -> list[dict[str, Any]]:
    """Every line as the object that it has to be."""
    parsed = [json.loads(line) for line in output.splitlines()]
    assert all(isinstance(line, dict) for line in parsed)
    return parsed
