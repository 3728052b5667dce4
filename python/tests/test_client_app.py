"""A ClientApp with the hook around it: what its log says, and that nothing else is different."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import flwr.clientapp.client_app as module
import pytest
from flwr.app import ConfigRecord, Context, Message, RecordDict
from flwr.client import Client, NumPyClient
from flwr.clientapp import ClientApp
from flwr.common.typing import FitIns, Parameters
from flwr.compat.common.recorddict_compat import fitins_to_recorddict
from flwr.supercore.task_identity import TaskIdentity

from catalogue import check
from flower_monitoring.hook import client_app, guard, patches, variables
from recording import recorded_log

RUN, NODE = 2**63 + 5, 2**63 + 9


@pytest.fixture(autouse=True)
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FL_LOG_FORMAT", "json")
    monkeypatch.setattr(TaskIdentity, "_run_id", RUN)
    monkeypatch.setattr(TaskIdentity, "_task_id", 1)
    monkeypatch.setattr(TaskIdentity, "_node_id", NODE)
    variables.reset()
    monkeypatch.setattr(guard, "errors", 0)
    client_app.patch(module)
    yield
    patches.remove()
    variables.reset()
    assert guard.errors == 0


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    with recorded_log() as seen:
        yield seen


def message(kind: str = "train", group: str = "", server_round: int | str | None = None) -> Message:
    config = ConfigRecord()
    if server_round is not None:
        config["server-round"] = server_round
    content = RecordDict({"settings": config})
    made = Message(content, dst_node_id=NODE, message_type=kind)
    made.metadata.group_id = group
    return made


def context() -> Context:
    return Context(RUN, NODE, {"partition-id": 0}, RecordDict(), {})


def app_of(function: Callable[[Message, Context], Message], **arguments: Any) -> ClientApp:
    app = ClientApp()
    app.train(**arguments)(function)
    app.train("tuned", **arguments)(function)
    app.query(**arguments)(function)
    return app


def reply(to: Message, _: Context) -> Message:
    return Message(RecordDict(), reply_to=to)


def test_the_reply_is_the_apps_own_object() -> None:
    made: list[Message] = []

    def train(to: Message, _: Context) -> Message:
        made.append(reply(to, _))
        return made[0]

    sent = message(server_round=3)
    before = dict(vars(sent.metadata))
    assert app_of(train)(message=sent, context=context()) is made[0]
    assert vars(sent.metadata) == before


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (lambda: message(server_round=3), {"round": 3, "message_type": "train"}),
        (lambda: message("train.tuned"), {"message_type": "train.tuned"}),
        (lambda: message(group="4"), {"round": 4, "message_type": "train"}),
        (lambda: message(group="00-trace"), {"message_type": "train"}),
        (lambda: message("query", server_round="3"), {"message_type": "query"}),
    ],
)
def test_inside_it_is_known_what_is_worked_on(
    sent: Callable[[], Message], expected: dict[str, Any]
) -> None:
    seen: list[Any] = []

    def work(to: Message, own: Context) -> Message:
        seen.append(dict(client_app.working_on()))
        return reply(to, own)

    app_of(work)(sent(), context())
    assert seen == [{"run_id": str(RUN), "node": str(NODE), **expected}]
    assert not client_app.is_working()


def test_mods_and_the_lifespan_are_inside_too() -> None:
    seen: list[bool] = []

    def mod(to: Message, own: Context, call: Callable[[Message, Context], Message]) -> Message:
        seen.append(client_app.is_working())
        return call(to, own)

    app = app_of(reply, mods=[mod])

    @app.lifespan()
    def lifespan(_: Context) -> Iterator[None]:
        seen.append(client_app.is_working())
        yield
        seen.append(client_app.is_working())

    app(message(), context())
    assert seen == [True, True, True]


def test_a_legacy_client(records: list[logging.LogRecord]) -> None:
    class Own(NumPyClient):
        def fit(self, parameters: Any, _: Any) -> Any:
            assert client_app.working_on()["round"] == 2
            return parameters, 1, {}

    def client_fn(_: Context) -> Client:
        return Own().to_client()

    content = fitins_to_recorddict(FitIns(Parameters([], "numpy.ndarray"), {}), keep_input=True)
    sent = Message(content, dst_node_id=NODE, message_type="train")
    sent.metadata.group_id = "2"
    assert not ClientApp(client_fn=client_fn)(sent, context()).has_error()
    assert [record.getMessage()[:21] for record in records] == ["ClientApp: train done"]


def test_how_long_the_clients_own_work_took(
    records: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([100.0, 102.5])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    app_of(reply)(message(), context())
    [told] = records
    assert (told.levelname, told.getMessage()) == ("INFO", "ClientApp: train done in 2.500 s")
    assert vars(told)["seconds"] == 2.5


@pytest.mark.parametrize(
    ("kind", "phase"), [("train", "train"), ("train.tuned", "train"), ("query", "query")]
)
def test_an_exception_is_told_and_raised_as_it_is(
    kind: str, phase: str, records: list[logging.LogRecord]
) -> None:
    raised = ZeroDivisionError("division by zero")

    def work(*_: object) -> Message:
        raise raised

    with pytest.raises(ZeroDivisionError) as caught:
        app_of(work)(message(kind, server_round=3), context())
    assert caught.value is raised
    [told] = records
    assert told.levelname == "WARNING"
    assert told.getMessage() == f"ClientApp: {phase} raised ZeroDivisionError: division by zero"
    event, data = vars(told)["fl_event"], vars(told)["fl_data"]
    check([(event, data)])
    assert event == "client_failure"
    assert {key: data[key] for key in ("round", "node_id", "error_type", "phase", "code")} == {
        "round": 3,
        "node_id": str(NODE),
        "error_type": "exception",
        "phase": phase,
        "code": 2,
    }
    assert not client_app.is_working()


def test_the_end_of_the_process_is_no_failure(records: list[logging.LogRecord]) -> None:
    def work(*_: object) -> Message:
        raise SystemExit(0)

    with pytest.raises(SystemExit):
        app_of(work)(message(), context())
    assert not records


def test_text_logs_have_nothing_of_it(
    records: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FL_LOG_FORMAT", "text")
    variables.reset()
    app_of(reply)(message(), context())
    assert records == []


def test_many_at_once_each_with_its_own(records: list[logging.LogRecord]) -> None:
    """A simulation calls the ClientApps of many nodes in the threads of one process."""
    together = threading.Barrier(8)

    def work(to: Message, own: Context) -> Message:
        together.wait(10)
        logging.getLogger("flwr").info("%s", own.node_id, extra=dict(client_app.working_on()))
        together.wait(10)
        return reply(to, own)

    app = app_of(work)

    def one(node: int) -> None:
        app(message(group=str(node)), Context(RUN, node, {}, RecordDict(), {}))

    threads = [threading.Thread(target=one, args=(node,)) for node in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [vars(record) for record in records if "done" not in record.getMessage()]
    told = sorted((one["node"], one["round"], one["msg"] % one["args"]) for one in said)
    assert told == [(str(node), node, str(node)) for node in range(8)]


@pytest.mark.parametrize("kind", ["get_parameters", "reconnect"])
def test_a_message_that_is_none_of_the_three_phases(
    kind: str, records: list[logging.LogRecord]
) -> None:
    with pytest.raises(ValueError, match="Invalid message type"):
        app_of(reply)(message(kind), context())
    assert vars(records[0])["fl_data"]["phase"] == "query"


def test_a_message_that_is_not_what_the_hook_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that the hook reads are gone: the app works as before."""
    made = reply(message(), context())

    class Other:
        _call = staticmethod(lambda *_: made)
        _lifespan = staticmethod(module._empty_lifespan)

    assert ClientApp.__call__(Other(), object(), object()) is made  # type: ignore[arg-type]
    assert guard.errors == 1
    monkeypatch.setattr(guard, "errors", 0)
