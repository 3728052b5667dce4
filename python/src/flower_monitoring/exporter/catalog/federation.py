"""SuperNodes, and what all runs together moved and used."""

from __future__ import annotations

from .spec import (
    EXEMPLARS,
    NODE_LABELS,
    NODES_SHOWN,
    REPLAYED,
    RUN,
    RUNS_SHOWN,
    SINCE_START,
    Metric,
)

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
_REPLY = (
    "From the sending of a message to the ServerApp's taking of the reply: the client's work, the "
    "start of its process and the way there and back. Flower asks for replies every 3 s."
)

SUPERNODES = Metric(
    "fl_supernodes",
    "gauge",
    ("status",),
    "SuperNodes by status: registered (never connected), online, offline, unregistered.",
    "nodes",
    "ListNodes",
)
CLIENTS_CONNECTED = Metric(
    "fl_clients_connected",
    "gauge",
    (),
    "SuperNodes that are online; the same number as fl_supernodes with status online.",
    "nodes",
    "ListNodes",
)
SUPERNODE_UP = Metric(
    "fl_supernode_up",
    "gauge",
    NODE_LABELS,
    "1 when the SuperLink has the SuperNode online, else 0. Flower itself notices the death of a "
    f"node 37 to 60 s after it. {NODES_SHOWN}",
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
SUPERNODE_REPLY_SECONDS = Metric(
    "fl_supernode_reply_seconds",
    "gauge",
    (*NODE_LABELS, "phase"),
    f"How long the node's last reply took, by phase (train, evaluate). {_REPLY} Missing after a "
    f"failure, until the next good reply. Of runs that have series. {NODES_SHOWN}",
    "seconds",
    "hook",
)
SUPERNODE_REPLIES = Metric(
    "fl_supernode_replies_total",
    "counter",
    (*NODE_LABELS, "phase"),
    f"Good replies of the node, by phase (train, evaluate). {REPLAYED} {NODES_SHOWN}",
    "replies",
    "hook",
)
SUPERNODE_FAILURES = Metric(
    "fl_supernode_failures_total",
    "counter",
    (*NODE_LABELS, "cause"),
    "Failures of the node in rounds, by cause as in fl_run_clients_failed_total. Failures whose "
    f"node nobody knows are not in here. {REPLAYED} {NODES_SHOWN}",
    "failures",
    "hook, or logs",
)
CLIENT_DURATION = Metric(
    "fl_client_duration_seconds",
    "histogram",
    ("phase",),
    f"Times of clients to their good replies, by phase (train, evaluate). {_REPLY} {REPLAYED} "
    f"{EXEMPLARS}",
    "seconds",
    "hook",
)
CLIENT_JOINS = Metric(
    "fl_client_joins_total",
    "counter",
    (),
    f"SuperNodes that came online. {SINCE_START}",
    "joins",
    "ListNodes",
)
CLIENT_LEAVES = Metric(
    "fl_client_leaves_total",
    "counter",
    ("reason",),
    f"SuperNodes that went, by what they are now (offline, unregistered). {SINCE_START}",
    "leaves",
    "ListNodes",
)
RUN_BYTES_SENT = Metric(
    "fl_run_bytes_sent_total",
    "counter",
    RUN,
    f"Bytes sent for one run. {_SENT} {RUNS_SHOWN}",
    "bytes",
    "ListRuns",
)
RUN_BYTES_RECEIVED = Metric(
    "fl_run_bytes_received_total",
    "counter",
    RUN,
    f"Bytes received for one run. {_RECEIVED} {RUNS_SHOWN}",
    "bytes",
    "ListRuns",
)
RUN_CLIENT_SECONDS = Metric(
    "fl_run_client_seconds_total",
    "counter",
    RUN,
    f"Wall time of ClientApps for one run. {_CLIENT_SECONDS} {RUNS_SHOWN}",
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

ALL = (
    SUPERNODES,
    CLIENTS_CONNECTED,
    SUPERNODE_UP,
    SUPERNODE_HEARTBEAT_AGE,
    SUPERNODE_REPLY_SECONDS,
    SUPERNODE_REPLIES,
    SUPERNODE_FAILURES,
    CLIENT_DURATION,
    CLIENT_JOINS,
    CLIENT_LEAVES,
    RUN_BYTES_SENT,
    RUN_BYTES_RECEIVED,
    RUN_CLIENT_SECONDS,
    BYTES_SENT,
    BYTES_RECEIVED,
    CLIENT_SECONDS,
)
