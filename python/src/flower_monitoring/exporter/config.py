"""The exporter's settings: a JSON file, overridden by FL_EXPORTER_* environment variables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from flower_monitoring.context import ContextError, read_context

ENV_PREFIX = "FL_EXPORTER_"


class ConfigError(Exception):
    """One or more settings are wrong; `faults` has a line for each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class Address(NamedTuple):
    """Where to listen or to connect; an IPv6 host has no brackets here."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Config:
    """Checked settings. Durations are seconds."""

    listen: Address
    control_api: Address
    federation: str
    ca_file: Path | None = None
    insecure: bool = False
    poll_interval_seconds: float = 10.0
    timeout_seconds: float = 5.0
    run_ttl_seconds: float = 900.0
    max_nodes: int = 2000
    max_runs: int = 200
    event_socket: Path | None = None
    """Unix datagram socket for events of hooks whose run has no channel for them."""
    stall_seconds: float = 600.0
    """A run without any event for this long is told as stalled."""
    max_app_metrics: int = 50
    """Metrics of an app's own that a run may have series of."""
    log_fallback: bool = True
    """Whether a run without a hook is read from what its ServerApp prints."""
    state_file: Path | None = None
    """Where is kept what a restart must know; None: it begins anew."""
    log_format: str = "text"
    """Of the exporter's own log lines, from FL_LOG_FORMAT; its events are JSON always."""


class _Setting(NamedTuple):
    parse: Callable[[Any], Any]
    """Raises ValueError for a value that is not allowed."""
    allowed: str
    required: bool = False


def _address(lowest_port: int) -> Callable[[Any], Address]:
    def parse(value: Any) -> Address:
        match = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([^:/\s\[\]]+)):(\d{1,5})", value)
        if match is None or not lowest_port <= int(match[3]) <= 65535:
            raise ValueError
        return Address(match[1] or match[2], int(match[3]))

    return parse


def _name(value: Any) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", value):
        raise ValueError
    return str(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}[value.lower()]


def _ca_file(value: Any) -> Path | None:
    if value is None or value == "":
        return None
    path = Path(value)
    with path.open("rb") as file:
        if b"-----BEGIN CERTIFICATE-----" not in file.read():
            raise ValueError
    return path


def _path(longest: int) -> Callable[[Any], Path | None]:
    def parse(value: Any) -> Path | None:
        if value is None or value == "":
            return None
        path = Path(value)
        if not path.is_absolute() or len(value.encode()) > longest:
            raise ValueError
        return path

    return parse


def _number(kind: type[float] | type[int], low: float, high: float) -> Callable[[Any], Any]:
    def parse(value: Any) -> float | int:
        if isinstance(value, bool):
            raise ValueError
        number = kind(value)
        if number != float(value) or not low <= number <= high:
            raise ValueError
        return number

    return parse


_SETTINGS: dict[str, _Setting] = {
    "listen": _Setting(_address(0), "HOST:PORT to serve /metrics on, port 0 to 65535", True),
    "control_api": _Setting(_address(1), "HOST:PORT of the SuperLink, port 1 to 65535", True),
    "federation": _Setting(_name, "a name made of a-z, 0-9 and -", True),
    "ca_file": _Setting(_ca_file, "the path of a readable PEM file with the SuperLink's CA"),
    "insecure": _Setting(_boolean, "true or false"),
    "poll_interval_seconds": _Setting(_number(float, 1, 300), "a number from 1 to 300"),
    "timeout_seconds": _Setting(_number(float, 0.1, 60), "a number from 0.1 to 60"),
    "run_ttl_seconds": _Setting(_number(float, 0, 604800), "a number from 0 to 604800"),
    "max_nodes": _Setting(_number(int, 1, 100000), "a whole number from 1 to 100000"),
    "max_runs": _Setting(_number(int, 1, 100000), "a whole number from 1 to 100000"),
    # 107 is what a socket's address has room for.
    "event_socket": _Setting(_path(107), "an absolute path of at most 107 bytes, or null"),
    "stall_seconds": _Setting(_number(float, 1, 604800), "a number from 1 to 604800"),
    "max_app_metrics": _Setting(_number(int, 0, 10000), "a whole number from 0 to 10000"),
    "log_fallback": _Setting(_boolean, "true or false"),
    "state_file": _Setting(_path(4000), "an absolute path, or null"),
}
assert {*_SETTINGS, "log_format"} == {field.name for field in fields(Config)}


class _Given(NamedTuple):
    value: Any
    label: str
    """How the user wrote the key: the JSON key, or the environment variable."""


def load_config(file: Path | None, environment: Mapping[str, str]) -> Config:
    """Read `file` (may be None when the environment has all) and the FL_EXPORTER_* variables.

    The context's variables are checked too, and of them FL_LOG_FORMAT is used: the port is the
    setting `listen`'s, and whoever starts an exporter wants its metrics. Raises ConfigError with
    every fault found, not only the first.
    """
    faults: list[str] = []
    given = _from_file(file, faults) | _from_environment(environment)
    values: dict[str, Any] = {}
    for key, (value, label) in given.items():
        setting = _SETTINGS.get(key)
        if setting is None:
            faults.append(f"{label}: unknown setting; allowed: {', '.join(_SETTINGS)}")
            continue
        try:
            values[key] = setting.parse(value)
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
            cause = f" ({error})" if isinstance(error, OSError) else ""
            faults.append(f"{label}: got {json.dumps(value)}{cause}; allowed: {setting.allowed}")
    for key, setting in _SETTINGS.items():
        if setting.required and key not in given:
            faults.append(f"{key}: missing; allowed: {setting.allowed}")
    faults.extend(_tls_faults(given, values))
    try:
        values["log_format"] = read_context(environment).log_format
    except ContextError as error:
        faults.extend(error.faults)
    if faults:
        raise ConfigError(faults)
    return Config(**values)


def _from_file(file: Path | None, faults: list[str]) -> dict[str, _Given]:
    if file is None:
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.append(f"--config: cannot read {file} as JSON ({error})")
        return {}
    if not isinstance(content, dict):
        faults.append(f"--config: {file} has a {type(content).__name__}; allowed: a JSON object")
        return {}
    return {key: _Given(value, key) for key, value in content.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, _Given]:
    return {
        name[len(ENV_PREFIX) :].lower(): _Given(value, name)
        for name, value in environment.items()
        if name.startswith(ENV_PREFIX)
    }


def _tls_faults(given: Mapping[str, _Given], values: Mapping[str, Any]) -> list[str]:
    """Plain HTTP must be asked for, and never beside a CA."""
    if any(key in given and key not in values for key in ("ca_file", "insecure")):
        return []
    ca_file, insecure = values.get("ca_file"), values.get("insecure", False)
    if ca_file is not None and insecure:
        return ['ca_file: given together with "insecure": true; allowed: one of the two']
    if ca_file is None and not insecure:
        return ['ca_file: missing; allowed: a PEM file, or null together with "insecure": true']
    return []
