"""Checkpoints of a ServerApp: which calls are told, and that none is changed.

torch and safetensors are modules of the test's own with the same functions: the real torch is too
large to install for it.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from catalogue import check
from flower_monitoring.hook import channel, checkpoints, client_app, guard, identity, patches

ARRAY = np.arange(6.0)


@pytest.fixture(autouse=True)
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[tuple[int, str, int | None]]]:
    """Round, path and size of each checkpoint, with the hook in numpy, in round 3."""
    events: list[tuple[int, str, int | None]] = []

    def sink(event: str, data: Any) -> None:
        check([(event, data)])
        events.append((data["round"], data["path"], data["size_bytes"]))

    monkeypatch.setattr(guard, "errors", 0)
    monkeypatch.setattr(identity, "round", lambda: 3)
    monkeypatch.chdir(tmp_path)
    checkpoints.patch_numpy(np)
    channel.add_sink(sink)
    yield events
    channel.remove_sink(sink)
    patches.remove()
    assert guard.errors == 0


def write(size: int) -> Callable[..., str]:
    """A saver of the test's own: takes what the real one takes, writes `size` bytes."""

    def save(first: Any, target: Any = None, *_: Any, **named: Any) -> str:
        target = named.get("f", named.get("filename", target))
        if hasattr(target, "write"):
            target.write(b"x" * size)
        else:
            Path(target).write_bytes(b"x" * size)
        return f"saved {first}"

    return save


def module(name: str, **functions: Callable[..., Any]) -> Any:
    made = ModuleType(name)
    vars(made).update(functions)
    return made


@pytest.mark.parametrize(
    ("save", "file"),
    [
        (lambda: np.save("weights.npy", ARRAY), "weights.npy"),
        (lambda: np.save("weights", ARRAY), "weights.npy"),
        (lambda: np.save(file="weights", arr=ARRAY), "weights.npy"),
        (lambda: np.save(Path("round-3"), ARRAY), "round-3.npy"),
        (lambda: np.savez("weights", a=ARRAY, b=ARRAY), "weights.npz"),
        (lambda: np.savez_compressed(Path("weights.npz"), ARRAY), "weights.npz"),
    ],
)
def test_numpy(save: Callable[[], None], file: str, tmp_path: Path, told: list[Any]) -> None:
    save()
    path = tmp_path / file
    assert told == [(3, str(path), path.stat().st_size)]


@pytest.mark.parametrize(
    ("save", "patch", "name"),
    [
        (lambda m, target: m.save("state", target), checkpoints.patch_torch, "save"),
        (lambda m, target: m.save("state", f=target), checkpoints.patch_torch, "save"),
        (
            lambda m, target: m.save_file("state", target, {"format": "pt"}),
            checkpoints.patch_safetensors,
            "save_file",
        ),
        (
            lambda m, target: m.save_file("state", filename=target),
            checkpoints.patch_safetensors,
            "save_file",
        ),
        (lambda m, target: m.dump("state", target, 3), checkpoints.patch_joblib, "dump"),
    ],
)
@pytest.mark.parametrize("kind", [str, Path])
def test_the_others(
    save: Callable[[Any, Any], str],
    patch: Callable[[Any], None],
    name: str,
    kind: type,
    tmp_path: Path,
    told: list[Any],
) -> None:
    library = module("library", **{name: write(7)})
    patch(library)
    assert save(library, kind("model.bin")) == "saved state"
    assert told == [(3, str(tmp_path / "model.bin"), 7)]


def test_an_open_file_is_no_target(told: list[Any]) -> None:
    torch = module("torch", save=write(7))
    checkpoints.patch_torch(torch)
    with Path("model.pt").open("wb") as file:
        torch.save("state", file)
        np.save(file, ARRAY)
    assert Path("model.pt").stat().st_size > 7
    assert told == []


def test_a_call_within_a_call_is_one_checkpoint(tmp_path: Path, told: list[Any]) -> None:
    def dump(value: Any, filename: str) -> None:
        np.save(filename + ".part.npy", value)
        Path(filename).write_bytes(b"index")

    joblib = module("joblib", dump=dump)
    checkpoints.patch_joblib(joblib)
    joblib.dump(ARRAY, "model.joblib")
    np.save("next.npy", ARRAY)
    assert [path for _, path, _ in told] == [
        str(tmp_path / "model.joblib"),
        str(tmp_path / "next.npy"),
    ]


def test_a_call_that_fails_is_none(told: list[Any]) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        np.save("missing/weights.npy", ARRAY)
    assert caught.value.filename == "missing/weights.npy"
    np.save("weights.npy", ARRAY)
    assert len(told) == 1


def test_wrong_arguments_fail_as_ever(told: list[Any]) -> None:
    with pytest.raises(TypeError, match="argument"):
        np.save()  # type: ignore[call-arg]
    assert told == []


def test_scratch_files_are_none(told: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        np.save(f"{directory}/cache.npy", ARRAY)
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file.name, ARRAY)
    assert told == []


def test_what_an_app_names_in_the_temporary_directory_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[Any]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    np.save(tmp_path / "weights.npy", ARRAY)
    np.save(tmp_path / "tmp.npy", ARRAY)
    assert len(told) == 2
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))
    (tmp_path / "models" / "tmpabcdefgh").mkdir(parents=True)
    np.save(tmp_path / "models" / "tmpabcdefgh" / "weights.npy", ARRAY)
    np.save(tmp_path.parent / "weights.npy", ARRAY)
    assert len(told) == 4


def test_what_a_simulated_client_saves_is_not_the_serverapps(told: list[Any]) -> None:
    token = client_app._working_on.set({})
    np.save("client.npy", ARRAY)
    client_app._working_on.reset(token)
    assert told == []


def test_what_is_no_file_is_no_checkpoint(told: list[Any]) -> None:
    library = module("library", save_file=lambda *_: None)
    checkpoints.patch_safetensors(library)
    library.save_file("state", "/dev/null")
    library.save_file("state", "never-written")
    assert told == []


def test_before_the_first_round(monkeypatch: pytest.MonkeyPatch, told: list[Any]) -> None:
    monkeypatch.setattr(identity, "round", lambda: 0)
    np.save("initial.npy", ARRAY)
    assert told[0][0] == 0


def test_without_a_serverapp(monkeypatch: pytest.MonkeyPatch, told: list[Any]) -> None:
    monkeypatch.setattr(identity, "round", lambda: None)
    np.save("other.npy", ARRAY)
    assert told == []


def test_the_functions_are_still_themselves() -> None:
    assert np.save.__name__ == "save"
    assert pickle.loads(pickle.dumps(np.save)) is np.save
    patched = np.save
    checkpoints.patch_numpy(np)
    assert np.save is patched


def test_a_library_without_the_function() -> None:
    checkpoints.patch_torch(SimpleNamespace())  # type: ignore[arg-type]
