"""What Flower's processes log, with their real loggers: all JSON, or to the byte what it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flower_logs import objects, run
from flower_monitoring.events import span_id, trace_id

FLOWER = """
import logging
from flwr.supercore.logger import ConsoleHandler, console_handler, log
log(logging.INFO, "\\t[ROUND %s/3]", 1)
log(logging.INFO, "")
log(logging.WARNING, "\\x1b[1mbold\\x1b[0m\\nand a second line")
log(logging.DEBUG, "hidden")
try:
    1 / 0
except ZeroDivisionError as error:
    log(logging.ERROR, "%s raised an exception", "ServerApp", exc_info=error)
"""

APP = """
import sys
logging.getLogger("app.early").warning("before any handler")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("%(message)s"))
handler.terminator = " "
logging.getLogger("app").addHandler(handler)
logging.getLogger("app").propagate = False
logging.getLogger("app").warning("to stdout", extra={"epoch": 3})
logging.getLogger("app").warning("again")
logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
logging.getLogger("lib").info("to the root's handler")
log(logging.INFO, "to both handlers")
"""

UVICORN = """
import logging
import uvicorn
from flwr.supercore.http_logging import configure_uvicorn_logging, get_uvicorn_log_config
from flwr.supercore.logger import log
{config}
logging.getLogger("uvicorn.error").info("Uvicorn running", extra={{"color_message": "\\x1b[1mU"}})
request = '%s - "%s %s HTTP/%s" %d'
logging.getLogger("uvicorn.access").info(request, "127.0.0.1:1", "GET", "/v1/x", "1.1", 200)
logging.getLogger("uvicorn.access").info(request, "127.0.0.1:1", "GET", "/health", "1.1", 200)
"""

SUPERLINK = "uvicorn.Config(None, log_config=get_uvicorn_log_config(logging.INFO))"
SUPERNODE = "uvicorn.Config(None)"


def test_flower_and_the_app_log_json(tmp_path: Path) -> None:
    ran = run(FLOWER + APP, tmp_path, FL_LOG_FORMAT="json")
    told = objects(ran.stderr)
    assert [(line["level"], line["logger"], line["message"]) for line in told] == [
        ("INFO", "flwr", "[ROUND 1/3]"),
        ("WARNING", "flwr", "bold\nand a second line"),
        ("ERROR", "flwr", "ServerApp raised an exception"),
        ("WARNING", "app.early", "before any handler"),
        ("INFO", "lib", "to the root's handler"),
        ("INFO", "flwr", "to both handlers"),
    ]
    assert told[2]["exception"]["type"] == "ZeroDivisionError"
    assert "division by zero" in told[2]["exception"]["stacktrace"]
    first, second = objects(ran.stdout)
    assert (first["message"], first["extra"]) == ("to stdout", {"epoch": 3})
    assert second["message"] == "again"


@pytest.mark.parametrize("log_format", ["", "text"])
def test_text_is_flowers_to_the_byte(log_format: str, tmp_path: Path) -> None:
    code = FLOWER + APP.replace("%(asctime)s", "")
    hooked = run(code, tmp_path, FL_LOG_FORMAT=log_format)
    plain = run(code, tmp_path, hook=False)
    assert "\x1b[92mINFO \x1b[0m:      \t[ROUND 1/3]\n" in plain.stderr
    assert (hooked.stderr, hooked.stdout) == (plain.stderr, plain.stdout)


@pytest.mark.parametrize("config", [SUPERLINK, SUPERNODE], ids=["superlink", "supernode"])
@pytest.mark.parametrize("configured_again", [True, False])
def test_uvicorn_logs_json(config: str, configured_again: bool, tmp_path: Path) -> None:
    again = "\nconfigure_uvicorn_logging()" if configured_again else ""
    ran = run(UVICORN.format(config=config + again), tmp_path, FL_LOG_FORMAT="json")
    told = [*objects(ran.stderr), *objects(ran.stdout)]
    assert [(line["level"], line["logger"], line["message"]) for line in told[:2]] == [
        ("INFO", "uvicorn.error", "Uvicorn running"),
        ("INFO", "uvicorn.access", '127.0.0.1:1 - "GET /v1/x HTTP/1.1" 200'),
    ]
    assert "extra" not in told[0]
    # Flower hides routine requests, and must still be able to.
    hidden = config == SUPERLINK or configured_again
    assert len(told) == (2 if hidden else 3)


def test_what_a_serverapp_uploads_is_json_too(tmp_path: Path) -> None:
    """`flwr-serverapp` copies its output to a queue, piece by piece as it is written."""
    code = """
        import logging, queue
        from flwr.supercore.logger import log, mirror_output_to_queue
        from flwr.supercore.task_identity import TaskIdentity
        pieces = queue.Queue()
        mirror_output_to_queue(pieces)
        TaskIdentity.run_id = 42
        log(logging.INFO, "Hello")
        print("printed")
        copied = list(pieces.queue)
        import json, pathlib
        pathlib.Path("pieces.json").write_text(json.dumps(copied))
    """
    ran = run(code, tmp_path, argv="flwr-serverapp", FL_LOG_FORMAT="json")
    pieces = json.loads((tmp_path / "pieces.json").read_text())
    [told] = objects(pieces[0])
    assert (told["message"], told["run_id"], told["trace_id"]) == ("Hello", "42", trace_id(42))
    assert ran.stdout == pieces[0] + "printed\n"


def test_the_flwr_command_is_for_people(tmp_path: Path) -> None:
    ran = run(FLOWER, tmp_path, argv="flwr", FL_LOG_FORMAT="json")
    assert ran.stderr == run(FLOWER, tmp_path, hook=False, argv="flwr").stderr


def test_a_wrong_format_is_one_warning_and_text(tmp_path: Path) -> None:
    ran = run(FLOWER, tmp_path, FL_LOG_FORMAT="JSON", FL_GPU_ENABLED="yes")
    warning, rest = ran.stderr.split("\n", 1)
    assert "the default is used: FL_LOG_FORMAT: got 'JSON'; allowed: text or json" in warning
    assert "| FL_GPU_ENABLED: got 'yes'; allowed: YES or NO" in warning
    assert rest == run(FLOWER, tmp_path, hook=False).stderr


def test_a_stream_that_fails_is_the_logging_modules_business(tmp_path: Path) -> None:
    code = """
        import logging, sys
        from flwr.supercore.logger import log
        class Broken:
            def write(self, text): raise OSError("disk full")
            def flush(self): pass
        sys.stdout = Broken()
        logging.getLogger("app").addHandler(logging.StreamHandler(sys.stdout))
        logging.getLogger("app").error("lost")
        log(logging.INFO, "still here")
    """
    ran = run(code, tmp_path, FL_LOG_FORMAT="json")
    assert "OSError: disk full" in ran.stderr
    assert objects(ran.stderr.splitlines()[-1])[0]["message"] == "still here"


def test_a_handler_that_writes_by_itself_gets_json(tmp_path: Path) -> None:
    code = """
        import logging, sys
        import flwr.supercore.logger
        class Bar(logging.StreamHandler):
            def emit(self, record):
                self.stream.write(self.format(record) + chr(10))
        logging.getLogger("app").addHandler(Bar(sys.stdout))
        logging.getLogger("app").error("beside a progress bar")
    """
    ran = run(code, tmp_path, FL_LOG_FORMAT="json")
    assert [line["message"] for line in objects(ran.stdout)] == ["beside a progress bar"]


def test_records_of_a_clientapp_say_on_what_it_works(tmp_path: Path) -> None:
    code = """
        import logging
        from flwr.supercore.logger import log
        from flower_monitoring.hook import client_app
        token = client_app._working_on.set(
            {"run_id": "42", "node": "7", "round": 3, "message_type": "train"})
        logging.getLogger("app").warning("in")
        client_app._working_on.reset(token)
        logging.getLogger("app").warning("out")
    """
    inside, outside = objects(run(code, tmp_path, FL_LOG_FORMAT="json").stderr)
    assert {key: inside[key] for key in ("run_id", "node", "round", "message_type")} == {
        "run_id": "42",
        "node": "7",
        "round": 3,
        "message_type": "train",
    }
    assert inside["span_id"] == span_id(42, 3)
    assert not {"run_id", "node", "round", "span_id"} & set(outside)
