"""Events of a run: what the hook in its ServerApp tells."""

from __future__ import annotations

from .spec import APIS, PHASES, ROUND, Event, Field

_STRATEGY = Field(
    "strategy", "string", "Class name of the strategy; `custom` for a loop of one's own."
)
_LOSS = Field("aggregated_loss", "number", "The round's loss; null when no metric is one.", True)
_ACCURACY = Field(
    "aggregated_accuracy", "number", "The round's accuracy; null when no metric is one.", True
)
_NUMBER = {"type": "number"}
_NUMBER_OR_NULL = {"type": ["number", "null"]}


TRAINING_START = Event(
    "training_start",
    "INFO",
    "hook",
    "A ServerApp begins to train.",
    (
        _STRATEGY,
        Field("num_rounds", "integer", "Configured rounds; null when nothing tells.", True),
        Field("min_clients", "integer", "Nodes that a round waits for; null when unknown.", True),
        Field("api", "string", "How the ServerApp drives its rounds.", values=APIS),
        Field("model_bytes", "integer", "Size of the initial arrays; null when unknown.", True),
        Field("hook_version", "string", "Version of flower-monitoring in the ServerApp."),
        Field("flower_version", "string", "Version of flwr in the ServerApp."),
    ),
)
ROUND_START = Event(
    "round_start",
    "INFO",
    "hook",
    "The strategy has selected the clients of a round, or a loop of one's own has sent messages.",
    (
        ROUND,
        Field("num_clients_selected", "integer", "Clients that get a message."),
        _STRATEGY,
    ),
)
ROUND_PHASE = Event(
    "round_phase",
    "INFO",
    "hook",
    "A part of a round begins. A phase that is over in under half a second may be left out.",
    (ROUND, Field("phase", "string", "The part that begins.", values=PHASES)),
)
ROUND_END = Event(
    "round_end",
    "INFO",
    "hook",
    "A round is aggregated and evaluated.",
    (
        ROUND,
        Field(
            "num_clients_responded",
            "integer",
            "Clients that answered the training (or, without "
            "training, the evaluation) without an error.",
        ),
        Field(
            "num_clients_failed",
            "integer",
            "Replies with an error and missing replies, both phases.",
        ),
        _LOSS,
        _ACCURACY,
        Field("round_duration_seconds", "number", "From the start of configure_train on."),
        Field("phases", "object", "Seconds by phase.", items=_NUMBER),
        Field("bytes_sent", "integer", "Content of the messages to clients, both phases."),
        Field("bytes_received", "integer", "Content of their replies, both phases."),
        Field(
            "num_examples", "number", "Sum of num-examples over train replies; null without.", True
        ),
    ),
)
ROUND_METRICS = Event(
    "round_metrics",
    "INFO",
    "hook",
    "Metrics of a round under the app's own names. Split into several when there are many.",
    (
        ROUND,
        Field(
            "phase",
            "string",
            "Where they come from: aggregated over clients, or the ServerApp's own evaluation.",
            values=("train", "evaluate", "central_evaluate"),
        ),
        Field(
            "metrics",
            "object",
            "Value by name; a list of numbers is left out.",
            items=_NUMBER_OR_NULL,
        ),
    ),
)
ROUND_REPLIES = Event(
    "round_replies",
    "INFO",
    "hook",
    "Good replies of a phase, one item for each client. Split into several when there are many.",
    (
        ROUND,
        Field("phase", "string", "The phase.", values=("train", "evaluate")),
        Field(
            "replies",
            "array",
            "Items [node_id, seconds, num_examples, bytes]: from the sending "
            "of the message to the ServerApp's taking of the reply (Flower polls every 3 s), the "
            "examples that it tells (null without), the bytes of its content.",
            items={"type": "array", "minItems": 4, "maxItems": 4},
        ),
    ),
)
EVALUATION_RESULT = Event(
    "evaluation_result",
    "INFO",
    "hook",
    "The ServerApp evaluated the global model itself.",
    (
        ROUND,
        Field("loss", "number", "Its loss; null when no metric is one.", True),
        Field("accuracy", "number", "Its accuracy; null when no metric is one.", True),
        Field("num_examples", "number", "Examples, when the app tells them.", True),
    ),
)
CHECKPOINT_SAVED = Event(
    "checkpoint_saved",
    "INFO",
    "hook",
    "The ServerApp wrote a checkpoint to disk.",
    (
        Field("round", "integer", "The round in which it was saved; 0 before the first."),
        Field("path", "string", "The file."),
        Field("size_bytes", "integer", "Its size; null when it cannot be read.", True),
    ),
)
TRAINING_END = Event(
    "training_end",
    "INFO",
    "hook",
    "Training is over. When the ServerApp cannot say so itself (killed, stopped), the exporter "
    "says it, from what Flower tells of the run.",
    (
        Field("total_rounds", "integer", "Rounds completed."),
        Field("final_loss", "number", "The last round's loss.", True),
        Field("final_accuracy", "number", "The last round's accuracy.", True),
        Field(
            "total_duration_seconds", "number", "From training_start on; null when unknown.", True
        ),
        Field("status", "string", "How it ended.", values=("complete", "failed", "stopped")),
        Field(
            "error_type", "string", "Class of the exception, or what Flower says of the run.", True
        ),
    ),
)
HOOK_REPORT = Event(
    "hook_report",
    "INFO",
    "hook",
    "What the hook could not do; told before training_end, and only when there is something.",
    (
        Field("errors", "integer", "Exceptions of the hook that were swallowed."),
        Field("dropped", "integer", "Events that could not be sent."),
        Field(
            "moved",
            "array",
            "Names of Flower's that were not where they were expected.",
            items={"type": "string"},
        ),
    ),
)
