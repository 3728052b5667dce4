"""One example of each event's data, beside `v` and `ts`: for the page, and for tests of readers."""

from __future__ import annotations

from typing import Any

_NODE, _OTHER_NODE = "5368304147736865289", "10274447685809990905"

_OF_A_RUN: dict[str, dict[str, Any]] = {
    "training_start": {
        "strategy": "FedAvg",
        "num_rounds": 3,
        "min_clients": 2,
        "api": "message",
        "model_bytes": 168,
        "hook_version": "0.1.0",
        "flower_version": "1.41.0",
    },
    "round_start": {"round": 1, "num_clients_selected": 2, "strategy": "FedAvg"},
    "round_phase": {"round": 1, "phase": "train"},
    "round_replies": {
        "round": 1,
        "phase": "train",
        "replies": [[_NODE, 6.201, 400, 335], [_OTHER_NODE, 6.244, None, 335]],
    },
    "round_metrics": {"round": 1, "phase": "train", "metrics": {"train_loss": 0.365213}},
    "round_end": {
        "round": 1,
        "num_clients_responded": 2,
        "num_clients_failed": 0,
        "aggregated_loss": 0.403716,
        "aggregated_accuracy": 0.85,
        "round_duration_seconds": 12.599,
        "phases": {"configure_train": 0.028, "train": 6.312, "evaluate": 6.23},
        "bytes_sent": 672,
        "bytes_received": 786,
        "num_examples": 800,
    },
    "evaluation_result": {"round": 1, "loss": 0.401, "accuracy": 0.86, "num_examples": None},
    "checkpoint_saved": {"round": 1, "path": "/srv/models/round-1.npz", "size_bytes": 424},
    "training_end": {
        "total_rounds": 3,
        "final_loss": 0.389522,
        "final_accuracy": 0.87,
        "total_duration_seconds": 37.8,
        "status": "complete",
        "error_type": None,
    },
    "hook_report": {"errors": 0, "dropped": 1, "moved": []},
}
_OF_A_CLIENT: dict[str, dict[str, Any]] = {
    "client_join": {"node_id": _NODE, "name": "hospital-0", "client_address": None},
    "client_leave": {"node_id": _NODE, "name": "hospital-0", "reason": "offline"},
    "client_failure": {
        "round": 2,
        "node_id": _NODE,
        "error_type": "exception",
        "phase": "train",
        "code": 2,
    },
    "training_stalled": {
        "round": 2,
        "waiting_since_seconds": 612.5,
        "connected_clients": 1,
        "required_clients": 2,
        "cause": "too_few_nodes",
    },
    "gpu_detected": {
        "gpu_name": "NVIDIA H200",
        "gpu_memory_mb": 143771,
        "driver_version": "570.124.06",
    },
    "gpu_unavailable": {
        "fallback_device": "cpu",
        "reason": "nvidia-smi is not on the PATH, and the NVIDIA driver is not loaded",
    },
}

EXAMPLES: dict[str, dict[str, Any]] = {
    name: {"v": 1, "ts": 1770647400.123, **data}
    for name, data in (_OF_A_RUN | _OF_A_CLIENT).items()
}
"""Data by event name, for every event of the catalogue."""
