"""Settings: what is read, what overrides what, and that every fault is told at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flower_monitoring.exporter.config import Address, Config, ConfigError, load_config

MINIMAL = {
    "listen": "127.0.0.1:9101",
    "control_api": "127.0.0.1:8000",
    "federation": "demo",
    "insecure": True,
}


def write(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "exporter.json"
    path.write_text(json.dumps(content))
    return path


def faults_of(tmp_path: Path, content: object, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, content), environment)
    return caught.value.faults


def test_required_settings_are_enough_and_the_rest_has_the_documented_defaults(
    tmp_path: Path,
) -> None:
    assert load_config(write(tmp_path, MINIMAL), {}) == Config(
        listen=Address("127.0.0.1", 9101),
        control_api=Address("127.0.0.1", 8000),
        federation="demo",
        ca_file=None,
        insecure=True,
        poll_interval_seconds=10.0,
        timeout_seconds=5.0,
        run_ttl_seconds=900.0,
        max_nodes=2000,
        max_runs=200,
        event_socket=None,
        stall_seconds=600.0,
        max_app_metrics=50,
        log_fallback=True,
        state_file=None,
        log_format="text",
    )


def test_environment_overrides_the_file_and_other_variables_are_ignored(tmp_path: Path) -> None:
    config = load_config(
        write(tmp_path, MINIMAL),
        {"FL_EXPORTER_LISTEN": "[::1]:9102", "FL_EXPORTER_MAX_RUNS": "7", "FL_OTHER": "x"},
    )
    assert (config.listen, config.max_runs) == (Address("::1", 9102), 7)
    assert str(config.listen) == "[::1]:9102"


def test_environment_alone_is_enough() -> None:
    config = load_config(
        None,
        {
            "FL_EXPORTER_LISTEN": "127.0.0.1:0",
            "FL_EXPORTER_CONTROL_API": "superlink:8000",
            "FL_EXPORTER_FEDERATION": "demo",
            "FL_EXPORTER_INSECURE": "true",
        },
    )
    assert (config.control_api, config.insecure) == (Address("superlink", 8000), True)


def test_all_faults_are_told_at_once_each_with_key_value_and_what_is_allowed(
    tmp_path: Path,
) -> None:
    faults = faults_of(
        tmp_path,
        {
            "listen": "9101",
            "federation": "De Mo",
            "poll_interval_seconds": 0.1,
            "max_nodes": 1.5,
            "insecure": True,
            "colour": "red",
        },
        FL_EXPORTER_TIMEOUT_SECONDS="soon",
    )
    assert faults == [
        'listen: got "9101"; allowed: HOST:PORT to serve /metrics on, port 0 to 65535',
        'federation: got "De Mo"; allowed: a name made of a-z, 0-9 and -',
        "poll_interval_seconds: got 0.1; allowed: a number from 1 to 300",
        "max_nodes: got 1.5; allowed: a whole number from 1 to 100000",
        "colour: unknown setting; allowed: listen, control_api, federation, ca_file, insecure, "
        "poll_interval_seconds, timeout_seconds, run_ttl_seconds, max_nodes, max_runs, "
        "event_socket, stall_seconds, max_app_metrics, log_fallback, state_file",
        'FL_EXPORTER_TIMEOUT_SECONDS: got "soon"; allowed: a number from 0.1 to 60',
        "control_api: missing; allowed: HOST:PORT of the SuperLink, port 1 to 65535",
    ]


@pytest.mark.parametrize(
    "value", ["x:0", "x:65536", ":80", "x", "::1:80", 9101, None, True, ["x:1"]]
)
def test_control_api_refuses(tmp_path: Path, value: object) -> None:
    (fault,) = faults_of(tmp_path, MINIMAL | {"control_api": value})
    assert fault.startswith(f"control_api: got {json.dumps(value)}; allowed: HOST:PORT")


@pytest.mark.parametrize("value", [True, None, "NaN", "inf", -1, [], "1e9"])
def test_run_ttl_refuses(tmp_path: Path, value: object) -> None:
    (fault,) = faults_of(tmp_path, MINIMAL | {"run_ttl_seconds": value})
    assert fault.startswith("run_ttl_seconds: got ")


def test_without_a_ca_plain_http_must_be_asked_for(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, MINIMAL | {"insecure": False, "ca_file": None})
    assert fault.startswith("ca_file: missing; allowed: a PEM file, or null together with")


def test_a_ca_and_plain_http_exclude_each_other(tmp_path: Path) -> None:
    ca = tmp_path / "ca.crt"
    ca.write_text("-----BEGIN CERTIFICATE-----\n")
    (fault,) = faults_of(tmp_path, MINIMAL | {"ca_file": str(ca)})
    assert fault.startswith('ca_file: given together with "insecure": true')
    config = load_config(write(tmp_path, MINIMAL | {"ca_file": str(ca), "insecure": False}), {})
    assert config.ca_file == ca


def test_a_ca_file_that_cannot_be_read_or_is_no_pem_is_one_fault(tmp_path: Path) -> None:
    missing = {**MINIMAL, "insecure": False, "ca_file": "/nowhere/ca.crt"}
    (fault,) = faults_of(tmp_path, missing)
    assert fault.startswith('ca_file: got "/nowhere/ca.crt" ([Errno 2]')
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN PRIVATE KEY-----\n")
    (fault,) = faults_of(tmp_path, MINIMAL | {"insecure": False, "ca_file": str(key)})
    assert fault.endswith("allowed: the path of a readable PEM file with the SuperLink's CA")


def test_a_file_that_is_no_json_object_is_told_beside_the_missing_settings(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, [1])
    assert faults[0].endswith("has a list; allowed: a JSON object")
    assert [fault.split(":")[0] for fault in faults[1:]] == [
        "listen",
        "control_api",
        "federation",
        "ca_file",
    ]
    with pytest.raises(ConfigError, match=r"cannot read .*absent\.json as JSON"):
        load_config(tmp_path / "absent.json", {})


def test_settings_for_training(tmp_path: Path) -> None:
    changes = {
        "event_socket": "/run/flower/events.sock",
        "stall_seconds": 60,
        "max_app_metrics": 0,
        "log_fallback": False,
        "state_file": "/var/lib/flower/state.json",
    }
    config = load_config(write(tmp_path, MINIMAL | changes), {"FL_EXPORTER_STALL_SECONDS": "30"})
    assert config.event_socket == Path("/run/flower/events.sock")
    assert config.state_file == Path("/var/lib/flower/state.json")
    assert (config.stall_seconds, config.max_app_metrics) == (30.0, 0)
    assert config.log_fallback is False
    config = load_config(write(tmp_path, MINIMAL | {"state_file": ""}), {})
    assert config.state_file is None


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("event_socket", "events.sock"),
        ("event_socket", "/" + "x" * 107),
        ("event_socket", 5),
        ("state_file", "state.json"),
        ("state_file", True),
        ("stall_seconds", 0),
        ("max_app_metrics", -1),
        ("log_fallback", "maybe"),
    ],
)
def test_settings_for_training_refuse(tmp_path: Path, setting: str, value: object) -> None:
    (fault,) = faults_of(tmp_path, MINIMAL | {setting: value})
    assert fault.startswith(f"{setting}: got {json.dumps(value)}; allowed: ")


def test_the_format_of_log_lines_is_the_contexts(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, MINIMAL), {"FL_LOG_FORMAT": "json"}).log_format == "json"
    faults = faults_of(tmp_path, MINIMAL | {"log_format": "json"})
    assert faults[0].startswith("log_format: unknown setting")


def test_wrong_variables_of_the_context_are_refused_with_the_others(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        MINIMAL | {"max_runs": 0},
        FL_LOG_FORMAT="xml",
        FL_METRICS_PORT="8000",
        FL_DCGM_ENABLED="YES",
    )
    assert [fault.split(":")[0] for fault in faults] == [
        "max_runs",
        "FL_LOG_FORMAT",
        "FL_METRICS_PORT",
        "FL_DCGM_ENABLED",
    ]
