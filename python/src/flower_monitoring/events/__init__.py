"""Every event about training, once: what is emitted, checked and documented is made from this.

An event, once shipped, is an interface: names, fields and meaning do not change. The hook does not
import this package (a training process pays for imports); its tests hold what it emits against it.
"""

from __future__ import annotations

from .federation import (
    CLIENT_FAILURE,
    CLIENT_JOIN,
    CLIENT_LEAVE,
    GPU_DETECTED,
    GPU_UNAVAILABLE,
    TRAINING_STALLED,
)
from .spec import MAX_BYTES, PREFIX, Event, Field, span_id, trace_id
from .training import (
    CHECKPOINT_SAVED,
    EVALUATION_RESULT,
    HOOK_REPORT,
    ROUND_END,
    ROUND_METRICS,
    ROUND_PHASE,
    ROUND_REPLIES,
    ROUND_START,
    TRAINING_END,
    TRAINING_START,
)

SEED = (
    TRAINING_START,
    ROUND_START,
    ROUND_END,
    TRAINING_END,
    CLIENT_JOIN,
    CLIENT_LEAVE,
    CHECKPOINT_SAVED,
    EVALUATION_RESULT,
    CLIENT_FAILURE,
    TRAINING_STALLED,
    GPU_DETECTED,
    GPU_UNAVAILABLE,
)
"""The twelve that every reader can count on."""
DETAIL = (ROUND_PHASE, ROUND_METRICS, ROUND_REPLIES, HOOK_REPORT)
"""What the exporter's metrics need beside them."""
ALL = {event.name: event for event in (*SEED, *DETAIL)}

__all__ = ["ALL", "DETAIL", "MAX_BYTES", "PREFIX", "SEED", "Event", "Field", "span_id", "trace_id"]
