"""Reads what a stream of flwr's HTTP client has by now, and hangs up.

Flower's streams of a live run never end, and its client waits for ever. Held open they would cost
the SuperLink a thread each, of 40 that it has for all its callers. So a stream is read until it is
silent for a moment; that of a finished run ends by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

SILENCE_SECONDS = 0.2
"""Frames of one answer follow each other in milliseconds, the first one its headers."""
FIRST_SECONDS = 2.0
"""Longest wait for a first frame that is most likely there, and may be long."""


class ReadTimeout:
    """An interceptor of flwr's HTTP client that gives streams a read timeout.

    The client drops its own for a stream once the headers are there; what this one then sets is
    what httpcore reads when the body begins.
    """

    def __init__(self) -> None:
        self._thread = threading.local()

    def set(self, seconds: float) -> None:
        """For the next stream that this thread opens."""
        self._thread.seconds, self._thread.opened = seconds, False

    @property
    def opened(self) -> bool:
        """Whether the headers of this thread's stream have come."""
        return bool(self._thread.opened)

    def intercept(self, context: Any, call_next: Callable[[Any], Any]) -> Any:
        """As flwr's `ProtobufClientInterceptor`."""
        response = call_next(context)
        timeouts = context.request.extensions.get("timeout", {})
        if timeouts.get("read", 0) is None:
            timeouts["read"] = self._thread.seconds
            self._thread.opened = True
        return response


class Reader:
    """Reads streams of one client. For several threads."""

    def __init__(self, timeout_seconds: float, silent: type[Exception]) -> None:
        """`silent` is what the client raises when nothing comes for the time given."""
        self.read_timeout = ReadTimeout()
        """Must be among the client's interceptors."""
        self._timeout = timeout_seconds
        self._least = self._silence = min(SILENCE_SECONDS, timeout_seconds)
        self._silent = silent

    def finished(self, stream: Callable[[], Iterable[Any]]) -> tuple[list[Any], bool]:
        """All frames of a stream that the server ends; see `live` for what it gives."""
        return self._read(stream, self._timeout, ends=True)

    def live(
        self, stream: Callable[[], Iterable[Any]], *, certain: bool, first: bool = False
    ) -> tuple[list[Any], bool]:
        """The frames that are there by now, and whether time sufficed for them.

        `certain`: there is one at least. When none comes then, the SuperLink is slow: this raises
        TimeoutError, and the next try has more patience. `first`: there is one, most likely.
        """
        silence = self._silence
        patience = min(FIRST_SECONDS, self._timeout) if first else silence
        frames, complete = self._read(stream, patience, ends=False)
        if certain and not frames:
            self._silence = min(silence * 2, self._timeout)
            raise TimeoutError(f"no answer in {silence:g} s")
        self._silence = max(self._least, silence * 0.9)
        return frames, complete

    def _read(
        self, stream: Callable[[], Iterable[Any]], patience: float, *, ends: bool
    ) -> tuple[list[Any], bool]:
        self.read_timeout.set(patience)
        deadline = time.monotonic() + self._timeout
        frames: list[Any] = []
        try:
            for frame in stream():
                frames.append(frame)
                if time.monotonic() > deadline:
                    return frames, False
        except self._silent:
            if ends or not self.read_timeout.opened:
                raise
        return frames, True
