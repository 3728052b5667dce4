"""From a ServerApp's call to its return: where its events go, how it begins and how it ends."""

from __future__ import annotations

from . import channel, figures, grid, guard, identity, patches, run, simulation, transports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HTTP_GRID = "HttpGrid"
"""The only class of grid that has a connection of its own."""
ROUNDS_KEY = "num-server-rounds"
"""What Flower's own app templates call the number of rounds in the run's config."""


@guard.guarded
def begin(args: Any, kwargs: Any) -> run.RunObserver | None:
    """The observer of a ServerApp that is called with these; None within another one."""
    if run.current is not None:
        return None
    patches.install_in_serverapp()
    given = kwargs.get("grid", args[0] if args else None)
    context = kwargs.get("context", args[1] if len(args) > 1 else None)
    grid.watch(given)
    channel.sender.use(_transport(given))
    guard.guarded(patches.note_missing_modules)()
    # What is not where it is expected is noted here, and told at once.
    guard.guarded(identity.run_id)()
    guard.guarded(identity.node_id)()
    guard.warn_moved()
    version = getattr(__import__("flwr"), "__version__", "unknown")
    run.current = run.RunObserver(str(version), _num_rounds(context))
    return run.current


@guard.guarded
def end(observer: run.RunObserver, error: BaseException | None) -> None:
    """It has returned, or raised. Takes as long as the last events do, at most 2 s."""
    if error is None:
        observer.end("complete", None)
    else:
        # What Flower raises in a ServerApp that is told to stop is no Exception.
        status = "failed" if isinstance(error, Exception) else "stopped"
        observer.end(status, type(error).__name__)
    run.current = None
    # Flower takes the run's token back as soon as the ServerApp has returned.
    channel.flush()
    channel.sender.use(None)


@guard.guarded
def _transport(given: Any) -> transports.TaskEvents | None:
    client = simulation.client()
    if client is None and any(cls.__name__ == HTTP_GRID for cls in type(given).__mro__):
        client = patches.get(given, "grid_client")
    return None if client is None else transports.task_events(client)


@guard.guarded
def _num_rounds(context: Any) -> int | None:
    return figures.as_count(context.run_config.get(ROUNDS_KEY))
