"""`make bench`: what monitoring costs on this machine, as Markdown."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The environments and processes of the tests are those that are measured.
sys.path.insert(0, str(ROOT / "python" / "tests"))


def main() -> None:
    """Prints all tables."""
    import exporter
    import hook

    cores = os.cpu_count()
    print(f"{cores} cores, {platform.machine()}, Python {platform.python_version()}\n", flush=True)
    print(hook.tables(), flush=True)
    print(exporter.table())


if __name__ == "__main__":
    main()
