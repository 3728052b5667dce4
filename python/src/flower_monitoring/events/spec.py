"""What an event is, and how it is identified."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from flower_monitoring.trace import span_id, trace_id

__all__ = ["MAX_BYTES", "PREFIX", "Event", "Field", "span_id", "trace_id"]

PREFIX = "fl."
"""Before the event's name where it travels as a task event of Flower."""
MAX_BYTES = 1024
"""Largest data of one event, as UTF-8 JSON: Flower's database keeps events for ever."""

Source = Literal["hook", "exporter", "app"]
PHASES = (
    "configure_train",
    "train",
    "aggregate_train",
    "configure_evaluate",
    "evaluate",
    "aggregate_evaluate",
    "central_evaluate",
)
FAILURE_CAUSES = (
    "exception",
    "node_gone",
    "crashed",
    "timeout",
    "load",
    "mod",
    "fab",
    "message_lost",
    "unknown",
)
STALL_CAUSES = ("too_few_nodes", "no_reply", "no_progress")
APIS = ("message", "legacy", "workflow", "grid")


@dataclass(frozen=True)
class Field:
    """One field of an event's data. `kind` is its JSON type."""

    name: str
    kind: Literal["integer", "number", "string", "object", "array"]
    help: str
    nullable: bool = False
    required: bool = True
    values: tuple[str, ...] = ()
    items: dict[str, Any] = field(default_factory=dict)
    """JSON schema of what an array holds, or of an object's values."""

    def schema(self) -> dict[str, Any]:
        """This field as JSON schema."""
        schema: dict[str, Any] = {
            "type": [self.kind, "null"] if self.nullable else self.kind,
            "description": self.help,
        }
        if self.values:
            schema["enum"] = [*self.values, *([None] if self.nullable else [])]
        if self.items:
            schema["items" if self.kind == "array" else "additionalProperties"] = self.items
        return schema


@dataclass(frozen=True)
class Event:
    """One kind of event. `source` is who emits it, `level` that of its log line."""

    name: str
    level: Literal["INFO", "WARNING"]
    source: Source
    help: str
    fields: tuple[Field, ...]

    def schema(self) -> dict[str, Any]:
        """JSON schema (draft 2020-12) of the event's data. A reader must bear unknown fields."""
        fields = (*_COMMON, *self.fields)
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "description": self.help,
            "type": "object",
            "properties": {f.name: f.schema() for f in fields},
            "required": [f.name for f in fields if f.required],
        }


_COMMON = (
    Field("v", "integer", "Version of the event's format: 1."),
    Field("ts", "number", "When it happened: Unix seconds on the emitter's clock."),
)
ROUND = Field("round", "integer", "Number of the round, from 1; 0 before the first.")
