"""Loops of the app's own over the grid: what is a round, and that messages are left alone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flwr.app import ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid

from hook_support import Told, hooked, learner, messages, rounds_of_two, serve
from local_grid import NO_REPLY, LocalGrid, Wrapper


def loop(main: Callable[[Grid], object], grid: LocalGrid | None = None) -> Told:
    """What the hook tells of an app with this loop."""
    with hooked() as told:
        serve(lambda grid, _: main(grid), grid or LocalGrid(learner()))
    return told


def test_each_training_of_all_clients_is_a_round() -> None:
    told = loop(rounds_of_two)
    rounds = ["round_start", "round_replies", "round_metrics", "round_replies", "round_metrics"]
    assert told.names() == ["training_start", *2 * [*rounds, "round_end"], "training_end"]
    start = told.only("training_start")
    assert (start["strategy"], start["api"]) == ("custom", "grid")
    assert (start["num_rounds"], start["min_clients"], start["model_bytes"]) == (None, None, 336)
    ends = told.of("round_end")
    assert [data["round"] for data in ends] == [1, 2]
    assert [data["num_clients_responded"] for data in ends] == [2, 2]
    assert ends[0]["phases"] == ["evaluate", "train"]
    assert (ends[0]["bytes_received"], ends[0]["num_examples"]) == (2 * 376 + 2 * 79, 203)
    assert told.only("training_end")["total_rounds"] == 2


def test_what_the_app_makes_of_its_replies_is_stood_for_by_their_mean() -> None:
    told = loop(rounds_of_two)
    weighted = (101 * 101 + 102 * 102) / 203
    assert told.of("round_metrics")[:2] == [
        {"round": 1, "phase": "train", "metrics": {"train_loss": pytest.approx(weighted)}},
        {"round": 1, "phase": "evaluate", "metrics": {"eval_loss": 1.0, "eval_accuracy": 0.5}},
    ]
    assert told.of("round_end")[0]["aggregated_loss"] == 1.0


def test_a_round_that_the_messages_name_counts() -> None:
    def main(grid: Grid) -> None:
        for server_round in (3, 3, 7):
            grid.send_and_receive(messages(grid, server_round=server_round))

    told = loop(main)
    assert [data["round"] for data in told.of("round_start")] == [3, 7]
    assert [data["round"] for data in told.of("round_end")] == [3, 7]


def test_the_number_of_rounds_is_taken_from_the_runs_config_if_it_has_one() -> None:
    with hooked() as told:
        serve(lambda grid, _: rounds_of_two(grid), LocalGrid(learner()), **{"num-server-rounds": 2})
    assert told.only("training_start")["num_rounds"] == 2


def test_messages_that_are_pushed_one_by_one_are_one_round_until_replies_are_taken() -> None:
    def main(grid: Grid) -> None:
        for _ in range(2):
            ids = [i for message in messages(grid) for i in grid.push_messages([message])]
            assert len(list(grid.pull_messages(ids))) == 2

    told = loop(main)
    starts = told.of("round_start")
    assert [(d["round"], d["num_clients_selected"]) for d in starts] == [(1, 2), (2, 2)]
    assert [d["num_clients_responded"] for d in told.of("round_end")] == [2, 2]
    assert [d["aggregated_loss"] is not None for d in told.of("round_end")] == [True, True]


def test_missing_replies_are_told_when_the_call_is_over() -> None:
    def fault(message: Message) -> int | None:
        return NO_REPLY if message.metadata.dst_node_id == 102 else None

    def main(grid: Grid) -> None:
        grid.send_and_receive(messages(grid), timeout=0.1)

    told = loop(main, LocalGrid(learner(), fault=fault))
    assert told.names().index("client_failure") < told.names().index("round_end")
    failure = told.only("client_failure")
    assert (failure["node_id"], failure["error_type"]) == ("102", "timeout")


def test_pushed_messages_that_stay_without_reply_are_told_at_the_rounds_end() -> None:
    def fault(message: Message) -> int | None:
        return NO_REPLY if message.metadata.dst_node_id == 102 else None

    def main(grid: Grid) -> None:
        grid.pull_messages(grid.push_messages(messages(grid)))
        grid.pull_messages(grid.push_messages(messages(grid)))

    told = loop(main, LocalGrid(learner(), fault=fault))
    assert [f["round"] for f in told.of("client_failure")] == [1, 2]


def test_a_config_with_an_empty_list_is_counted_though_flower_cannot() -> None:
    config: Any = {"none": [], "some": ["ab", "c"], "one": 1.5}
    with pytest.raises(IndexError):
        ConfigRecord(config).count_bytes()
    told = loop(lambda grid: grid.send_and_receive(messages(grid, **config)))
    end = told.only("round_end")
    assert end["bytes_sent"] == 2 * (338 + len("nonesomeone") + len("abc") + 8)
    assert end["num_clients_responded"] == 2


def test_queries_are_no_training_but_their_failures_are_told() -> None:
    def main(grid: Grid) -> None:
        grid.send_and_receive(messages(grid, "query"))

    told = loop(main, LocalGrid(learner(), fault=lambda _: 8))
    assert told.names() == ["client_failure", "client_failure", "training_end"]
    assert {(f["round"], f["phase"]) for f in told.of("client_failure")} == {(0, "query")}
    end = told.only("training_end")
    assert (end["total_rounds"], end["status"]) == (0, "complete")


def test_an_app_that_fails_before_it_trains_is_told_as_failed() -> None:
    def main(_: Grid) -> None:
        raise FileNotFoundError("no data")

    with hooked() as told, pytest.raises(FileNotFoundError, match="no data"):
        serve(lambda grid, _: main(grid), LocalGrid(learner()))
    end = told.only("training_end")
    assert (end["status"], end["error_type"]) == ("failed", "FileNotFoundError")
    assert told.events[-1][1]["total_duration_seconds"] is None


def test_messages_through_a_grid_around_the_grid_count_once() -> None:
    told = loop(lambda grid: rounds_of_two(Wrapper(grid)))
    assert [data["num_clients_selected"] for data in told.of("round_start")] == [2, 2]
    assert told.of("round_end")[0]["num_examples"] == 203


class Closed(LocalGrid):
    """Sends in a way of its own."""

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        push, pull = LocalGrid.push_messages, LocalGrid.pull_messages
        del timeout
        ids = getattr(push, "__wrapped__", push)(self, messages)
        return list(getattr(pull, "__wrapped__", pull)(self, ids))


def test_a_grid_that_sends_in_a_way_of_its_own_is_seen_from_outside() -> None:
    told = loop(rounds_of_two, Closed(learner()))
    assert [data["num_clients_responded"] for data in told.of("round_end")] == [2, 2]


def test_the_app_gets_flowers_own_messages_and_ids() -> None:
    seen: list[Message] = []
    ids: list[str] = []

    def main(grid: Grid) -> None:
        sent = messages(grid)
        pushed = grid.push_messages(iter(sent))
        ids.extend(pushed)
        assert ids == [message.metadata.message_id for message in sent]
        seen.extend(grid.pull_messages(ids))

    told = loop(main)
    assert {message.metadata.reply_to_message_id for message in seen} == set(ids)
    assert told.only("round_start")["num_clients_selected"] == 2


class Once(LocalGrid):
    """Notes whether what it is given can be read more than once."""

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        self.once = iter(messages) is messages
        return super().push_messages(messages)


@pytest.mark.parametrize("lazy", [False, True])
def test_flower_gets_a_generator_for_a_generator_and_a_list_for_a_list(lazy: bool) -> None:
    def main(grid: Grid) -> None:
        batch = messages(grid)
        grid.send_and_receive((m for m in batch) if lazy else batch)

    grid = Once(learner())
    told = loop(main, grid)
    assert grid.once == lazy
    assert told.only("round_end")["bytes_sent"] > 0


class Watching(LocalGrid):
    """Looks, while it waits for replies, at which messages are still in memory."""

    alive: list[int]
    sent: list[weakref.ref[Message]]

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        given = list(messages)
        self.sent = [weakref.ref(message) for message in given]
        return super().push_messages(given)

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        gc.collect()
        self.alive = [index for index, ref in enumerate(self.sent) if ref() is not None]
        return super().pull_messages(message_ids)


@pytest.mark.parametrize("lazy", [False, True])
def test_no_message_is_kept_while_flower_waits_for_the_replies(lazy: bool) -> None:
    def main(grid: Grid) -> None:
        if lazy:
            grid.send_and_receive((m for m in messages(grid)), timeout=1)
        else:
            grid.send_and_receive(messages(grid), timeout=1)

    grid = Watching(learner())
    told = loop(main, grid)
    assert grid.alive == []
    assert told.only("round_end")["num_clients_responded"] == 2


def test_no_reply_is_kept_after_the_app_let_go_of_it() -> None:
    refs: list[weakref.ref[Message]] = []

    def main(grid: Grid) -> None:
        refs.extend(weakref.ref(reply) for reply in grid.send_and_receive(messages(grid)))
        gc.collect()
        assert [ref() for ref in refs] == [None, None]

    loop(main)


def test_replies_without_metrics_or_examples_are_counted_all_the_same() -> None:
    app = ClientApp()

    @app.train()
    def train(message: Message, _: Context) -> Message:
        return Message(RecordDict({"m": MetricRecord({"loss": 2.0})}), reply_to=message)

    told = loop(lambda grid: grid.send_and_receive(messages(grid)), LocalGrid(app))
    end = told.only("round_end")
    assert (end["num_examples"], end["aggregated_loss"]) == (None, 2.0)
    assert [reply[1] for reply in told.only("round_replies")["replies"]] == [None, None]
