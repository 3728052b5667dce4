"""What the exporter must know after a restart, in a file that is replaced as a whole."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = 1

log = logging.getLogger("flower_monitoring.exporter")


class StateFile:
    """A JSON object on disk. Without a path nothing is kept; a disk that fails is told once."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._written = ""
        self._failed = False

    def read(self) -> Mapping[str, Any] | None:
        """What was written last; None when there is nothing, or nothing that can be used."""
        if self._path is None:
            return None
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("state_file: cannot read %s (%s); starting without it", self._path, error)
            return None
        if not isinstance(content, dict) or content.get("version") != VERSION:
            log.warning("state_file: %s is of another version; starting without it", self._path)
            return None
        return content

    def write(self, state: Mapping[str, Any]) -> None:
        """Replaces the file, when this is something new. Never raises."""
        text = json.dumps({"version": VERSION, **state}, sort_keys=True)
        if self._path is None or text == self._written:
            return
        new = self._path.with_name(self._path.name + ".new")
        try:
            with new.open("w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            if not self._failed:
                log.warning(
                    "state_file: cannot write %s (%s); after a restart some events are told "
                    "again, others never",
                    self._path,
                    error,
                )
            self._failed = True
            return
        if self._failed:
            log.info("state_file: %s is written again", self._path)
        self._failed, self._written = False, text
