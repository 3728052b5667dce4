"""W3C trace ids that everyone who knows a run's id can tell, without anyone passing them on.

A module of its own: log lines of training processes need it without the catalogue of events.
"""

from __future__ import annotations

import hashlib


def trace_id(run_id: int | str) -> str:
    """The W3C trace id of a run: the same for everyone who knows the run's id."""
    return hashlib.sha256(f"flower-run:{run_id}".encode()).hexdigest()[:32]


def span_id(run_id: int | str, round_number: int) -> str:
    """The W3C span id of a round of a run."""
    return hashlib.sha256(f"flower-run:{run_id}:{round_number}".encode()).hexdigest()[:16]
