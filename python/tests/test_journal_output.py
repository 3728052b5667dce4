"""Events go to stdout as JSON, log lines to stderr."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest

from flower_monitoring.exporter.telling import StdoutEvents, set_up_logging


def test_events_are_printed_as_one_json_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    tell = StdoutEvents()
    tell("training_stalled", {"v": 1, "ts": 1.5, "round": 2}, {"run_id": "7", "round": 2})
    tell("client_join", {"v": 1, "ts": 2.5, "node_id": "5"}, {"node": "5"})
    stalled, joined = (json.loads(line) for line in output.getvalue().splitlines())
    assert (stalled["level"], stalled["event"], stalled["run_id"]) == (
        "WARNING",
        "training_stalled",
        "7",
    )
    assert stalled["data"] == {"v": 1, "ts": 1.5, "round": 2}
    assert len(stalled["trace_id"]) == 32
    assert (joined["level"], joined["event"], joined["node"]) == ("INFO", "client_join", "5")


def test_a_stdout_that_nobody_reads_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(sys, "stdout", Broken())
    tell = StdoutEvents()
    for _ in range(3):
        tell("client_join", {"v": 1}, {})
    assert caplog.messages == ["cannot print the event client_join ([Errno 32] Broken pipe)"]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_log_lines_go_to_stderr_in_the_format_asked_for(
    monkeypatch: pytest.MonkeyPatch, log_format: str
) -> None:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stderr", output)
    root = logging.getLogger()
    before = (root.handlers, root.level)
    try:
        set_up_logging(log_format)
        logging.getLogger("flower_monitoring.exporter").info("said %s", "this")
    finally:
        root.handlers, root.level = before
    if log_format == "text":
        assert output.getvalue() == "INFO said this\n"
    else:
        line = json.loads(output.getvalue())
        assert (line["level"], line["message"]) == ("INFO", "said this")
