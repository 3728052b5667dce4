"""Monitoring for Flower federations."""

# Every Python process of a Flower environment imports this: nothing else may be imported here.
__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .hook.api import log_fl_event

__all__ = ["__version__", "log_fl_event"]


def __getattr__(name: str) -> object:
    """Imports `log_fl_event` only for those who use it."""
    if name == "log_fl_event":
        from .hook.api import log_fl_event

        return log_fl_event
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
