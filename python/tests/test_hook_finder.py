"""What the hook is built on: callbacks after imports, swallowed faults, settings."""

from __future__ import annotations

import importlib
import io
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from flower_monitoring.hook import finder, guard, identity, patches, run, settings
from hook_support import hooked

NAME = "module_that_is_waited_for"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The source of a module that can be imported, and the finder."""
    monkeypatch.syspath_prepend(str(tmp_path))
    source = tmp_path / f"{NAME}.py"
    source.write_text("VALUE = 1\n")
    finder.install()
    yield source
    finder.remove()
    sys.modules.pop(NAME, None)


def test_a_module_is_given_to_the_callback_when_it_is_complete(module: Path) -> None:
    given: list[int] = []
    finder.after_import(NAME, lambda loaded: given.append(loaded.VALUE))
    assert given == []
    loaded = importlib.import_module(NAME)
    assert given == [1]
    assert type(loaded.__loader__).__name__ == "SourceFileLoader"
    assert "exec_module" not in vars(loaded.__loader__)
    assert loaded.__file__ == str(module)


def test_a_module_that_is_loaded_already_is_given_at_once(module: Path) -> None:
    del module
    importlib.import_module(NAME)
    given: list[ModuleType] = []
    finder.after_import(NAME, given.append)
    assert [loaded.__name__ for loaded in given] == [NAME]


def test_a_module_that_is_executed_again_is_given_again(module: Path) -> None:
    given: list[ModuleType] = []
    finder.after_import(NAME, given.append)
    loaded = importlib.import_module(NAME)
    module.touch()
    assert importlib.reload(loaded) is loaded
    assert given == [loaded, loaded]


def test_what_a_module_raises_is_raised(module: Path) -> None:
    module.write_text("raise ZeroDivisionError")
    given: list[ModuleType] = []
    finder.after_import(NAME, given.append)
    with pytest.raises(ZeroDivisionError):
        importlib.import_module(NAME)
    assert given == []


def test_a_callback_that_fails_is_swallowed(module: Path) -> None:
    del module
    guard.reset()
    finder.after_import(NAME, _fail)
    assert importlib.import_module(NAME).VALUE == 1
    assert guard.errors == 1
    guard.reset()


def _fail(_: ModuleType) -> None:
    raise ValueError("ours")


def test_a_module_that_does_not_exist_still_does_not() -> None:
    finder.install()
    finder.after_import("module_that_is_not_there", lambda _: None)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("module_that_is_not_there")
    finder.remove()


def test_a_fault_is_counted_and_the_log_is_not_filled(caplog: pytest.LogCaptureFixture) -> None:
    guard.reset()

    @guard.guarded
    def fail() -> int:
        raise ValueError("ours")

    with caplog.at_level(logging.DEBUG, "flwr"):
        assert [fail() for _ in range(20)] == [None] * 20
    assert guard.errors == 20
    assert len(caplog.records) == guard.MAX_TOLD
    assert {record.levelname for record in caplog.records} == {"DEBUG"}
    guard.reset()


def test_a_fault_that_cannot_even_be_told_is_swallowed_too() -> None:
    class Mute(Exception):
        """Has no text."""

        def __str__(self) -> str:
            raise ValueError("no text")

    @guard.guarded
    def fail() -> None:
        raise Mute

    guard.reset()
    fail()
    assert guard.errors == 1
    guard.reset()


@pytest.mark.parametrize("stop", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_is_no_exception_is_not_swallowed(stop: type[BaseException]) -> None:
    @guard.guarded
    def stopped() -> None:
        raise stop

    with pytest.raises(stop):
        stopped()


def test_all_moved_names_are_one_warning_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    guard.reset()
    for name in ("flwr.a", "flwr.b", "flwr.a"):
        guard.moved(name)
    with caplog.at_level(logging.WARNING, "flwr"):
        guard.warn_moved()
        guard.moved("flwr.c")
        guard.warn_moved()
    (record,) = caplog.records
    assert "flwr.a, flwr.b not found" in record.getMessage()
    assert guard.moved_names() == ["flwr.a", "flwr.b", "flwr.c"]
    guard.reset()


def test_a_method_is_replaced_once_and_looks_like_itself() -> None:
    class Flowers:
        def method(self, value: int) -> int:
            """Doc."""
            return value

    original = Flowers.method
    for _ in range(2):
        patches.replace(Flowers, "method", lambda inner: lambda self, value: inner(self, value) + 1)
    assert Flowers().method(1) == 2
    assert (Flowers.method.__name__, Flowers.method.__doc__) == ("method", "Doc.")
    assert Flowers.method.__qualname__ == original.__qualname__
    patches.remove()
    assert Flowers.method is original


def test_settings_come_from_the_environment_then_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "flower_monitoring.conf"
    file.write_text(
        "# FL_COMMENT=1\n\n FL_LOG_FORMAT = json \nFL_EMPTY=\nno line\n"
        "FL_METRICS_ENABLED=YES\nFL_METRICS_PORT=9199\nFL_LOSS_METRIC=a=b\n"
    )
    monkeypatch.setattr(settings, "path", lambda: str(file))
    for name in ("FL_LOG_FORMAT", "FL_METRICS_ENABLED", "FL_METRICS_PORT", "FL_LOSS_METRIC"):
        monkeypatch.delenv(name, raising=False)
    settings.reset()
    names = ("FL_LOG_FORMAT", "FL_COMMENT", "FL_EMPTY", "FL_METRICS_ENABLED", "FL_METRICS_PORT")
    assert [settings.get(name) for name in names] == ["json", None, None, None, None]
    assert settings.get("FL_LOSS_METRIC") == "a=b"
    monkeypatch.setenv("FL_LOG_FORMAT", "text")
    monkeypatch.setenv("FL_METRICS_ENABLED", "NO")
    assert settings.get("FL_LOG_FORMAT") == "text"
    assert settings.get("FL_METRICS_ENABLED") == "NO"
    settings.reset()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    file = tmp_path / "flower_monitoring.conf"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(settings, "path", lambda: str(file))
    settings.reset()
    assert settings.get("FL_NO_SUCH") is None
    assert settings.enabled()
    settings.reset()


def test_the_settings_file_is_beside_the_package() -> None:
    assert settings.path() == str(Path(settings.__file__).parents[2] / "flower_monitoring.conf")


def test_who_the_process_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from flwr.supercore.task_identity import TaskIdentity

    for node, told in ((2**63, str(2**63)), (1, None), (0, None), (None, None)):
        monkeypatch.setattr(TaskIdentity, "_node_id", node)
        monkeypatch.setattr(TaskIdentity, "_run_id", node)
        assert identity.node_id() == told
        assert identity.run_id() == (None if node is None else str(node))
    with hooked():
        assert identity.round() is None
        run.current = run.RunObserver("1.0.0")
        assert identity.round() == 0
        run.current.enter(3, "train")
        assert identity.round() == 3


def test_a_patch_that_a_setting_asks_for_is_not_even_imported_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted: list[str] = []
    importlib.import_module("flwr.supernode.cli.flower_supernode")
    monkeypatch.delenv("FL_GPU_ENABLED", raising=False)
    monkeypatch.setattr(patches, "_import", wanted.append)
    for value, expected in ((None, []), ("YES", ["gpu:patch"])):
        if value is not None:
            monkeypatch.setenv("FL_GPU_ENABLED", value)
        wanted.clear()
        patches.install()
        patches.remove()
        assert [target for target in wanted if target == "gpu:patch"] == expected


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Is set by a warning of Flower's logger; the first try of one is at once."""
    told = threading.Event()
    guard.reset()
    monkeypatch.setattr(guard, "WARN_SECONDS", 0.01)
    monkeypatch.setattr(logging.getLogger("flwr"), "warning", lambda *_: told.set())
    yield told
    guard.reset()


def test_moved_names_are_told_also_where_nothing_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, told: threading.Event
) -> None:
    monkeypatch.setattr(guard, "HEARD_SECONDS", 0)
    guard.moved("flwr.a")
    assert told.wait(30)


def test_moved_names_are_told_when_what_is_printed_is_handed_on(
    monkeypatch: pytest.MonkeyPatch, told: threading.Event
) -> None:
    stream = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", stream)
    guard.moved("flwr.a")
    assert not told.wait(1.5), "nobody would have heard it"
    stream.write = print  # type: ignore[method-assign, assignment]
    assert told.wait(30)
