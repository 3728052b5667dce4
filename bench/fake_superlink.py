"""A SuperLink that only answers the Control API: any number of nodes and live runs, real protobuf.

Streams stay open, as those of a run that goes on do, until the client closes them.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flwr.proto import control_pb2 as pb
from flwr.proto.node_pb2 import NodeInfo
from flwr.proto.run_pb2 import Run, RunStatus
from flwr.proto.task_pb2 import TaskEvent

ROUNDS = 50
FIRST_RUN = 10**18
EVENTS_OF_A_ROUND = 7
"""How many the hook tells of a round of two phases."""


def _iso(seconds_ago: float = 0.0) -> str:
    return datetime.fromtimestamp(time.time() - seconds_ago, tz=timezone.utc).isoformat()


class Federation:
    """What the server tells: `nodes` online SuperNodes, `runs` runs in their round ROUNDS."""

    def __init__(self, nodes: int, runs: int) -> None:
        self.nodes = [10**17 + index for index in range(nodes)]
        self.runs = [FIRST_RUN + index for index in range(runs)]
        self._events = {run: self._events_of(index) for index, run in enumerate(self.runs)}

    def list_nodes(self) -> bytes:
        """The answer to ListNodes."""
        infos = [
            NodeInfo(
                node_id=node,
                status="online",
                name=f"site-{node % 1000}",
                online_until=time.time() + 50,
                heartbeat_interval=30,
            )
            for node in self.nodes
        ]
        return bytes(pb.ListNodesResponse(nodes_info=infos, now=_iso()).SerializeToString())

    def list_runs(self, request: bytes) -> bytes:
        """The answer to ListRuns, by the request's limit and skip, or of one run."""
        asked = pb.ListRunsRequest.FromString(request)
        ids = self.runs[::-1]
        if asked.HasField("run_id"):
            ids = [asked.run_id] if asked.run_id in self._events else []
        elif asked.HasField("limit"):
            ids = ids[asked.skip :][: asked.limit]
        runs = {
            run: Run(
                run_id=run,
                fab_id="bench/app",
                fab_version="1.0.0",
                federation="@none/default",
                pending_at=_iso(600),
                starting_at=_iso(599),
                running_at=_iso(598),
                status=RunStatus(status="running"),
                bytes_sent=10**9,
                bytes_recv=10**9,
                clientapp_runtime=1234.5,
                series_id=run,
            )
            for run in ids
        }
        return bytes(pb.ListRunsResponse(run_dict=runs, now=_iso()).SerializeToString())

    def events_after(self, run: int, after: int) -> list[TaskEvent]:
        """The events of a run with a greater id."""
        return [event for event in self._events.get(run, []) if event.id > after]

    def _events_of(self, index: int) -> list[TaskEvent]:
        """What the hook tells of ROUNDS rounds on up to ten of the nodes; ids grow over runs."""
        first = index * (ROUNDS * EVENTS_OF_A_ROUND + 1) + 1
        nodes = self.nodes[:10]
        began = time.time() - 12.0 * ROUNDS
        start = {"strategy": "FedAvg", "num_rounds": 100, "min_clients": len(nodes)}
        start |= {"api": "message", "model_bytes": 10**6}
        start |= {"hook_version": "bench", "flower_version": "bench"}
        told: list[tuple[str, float, dict[str, Any]]] = [("training_start", began, start)]
        for number in range(1, ROUNDS + 1):
            told += _round(number, began + 12.0 * (number - 1), nodes)
        return [
            TaskEvent(
                id=first + offset,
                timestamp=_iso(time.time() - at),
                run_id=FIRST_RUN + index,
                task_id=1,
                event=f"fl.{name}",
                data=json.dumps({"v": 1, "ts": at, **data}),
            )
            for offset, (name, at, data) in enumerate(told)
        ]


def _round(number: int, at: float, nodes: list[int]) -> list[tuple[str, float, dict[str, Any]]]:
    replies = [[str(node), 5.0, 1000, 10**6] for node in nodes]
    metrics = {"loss": 1.0 / number, "accuracy": 1.0 - 1.0 / number}
    phases = {"configure_train": 0.1, "train": 6.0, "aggregate_train": 0.2, "evaluate": 5.0}
    end = {
        "num_clients_responded": len(nodes),
        "num_clients_failed": 0,
        "aggregated_loss": metrics["loss"],
        "aggregated_accuracy": metrics["accuracy"],
        "round_duration_seconds": 11.3,
        "phases": phases,
        "bytes_sent": 10**7,
        "bytes_received": 10**7,
        "num_examples": 10**4,
    }
    selected = {"num_clients_selected": len(nodes), "strategy": "FedAvg"}
    told: list[tuple[str, float, dict[str, Any]]] = [
        ("round_start", at, selected),
        ("round_phase", at + 0.1, {"phase": "train"}),
        ("round_replies", at + 6, {"phase": "train", "replies": replies}),
        ("round_metrics", at + 6, {"phase": "train", "metrics": {"train_loss": 1.0 / number}}),
        ("round_replies", at + 11, {"phase": "evaluate", "replies": replies}),
        ("round_metrics", at + 11, {"phase": "evaluate", "metrics": metrics}),
        ("round_end", at + 11.3, end),
    ]
    return [(name, when, {"round": number, **data}) for name, when, data in told]


class Handler(BaseHTTPRequestHandler):
    """POST with a protobuf message, answered by one message or by a stream of them."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    federation: Federation

    def do_POST(self) -> None:
        """Answers one call."""
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        call = self.path.removeprefix("/v1/control/")
        if call == "list-nodes":
            self._answer(self.federation.list_nodes())
        elif call == "list-runs":
            self._answer(self.federation.list_runs(body))
        elif call == "list-run-series-events":
            series = pb.ListRunSeriesEventsRequest.FromString(body).series_id
            events = self.federation.events_after(series, 0)
            self._answer(pb.ListRunSeriesEventsResponse(events=events).SerializeToString())
        elif call == "stream-run-events":
            asked = pb.StreamRunEventsRequest.FromString(body)
            events = self.federation.events_after(asked.run_id, asked.after_task_event_id)
            frames = [pb.StreamRunEventsResponse(task_event=e).SerializeToString() for e in events]
            self._stream(frames)
        elif call == "stream-logs":
            self._stream([])
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def _answer(self, message: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/protobuf")
        self.send_header("content-length", str(len(message)))
        self.end_headers()
        self.wfile.write(message)

    def _stream(self, frames: list[bytes]) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/vnd.flwr.protobuf-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        chunk = b"".join(len(frame).to_bytes(4, "big") + frame for frame in frames)
        self.close_connection = True
        try:
            if chunk:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            select.select([self.connection], [], [], 60.0)
        except OSError:
            return


class Server(ThreadingHTTPServer):
    """A thread for each connection."""

    daemon_threads = True
    request_queue_size = 128
    address_family = socket.AF_INET


def main() -> None:
    """Serves until it is ended; prints its address when it listens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, required=True)
    parser.add_argument("--runs", type=int, required=True)
    options = parser.parse_args()
    Handler.federation = Federation(options.nodes, options.runs)
    with Server(("127.0.0.1", 0), Handler) as server:
        print(f"127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
