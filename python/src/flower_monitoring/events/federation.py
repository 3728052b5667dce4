"""Events of clients: their coming and going, their failures, their GPUs."""

from __future__ import annotations

from .spec import FAILURE_CAUSES, ROUND, STALL_CAUSES, Event, Field

_NODE = Field(
    "node_id", "string", "Flower's 64-bit node id as decimal digits; null if unknown.", True
)
_NAME = Field("name", "string", "The SuperNode's registered name; empty without one.")

CLIENT_JOIN = Event(
    "client_join",
    "INFO",
    "exporter",
    "A SuperNode came online.",
    (
        _NODE,
        _NAME,
        Field("client_address", "string", "Always null: Flower does not tell it.", True),
    ),
)
CLIENT_LEAVE = Event(
    "client_leave",
    "INFO",
    "exporter",
    "A SuperNode went offline. Flower notices a death 37 to 60 s after it.",
    (
        _NODE,
        _NAME,
        Field("reason", "string", "What it is now.", values=("offline", "unregistered")),
    ),
)
CLIENT_FAILURE = Event(
    "client_failure",
    "WARNING",
    "hook",
    "A client did not do its part of a round.",
    (
        ROUND,
        _NODE,
        Field("error_type", "string", "Why.", values=FAILURE_CAUSES),
        Field("phase", "string", "The phase.", values=("train", "evaluate", "query")),
        Field("code", "integer", "Flower's error code; null for a reply that never came.", True),
    ),
)
TRAINING_STALLED = Event(
    "training_stalled",
    "WARNING",
    "exporter",
    "A run is running and nothing has happened for the configured time.",
    (
        ROUND,
        Field("waiting_since_seconds", "number", "Seconds since the run's last event."),
        Field("connected_clients", "integer", "SuperNodes that are online."),
        Field(
            "required_clients", "integer", "Nodes that the round waits for; null if unknown.", True
        ),
        Field("cause", "string", "Why.", values=STALL_CAUSES),
    ),
)
GPU_DETECTED = Event(
    "gpu_detected",
    "INFO",
    "hook",
    "A SuperNode with FL_GPU_ENABLED=YES found a GPU. One event for each.",
    (
        Field("gpu_name", "string", "The model."),
        Field(
            "gpu_memory_mb",
            "integer",
            "Its memory in MiB; null when the driver does not tell.",
            True,
        ),
        Field("driver_version", "string", "Version of the NVIDIA driver."),
    ),
)
GPU_UNAVAILABLE = Event(
    "gpu_unavailable",
    "WARNING",
    "hook",
    "A SuperNode with FL_GPU_ENABLED=YES found no GPU.",
    (
        Field("fallback_device", "string", "What it trains on instead: cpu."),
        Field("reason", "string", "What the search for a GPU ended with."),
    ),
)
