"""The HTTP server: /metrics and /healthz, on the configured address only."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from .config import Address

IDLE_SECONDS = 30.0
"""A client that sends nothing for this long is cut off, so that it holds no thread."""


class ExporterServer(ThreadingHTTPServer):
    """Serves a registry. `health` gives whether the exporter works, and details for people."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        listen: Address,
        registry: CollectorRegistry,
        health: Callable[[], tuple[bool, dict[str, object]]],
    ) -> None:
        """Binds at once; raises OSError when the address cannot be had."""
        if ":" in listen.host:
            self.address_family = socket.AF_INET6
        self.registry = registry
        self.health = health
        super().__init__((listen.host, listen.port), _Handler)

    @property
    def address(self) -> Address:
        """Where it listens; the real port when 0 was asked for."""
        host, port = self.socket.getsockname()[:2]
        return Address(str(host), int(port))

    def server_bind(self) -> None:
        """Binds without the reverse DNS look-up that HTTPServer makes."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.address

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: a client that hangs up is no event here."""


class _Handler(BaseHTTPRequestHandler):
    server: ExporterServer
    timeout = IDLE_SECONDS
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            self._answer(HTTPStatus.OK, content_type, encode(self.server.registry))
        elif path == "/healthz":
            healthy, details = self.server.health()
            status = HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE
            body = json.dumps({"status": "ok" if healthy else "failed", **details}) + "\n"
            self._answer(status, "application/json", body.encode())
        else:
            body = "Flower exporter: /metrics and /healthz\n"
            found = HTTPStatus.OK if path == "/" else HTTPStatus.NOT_FOUND
            self._answer(found, "text/plain; charset=utf-8", body.encode())

    do_HEAD = do_GET

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        return "flower-monitoring"

    def log_message(self, *_args: object) -> None:
        """No access log: a scrape every few seconds is noise."""
