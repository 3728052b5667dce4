"""Logs in files: an app's own stay as they are, the SuperLink's has the format of its console."""

from __future__ import annotations

from pathlib import Path

import pytest

from flower_logs import objects, run


def test_handlers_on_files_keep_their_format(tmp_path: Path) -> None:
    code = """
        import logging
        from flwr.supercore.logger import log
        handler = logging.FileHandler("own.log")
        handler.setFormatter(logging.Formatter("mine: %(message)s"))
        logging.getLogger("flwr").addHandler(handler)
        log(logging.INFO, "Hello")
        log(logging.INFO, "")
    """
    ran = run(code, tmp_path, FL_LOG_FORMAT="json")
    assert (tmp_path / "own.log").read_text() == "mine: Hello\nmine: \n"
    assert [line["message"] for line in objects(ran.stderr)] == ["Hello"]


def test_a_file_is_a_file_whatever_its_number(tmp_path: Path) -> None:
    """A daemon that closed its stderr opens its log as file descriptor 2."""
    code = """
        import logging, os
        from flwr.supercore.logger import log
        os.close(2)
        handler = logging.FileHandler("own.log")
        assert handler.stream.fileno() == 2
        handler.setFormatter(logging.Formatter("mine: %(message)s"))
        logging.getLogger("app").addHandler(handler)
        logging.getLogger("app").warning("Hello")
    """
    run(code, tmp_path, FL_LOG_FORMAT="json")
    assert (tmp_path / "own.log").read_text() == "mine: Hello\n"


@pytest.mark.parametrize("json_wanted", [True, False])
def test_the_superlinks_log_file(json_wanted: bool, tmp_path: Path) -> None:
    code = """
        import logging
        from flwr.supercore.logger import configure_superlink_log_file, log
        configure_superlink_log_file(filename="superlink.log", interval_hours=24, backup_count=7)
        log(logging.INFO, "Hello")
        log(logging.INFO, "")
    """
    run(code, tmp_path, FL_LOG_FORMAT="json" if json_wanted else "text")
    written = (tmp_path / "superlink.log").read_text()
    if json_wanted:
        assert [line["message"] for line in objects(written)] == ["Hello"]
    else:
        assert written.startswith("INFO flwr ")
        assert len(written.splitlines()) == 2
