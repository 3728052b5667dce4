"""The hook's settings: the process environment, then a file beside the package."""

from __future__ import annotations

import os

FILE_NAME = "flower_monitoring.conf"
ONLY_ENVIRONMENT = ("FL_METRICS_ENABLED", "FL_METRICS_PORT")
"""In the file they would start a server in every run, on the port of the host's exporter."""

_file: dict[str, str] | None = None


def get(key: str) -> str | None:
    """The setting, or None when neither the environment nor the file has it (or has it empty)."""
    value = os.environ.get(key)
    if not value and key not in ONLY_ENVIRONMENT:
        value = _read_file().get(key)
    return value or None


def enabled() -> bool:
    """False when FL_MONITORING_HOOK=off."""
    return (get("FL_MONITORING_HOOK") or "on").lower() != "off"


def path() -> str:
    """Where the file is: in the directory above the package."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100,PTH120
    return os.path.join(os.path.dirname(package), FILE_NAME)  # noqa: PTH118,PTH120


def reset() -> None:
    """Forgets the file: the next `get` reads it again."""
    global _file
    _file = None


def _read_file() -> dict[str, str]:
    """KEY=VALUE lines; no file, or one that cannot be read, is an empty one."""
    global _file
    if _file is None:
        _file = {}
        try:
            # pathlib would cost more than the rest of the hook's start.
            with open(path(), encoding="utf-8") as lines:  # noqa: PTH123
                for line in lines:
                    key, found, value = line.strip().partition("=")
                    if found and not key.startswith("#"):
                        _file[key.strip()] = value.strip()
        except (OSError, UnicodeDecodeError):
            pass
    return _file
