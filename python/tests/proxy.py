"""A proxy before a SuperLink's HTTP port, that does to task events what a test asks for."""

from __future__ import annotations

import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

EVENTS = "/push-task-events"
HANG_SECONDS = 60.0
Mode = Literal["pass", "404", "hang"]


class Proxy(ThreadingHTTPServer):
    """Passes every request on; what it does with events is its `mode`, which a test may change."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: str) -> None:
        """Listens on a free port at once. `address` is the SuperLink's."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = address
        self.mode: Mode = "pass"
        self.refused = 0
        """Calls about events that did not get through."""
        self.released = 0
        """Calls that hung until their time was over."""
        self.address = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Ends it."""
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that is gone is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        if self.path.endswith(EVENTS) and self.server.mode != "pass":
            self.server.refused += 1
            self._refuse()
            return
        upstream = http.client.HTTPConnection(self.server.target, timeout=60)
        try:
            upstream.request("POST", self.path, body, dict(self.headers))
            answer = upstream.getresponse()
            self._answer(answer.status, answer.getheaders(), answer.read())
        finally:
            upstream.close()

    def _refuse(self) -> None:
        if self.server.mode == "404":
            self._answer(404, [], b"no")
            return
        time.sleep(HANG_SECONDS)
        self.server.released += 1
        self.close_connection = True

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
