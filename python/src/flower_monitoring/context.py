"""The variables that a host's context gives to Flower's processes and to the exporter.

The hook reads this in training processes, so it imports nothing at all.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = (
    "FL_LOG_FORMAT",
    "FL_METRICS_ENABLED",
    "FL_METRICS_PORT",
    "FL_GPU_ENABLED",
    "FL_DCGM_ENABLED",
)
LOG_FORMATS = ("text", "json")
FLOWER_PORTS = (8000, 9091, 9092, 9093, 9094)
"""8000 the SuperLink, 9094 the SuperNode, the others the SuperLink's before Flower 1.40."""
LOWEST_PORT, HIGHEST_PORT = 1024, 65535


class Context:
    """Checked values, and the defaults of those that are not given."""

    def __init__(self) -> None:
        self.log_format = "text"
        """`text` is Flower's own, `json` one object a line."""
        self.metrics_enabled = False
        """Whether a ServerApp or simulation serves /metrics itself."""
        self.metrics_port = 9101
        """TCP port of /metrics."""
        self.gpu_enabled = False
        """Whether a SuperNode is meant to train on a GPU."""
        self.dcgm_enabled = False
        """Whether the host runs NVIDIA's DCGM exporter."""


class ContextError(Exception):
    """One or more variables are wrong.

    `faults` has a line for each; `context` the right ones, and the defaults of the wrong ones.
    """

    def __init__(self, faults: list[str], context: Context) -> None:
        self.faults = faults
        self.context = context
        super().__init__("\n".join(faults))


def read_context(environ: Mapping[str, str]) -> Context:
    """The variables of `environ`; one that is missing or empty has its default.

    Raises ContextError with every fault found, not only the first.
    """
    context = Context()
    faults: list[str] = []

    def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
        value = environ.get(name) or default
        if value in allowed:
            return value
        faults.append(_fault(name, value, " or ".join(allowed)))
        return default

    context.log_format = choice("FL_LOG_FORMAT", LOG_FORMATS, context.log_format)
    context.metrics_enabled = choice("FL_METRICS_ENABLED", ("YES", "NO"), "NO") == "YES"
    context.metrics_port = _port(environ, faults, context.metrics_port)
    context.gpu_enabled = choice("FL_GPU_ENABLED", ("YES", "NO"), "NO") == "YES"
    context.dcgm_enabled = choice("FL_DCGM_ENABLED", ("YES", "NO"), "NO") == "YES"
    if context.dcgm_enabled and not context.gpu_enabled:
        faults.append(
            "FL_DCGM_ENABLED: got 'YES' without a GPU; allowed: YES only beside "
            "FL_GPU_ENABLED=YES; set FL_GPU_ENABLED=YES, or FL_DCGM_ENABLED=NO"
        )
        context.dcgm_enabled = False
    if faults:
        raise ContextError(faults, context)
    return context


def _port(environ: Mapping[str, str], faults: list[str], default: int) -> int:
    name = "FL_METRICS_PORT"
    value = environ.get(name) or str(default)
    decimal = value.isascii() and value.isdigit() and len(value) <= len(str(HIGHEST_PORT))
    if not decimal or not LOWEST_PORT <= int(value) <= HIGHEST_PORT:
        allowed = f"a whole number from {LOWEST_PORT} to {HIGHEST_PORT}"
        faults.append(_fault(name, value, allowed))
        return default
    if int(value) in FLOWER_PORTS:
        taken = ", ".join(map(str, FLOWER_PORTS))
        faults.append(
            f"{name}: got '{value}', a port of Flower's; allowed: any but {taken}; "
            f"set another port, or leave it out for {default}"
        )
        return default
    return int(value)


def _fault(name: str, value: str, allowed: str) -> str:
    return f"{name}: got {value!r}; allowed: {allowed}; set one of these, or leave it out"
