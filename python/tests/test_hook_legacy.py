"""Strategies of the legacy API: a Server, one with a loop of its own, and the workflow."""

from __future__ import annotations

from typing import Any

import pytest
from flwr.app import Context, Message
from flwr.client import NumPyClient
from flwr.client.mod import secaggplus_mod
from flwr.clientapp import ClientApp
from flwr.server import (
    LegacyContext,
    ServerAppComponents,
    ServerConfig,
    SimpleClientManager,
)
from flwr.server.workflow import DefaultWorkflow, SecAggPlusWorkflow
from flwr.serverapp import Grid, ServerApp

from hook_legacy import Learner, Own, client_app, strategy
from hook_support import PHASES, Told, hooked, serve
from local_grid import Fault, LocalGrid, context

MODEL_BYTES = 176
FAILING_NODE = 102


def run(components: ServerAppComponents, grid: LocalGrid | None = None) -> Told:
    """What the hook tells of a ServerApp with these components."""
    with hooked() as told:
        app = ServerApp(server_fn=lambda _: components)
        app(grid or LocalGrid(client_app()), context())
    return told


def server(rounds: int = 1, **options: Any) -> ServerAppComponents:
    """Flower's own Server."""
    config = ServerConfig(num_rounds=rounds)
    return ServerAppComponents(strategy=strategy(**options), config=config)


def test_rounds_of_a_server_are_told_exactly() -> None:
    told = run(server(rounds=2))
    rounds = ["round_start", "round_replies", "round_metrics", "round_replies", "round_metrics"]
    assert told.names() == ["training_start", *2 * [*rounds, "round_end"], "training_end"]
    start = told.only("training_start")
    assert (start["strategy"], start["api"], start["num_rounds"]) == ("FedAvg", "legacy", 2)
    assert (start["min_clients"], start["model_bytes"]) == (2, MODEL_BYTES)
    assert [data["metrics"] for data in told.of("round_metrics")] == [
        {"train_loss": 0.5},
        {"loss": 1.0, "accuracy": 0.75},
        {"train_loss": 0.5},
        {"loss": 2.0, "accuracy": 0.75},
    ]
    first = told.of("round_end")[0]
    assert first["phases"] == sorted(PHASES)
    assert (first["num_clients_responded"], first["num_examples"]) == (2, 20)
    assert (first["aggregated_loss"], first["aggregated_accuracy"]) == (1.0, 0.75)
    assert first["bytes_sent"] > 2 * MODEL_BYTES
    assert first["bytes_received"] > 2 * MODEL_BYTES
    assert told.only("training_end")["total_rounds"] == 2


def test_central_evaluation_of_a_server_is_told_also_before_the_first_round() -> None:
    def evaluate(server_round: int, _: Any, __: Any) -> tuple[float, dict[str, float]]:
        return 5.0 - server_round, {"accuracy": 0.5}

    told = run(server(evaluate_fn=evaluate, fraction_evaluate=0.0, min_evaluate_clients=0))
    assert [(d["round"], d["loss"], d["accuracy"]) for d in told.of("evaluation_result")] == [
        (0, 5.0, 0.5),
        (1, 4.0, 0.5),
    ]
    assert told.only("round_end")["aggregated_loss"] == 4.0


@pytest.mark.parametrize(("code", "cause"), [(2, "exception"), (5, "node_gone"), (8, "crashed")])
def test_a_failure_names_its_node(code: int, cause: str) -> None:
    def fault(message: Message) -> int | None:
        return code if message.metadata.dst_node_id == FAILING_NODE else None

    told = run(server(), LocalGrid(client_app(), fault=fault))
    assert [
        (f["node_id"], f["error_type"], f["phase"], f["code"]) for f in told.of("client_failure")
    ] == [
        (str(FAILING_NODE), cause, "train", code),
        (str(FAILING_NODE), cause, "evaluate", code),
    ]
    end = told.only("round_end")
    assert (end["num_clients_responded"], end["num_clients_failed"]) == (1, 2)


def test_a_client_that_could_not_is_a_failure_though_it_answered() -> None:
    class Lazy(NumPyClient):
        """Has no evaluation."""

        def fit(self, parameters: Any, config: Any) -> Any:  # noqa: ARG002
            return parameters, 1, {}

    app = ClientApp(client_fn=lambda _: Lazy().to_client())
    told = run(server(), LocalGrid(app))
    assert {(f["phase"], f["error_type"], f["code"]) for f in told.of("client_failure")} == {
        ("evaluate", "unknown", 0)
    }
    assert told.only("round_end")["num_clients_failed"] == 2


def test_a_server_with_a_fit_of_its_own_is_told_from_its_first_round_on() -> None:
    own = Own(client_manager=SimpleClientManager(), strategy=strategy())
    told = run(ServerAppComponents(server=own, config=ServerConfig(num_rounds=2)))
    assert told.only("training_start")["api"] == "legacy"
    assert [data["round"] for data in told.of("round_end")] == [1, 2]
    assert told.only("training_end")["total_rounds"] == 2


def work(workflow: Any, options: dict[str, Any] | None = None) -> Told:
    """What the hook tells of a workflow of two rounds."""

    def main(grid: Grid, app_context: Context) -> None:
        config = ServerConfig(num_rounds=2)
        legacy = LegacyContext(app_context, config=config, strategy=strategy(**options or {}))
        workflow(grid, legacy)

    with hooked() as told:
        serve(main, LocalGrid(client_app(), nodes=(101, 102, 103)))
    return told


def test_a_workflow_is_told_like_a_server() -> None:
    told = work(DefaultWorkflow())
    start = told.only("training_start")
    assert (start["api"], start["strategy"], start["num_rounds"]) == ("workflow", "FedAvg", 2)
    ends = told.of("round_end")
    assert [(d["round"], d["num_clients_responded"], d["aggregated_loss"]) for d in ends] == [
        (1, 3, 1.0),
        (2, 3, 2.0),
    ]


def test_a_workflow_without_evaluation_ends_its_rounds_all_the_same() -> None:
    told = work(DefaultWorkflow(), {"fraction_evaluate": 0.0, "min_evaluate_clients": 0})
    assert [data["round"] for data in told.of("round_end")] == [1, 2]


def aggregate_securely(fault: Fault | None = None) -> Told:
    """What the hook tells of one round in which each client gets several messages to train."""

    def main(grid: Grid, app_context: Context) -> None:
        config = ServerConfig(num_rounds=1)
        legacy = LegacyContext(app_context, config=config, strategy=strategy())
        DefaultWorkflow(fit_workflow=SecAggPlusWorkflow(3, 2))(grid, legacy)

    app = ClientApp(client_fn=lambda _: Learner().to_client(), mods=[secaggplus_mod])
    with hooked() as told:
        serve(main, LocalGrid(app, (101, 102, 103), fault))
    return told


def test_the_many_messages_of_secure_aggregation_are_one_training_a_client() -> None:
    told = aggregate_securely()
    assert told.only("round_start")["num_clients_selected"] == 3
    assert told.only("round_end")["num_clients_responded"] == 3


def test_a_client_that_fails_in_a_later_part_of_its_training_did_not_respond() -> None:
    messages: list[Message] = []

    def fault(message: Message) -> int | None:
        if message.metadata.dst_node_id != FAILING_NODE or message.metadata.message_type != "train":
            return None
        messages.append(message)
        return 8 if len(messages) == 4 else None

    told = aggregate_securely(fault)
    end = told.only("round_end")
    assert (end["num_clients_responded"], end["num_clients_failed"]) == (2, 1)
