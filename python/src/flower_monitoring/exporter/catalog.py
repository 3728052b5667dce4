"""Every metric of the exporter, once: the scrape and docs/metrics.md are both made from this.

A metric, once shipped, is an interface: names, labels and meaning do not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NODE_LABELS = ("node_id", "name", "location")
_NODES_SHOWN = (
    "Series exist for nodes that are online, were online within run_ttl_seconds, or have a name "
    "and are not unregistered; at most max_nodes."
)
_RUNS_SHOWN = "Series exist for live runs and run_ttl_seconds after the end; at most max_runs."
_SENT = (
    "Seen from the SuperLink: to the SuperNodes, so the model on its way out. Size of messages "
    "and objects, without HTTP and TLS."
)
_RECEIVED = (
    "Seen from the SuperLink: from the SuperNodes, so their updates and requests. Size of messages "
    "and objects, without HTTP and TLS."
)
_CLIENT_SECONDS = (
    "From the moment a ClientApp takes a message to its reply, train and evaluate, summed over "
    "nodes and without the start of its process; counted when the reply reaches the SuperLink."
)
_TOTALS = (
    "Sum over all runs that the SuperLink knows, finished ones too. Does not go back when the "
    "exporter restarts; starts at 0 with a SuperLink that lost its database or has none."
)


@dataclass(frozen=True)
class Metric:
    """One metric as it is scraped. `unit` is what the value counts, `source` where it is from."""

    name: str
    kind: Literal["gauge", "counter", "histogram", "info"]
    labels: tuple[str, ...]
    help: str
    unit: str
    source: str


SUPERNODES = Metric(
    "fl_supernodes",
    "gauge",
    ("status",),
    "SuperNodes by status: registered (never connected), online, offline, unregistered.",
    "nodes",
    "ListNodes",
)
SUPERNODE_UP = Metric(
    "fl_supernode_up",
    "gauge",
    NODE_LABELS,
    "1 when the SuperLink has the SuperNode online, else 0. Flower itself notices the death of a "
    f"node 37 to 60 s after it. {_NODES_SHOWN}",
    "1 or 0",
    "ListNodes",
)
SUPERNODE_HEARTBEAT_AGE = Metric(
    "fl_supernode_heartbeat_age_seconds",
    "gauge",
    NODE_LABELS,
    "Time from the node's last heartbeat to the last good answer, on the SuperLink's clock. A "
    "healthy node beats every 17 to 23 s; above 30 s one was missed. 60 s too high for a node that "
    "was stopped in order. Missing for a node that never was online.",
    "seconds",
    "ListNodes",
)
RUNS = Metric(
    "fl_runs",
    "gauge",
    ("status", "sub_status"),
    "Runs that the SuperLink knows, by status (pending, starting, running, finished) and, for "
    "finished ones, sub_status (completed, failed, stopped); else sub_status is empty.",
    "runs",
    "ListRuns",
)
RUN_BYTES_SENT = Metric(
    "fl_run_bytes_sent_total",
    "counter",
    ("run_id",),
    f"Bytes sent for one run. {_SENT} {_RUNS_SHOWN}",
    "bytes",
    "ListRuns",
)
RUN_BYTES_RECEIVED = Metric(
    "fl_run_bytes_received_total",
    "counter",
    ("run_id",),
    f"Bytes received for one run. {_RECEIVED} {_RUNS_SHOWN}",
    "bytes",
    "ListRuns",
)
RUN_CLIENT_SECONDS = Metric(
    "fl_run_client_seconds_total",
    "counter",
    ("run_id",),
    f"Wall time of ClientApps for one run. {_CLIENT_SECONDS} {_RUNS_SHOWN}",
    "seconds",
    "ListRuns",
)
BYTES_SENT = Metric(
    "fl_bytes_sent_total",
    "counter",
    (),
    f"Bytes sent for all runs. {_SENT} {_TOTALS}",
    "bytes",
    "ListRuns",
)
BYTES_RECEIVED = Metric(
    "fl_bytes_received_total",
    "counter",
    (),
    f"Bytes received for all runs. {_RECEIVED} {_TOTALS}",
    "bytes",
    "ListRuns",
)
CLIENT_SECONDS = Metric(
    "fl_client_seconds_total",
    "counter",
    (),
    f"Wall time of ClientApps for all runs. {_CLIENT_SECONDS} {_TOTALS}",
    "seconds",
    "ListRuns",
)
UP_TO_DATE = Metric(
    "fl_exporter_up_to_date_seconds",
    "gauge",
    (),
    "Age of what this exporter serves: time since the older of the last good ListNodes and "
    "ListRuns answers, or since its start while one is missing.",
    "seconds",
    "exporter",
)
ERRORS = Metric(
    "fl_exporter_control_api_errors_total",
    "counter",
    ("call",),
    "Failed Control API polls (list_nodes, list_runs) since the exporter started.",
    "errors",
    "exporter",
)
DURATION = Metric(
    "fl_exporter_control_api_duration_seconds",
    "histogram",
    ("call",),
    "Duration of Control API polls, failed ones too. list_runs may read several pages.",
    "seconds",
    "exporter",
)
SERIES_DROPPED = Metric(
    "fl_exporter_series_dropped",
    "gauge",
    ("kind",),
    "Nodes (kind supernode) and runs (kind run) without series of their own because max_nodes or "
    "max_runs is reached. Counts and totals still include them.",
    "nodes or runs",
    "exporter",
)
BUILD_INFO = Metric(
    "fl_exporter_build_info",
    "info",
    ("version", "flower_version"),
    "Version of the exporter and of the flwr that it uses.",
    "always 1",
    "exporter",
)

ALL = (
    SUPERNODES,
    SUPERNODE_UP,
    SUPERNODE_HEARTBEAT_AGE,
    RUNS,
    RUN_BYTES_SENT,
    RUN_BYTES_RECEIVED,
    RUN_CLIENT_SECONDS,
    BYTES_SENT,
    BYTES_RECEIVED,
    CLIENT_SECONDS,
    UP_TO_DATE,
    ERRORS,
    DURATION,
    SERIES_DROPPED,
    BUILD_INFO,
)
