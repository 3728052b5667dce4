"""The context's variables: what is allowed, and what a fault says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from flower_monitoring.context import FLOWER_PORTS, ContextError, read_context
from processes import SRC


def faults_of(**environ: str) -> tuple[list[str], dict[str, object]]:
    """The faults, and the values that are left to use."""
    with pytest.raises(ContextError) as caught:
        read_context(environ)
    return caught.value.faults, vars(caught.value.context)


DEFAULTS = {
    "log_format": "text",
    "metrics_enabled": False,
    "metrics_port": 9101,
    "gpu_enabled": False,
    "dcgm_enabled": False,
}


@pytest.mark.parametrize("environ", [{}, dict.fromkeys(["FL_LOG_FORMAT", "FL_METRICS_PORT"], "")])
def test_what_is_missing_or_empty_has_its_default(environ: dict[str, str]) -> None:
    assert vars(read_context(environ)) == DEFAULTS


def test_all_of_them_given() -> None:
    environ = {
        "FL_LOG_FORMAT": "json",
        "FL_METRICS_ENABLED": "YES",
        "FL_METRICS_PORT": "9102",
        "FL_GPU_ENABLED": "YES",
        "FL_DCGM_ENABLED": "YES",
    }
    assert vars(read_context(environ)) == {
        "log_format": "json",
        "metrics_enabled": True,
        "metrics_port": 9102,
        "gpu_enabled": True,
        "dcgm_enabled": True,
    }


@pytest.mark.parametrize("port", ["1024", "65535"])
def test_the_ports_at_the_ends_are_allowed(port: str) -> None:
    assert read_context({"FL_METRICS_PORT": port}).metrics_port == int(port)


@pytest.mark.parametrize(
    "port", ["1023", "65536", "0", "-9101", "+9101", "9101.0", " 9101", "١٢٣٤", "x", "9" * 5000]
)
def test_no_other_port_is(port: str) -> None:
    faults, left = faults_of(FL_METRICS_PORT=port)
    assert faults == [
        f"FL_METRICS_PORT: got {port!r}; allowed: a whole number from 1024 to 65535; "
        "set one of these, or leave it out"
    ]
    assert left == DEFAULTS


@pytest.mark.parametrize("port", FLOWER_PORTS)
def test_ports_of_flower_are_refused(port: int) -> None:
    faults, left = faults_of(FL_METRICS_PORT=str(port))
    assert faults == [
        f"FL_METRICS_PORT: got '{port}', a port of Flower's; allowed: any but 8000, 9091, 9092, "
        "9093, 9094; set another port, or leave it out for 9101"
    ]
    assert left == DEFAULTS


@pytest.mark.parametrize("name", ["FL_METRICS_ENABLED", "FL_GPU_ENABLED", "FL_DCGM_ENABLED"])
@pytest.mark.parametrize("value", ["yes", "true", "1", "YES ", "on"])
def test_yes_and_no_are_written_exactly_so(name: str, value: str) -> None:
    faults, left = faults_of(**{name: value})
    assert faults == [
        f"{name}: got {value!r}; allowed: YES or NO; set one of these, or leave it out"
    ]
    assert left == DEFAULTS


@pytest.mark.parametrize("value", ["JSON", "logfmt"])
def test_no_other_log_format(value: str) -> None:
    faults, _ = faults_of(FL_LOG_FORMAT=value)
    assert faults == [
        f"FL_LOG_FORMAT: got {value!r}; allowed: text or json; set one of these, or leave it out"
    ]


@pytest.mark.parametrize("gpu", [{}, {"FL_GPU_ENABLED": "NO"}])
def test_dcgm_needs_a_gpu(gpu: dict[str, str]) -> None:
    faults, left = faults_of(FL_DCGM_ENABLED="YES", **gpu)
    assert faults == [
        "FL_DCGM_ENABLED: got 'YES' without a GPU; allowed: YES only beside FL_GPU_ENABLED=YES; "
        "set FL_GPU_ENABLED=YES, or FL_DCGM_ENABLED=NO"
    ]
    assert left == DEFAULTS


def test_all_faults_at_once_and_the_right_values_stay() -> None:
    faults, left = faults_of(
        FL_LOG_FORMAT="json", FL_METRICS_PORT="80", FL_METRICS_ENABLED="maybe", FL_GPU_ENABLED="YES"
    )
    assert [fault.partition(":")[0] for fault in faults] == [
        "FL_METRICS_ENABLED",
        "FL_METRICS_PORT",
    ]
    assert left == DEFAULTS | {"log_format": "json", "gpu_enabled": True}


def test_it_imports_nothing() -> None:
    """Every Python process of a Flower environment may pay for it."""
    code = (
        "import sys; before = set(sys.modules); import flower_monitoring.context; "
        "print(sorted(set(sys.modules) - before - {'__future__'}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "['flower_monitoring', 'flower_monitoring.context']"
