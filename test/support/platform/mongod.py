"""A stand-in for mongod, as far as mongodb_exporter asks: it answers, and tells its connections.

Proves the exporter's names and labels, and nothing about MongoDB: test/fixtures/scrapes/README.md.
Listens on the loopback port that is its argument.
"""

import socketserver
import struct
import sys
from datetime import UTC, datetime
from typing import Any

import bson

OP_QUERY, OP_REPLY, OP_MSG = 2004, 1, 2013
HELLO = {
    "ismaster": True,
    "isWritablePrimary": True,
    "maxBsonObjectSize": 16777216,
    "maxMessageSizeBytes": 48000000,
    "maxWriteBatchSize": 100000,
    "minWireVersion": 0,
    "maxWireVersion": 21,
    "readOnly": False,
}
STATUS = {
    "host": "mongod",
    "version": "7.0.14",
    "process": "mongod",
    "uptime": 60.0,
    "connections": {
        "current": 12,
        "available": 807,
        "totalCreated": 42,
        "active": 3,
        "threaded": 12,
    },
}
ANSWERS: dict[str, dict[str, Any]] = {
    "hello": HELLO,
    "ismaster": HELLO,
    "buildinfo": {"version": "7.0.14", "modules": [], "bits": 64},
    "serverstatus": STATUS,
    "getdiagnosticdata": {"data": {"start": datetime.now(UTC), "serverStatus": STATUS}},
    "listdatabases": {"databases": [], "totalSize": 0},
    "ping": {},
}


def answer(command: dict[str, Any]) -> bytes:
    name = next(iter(command)).lower()
    found = ANSWERS.get(name)
    if found is None:
        refused = {"ok": 0.0, "code": 59, "codeName": "CommandNotFound", "errmsg": name}
        return bson.encode(refused)
    return bson.encode({**found, "ok": 1.0})


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while head := self.rfile.read(16):
            length, request, _, code = struct.unpack("<iiii", head)
            body = self.rfile.read(length - 16)
            if code == OP_MSG:
                reply = b"\x00\x00\x00\x00\x00" + answer(bson.decode(body[5:]))
                kind = OP_MSG
            elif code == OP_QUERY:
                start = body.index(b"\x00", 4) + 9
                reply = struct.pack("<iqii", 8, 0, 0, 1) + answer(bson.decode(body[start:]))
                kind = OP_REPLY
            else:
                return
            self.wfile.write(struct.pack("<iiii", len(reply) + 16, 1, request, kind) + reply)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
    server.serve_forever()
