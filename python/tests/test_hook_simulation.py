"""The simulation runtime: its grid has no client of its own, its process has one."""

from __future__ import annotations

import gc

from flwr.simulation.simulationio_connection import SimulationIoConnection

from flower_monitoring.hook import guard, simulation
from hook_support import hooked, learner, rounds_of_two, serve
from local_grid import LocalGrid, RecordingClient


def test_events_of_a_simulation_go_through_the_connection_of_its_process() -> None:
    with hooked():
        connection = SimulationIoConnection("127.0.0.1:1", insecure=True, token="token")
        client = RecordingClient()
        connection._client = client  # type: ignore[assignment]
        grid = LocalGrid(learner())
        serve(lambda grid, _: rounds_of_two(grid), grid)
    assert grid.client.events == []
    assert client.events[-1][0] == "fl.training_end"
    assert guard.moved_names() == []


def test_a_connection_is_not_kept_alive() -> None:
    with hooked():
        connection = SimulationIoConnection("127.0.0.1:1", insecure=True, token="token")
        connection._client = RecordingClient()  # type: ignore[assignment]
        assert simulation.client() is connection._client
        del connection
        gc.collect()
        assert simulation.client() is None
