"""The hook at the start of a process: it comes by itself, waits for Flower, and harms nobody."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomllib
from hatchling.builders.wheel import WheelBuilder

from flower_venv import HOST, hook_pth, lay_out_hook, make_venv

PYTHON = Path(__file__).parents[1]
FLOWER = """
class ServerApp:
    def __call__(self, grid, context):
        return "trained"
"""
"""Enough of Flower to be patched, and imported in no time."""
LOADED = """
import sys
print(*(name for name in sys.modules if name.startswith("flower_monitoring")))
"""
PATCHED = """
from flwr.serverapp.server_app import ServerApp
print(hasattr(ServerApp.__call__, "__wrapped__"))
"""
BOOT = ["flower_monitoring", "flower_monitoring.hook", "flower_monitoring.hook.boot"]


@dataclass
class Host:
    """An environment with a small Flower, and a hook beside it."""

    root: Path
    python: Path
    hook: Path

    def run(
        self, code: str, environ: Mapping[str, str] | None = None, name: str = "script"
    ) -> subprocess.CompletedProcess[str]:
        """Runs Python code there, as a script of this name."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("FL_", "PYTHON"))}
        script = self.root / "scripts" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(code)
        return subprocess.run(
            [self.python, script],
            env=inherited | dict(environ or {}),
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )

    def says(self, code: str, environ: Mapping[str, str] | None = None) -> str:
        """What the code prints, when it prints no error and ends well."""
        done = self.run(code, environ)
        assert (done.stderr, done.returncode) == ("", 0)
        return done.stdout.strip()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    hook = lay_out_hook(tmp_path / "hook")
    small = tmp_path / "small" / "flwr" / "serverapp"
    small.mkdir(parents=True)
    for package in (small.parent, small):
        (package / "__init__.py").touch()
    (small / "server_app.py").write_text(FLOWER)
    pth = {"a_small_flower.pth": f"{tmp_path / 'small'}\n", **hook_pth(hook)}
    python = make_venv(tmp_path / "venv", pth=pth) / "python"
    (packages,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    # Only the small Flower: the tests' own would be found before it.
    (packages / "packages.pth").unlink()
    return Host(tmp_path, python, hook)


def test_a_process_without_flower_loads_next_to_nothing(host: Host) -> None:
    assert host.says(LOADED).split() == BOOT
    added = "import sys; print(sum('hook' in entry for entry in sys.path))"
    assert host.says(added) == "0"


def test_flower_is_patched_as_soon_as_it_is_imported(host: Host) -> None:
    assert host.says(PATCHED) == "True"


def test_the_template_is_one_line_that_python_executes() -> None:
    (line,) = (HOST / "hook.pth").read_text().splitlines()
    assert line.startswith("import ")
    assert "@DIRECTORY@" in line


def test_a_directory_that_is_gone_is_no_error(host: Host) -> None:
    host.hook.rename(host.root / "removed")
    assert host.says(LOADED + PATCHED) == "False"


@pytest.mark.parametrize("file", ["boot.py", "patches.py", "finder.py", "server_app.py"])
def test_broken_files_of_the_hook_are_no_error(host: Host, file: str) -> None:
    (host.hook / "flower_monitoring" / "hook" / file).write_text("no python")
    assert host.says(PATCHED) == "False"


def test_the_environment_switches_it_off(host: Host) -> None:
    assert host.says(PATCHED, {"FL_MONITORING_HOOK": "off"}) == "False"


def test_the_file_switches_it_off_and_the_environment_on_again(host: Host) -> None:
    (host.hook / "flower_monitoring.conf").write_text("# a comment\nFL_MONITORING_HOOK=off\n")
    assert host.says(PATCHED) == "False"
    assert host.says(PATCHED, {"FL_MONITORING_HOOK": "on"}) == "True"


def test_the_flwr_command_is_left_alone(host: Host) -> None:
    done = host.run(PATCHED, name="flwr")
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_an_upgrade_under_a_running_process_does_not_mix_versions(host: Host) -> None:
    current = host.root / "current"
    current.symlink_to(host.hook)
    (packages,) = (host.root / "venv" / "lib").glob("python*/site-packages")
    (packages / "flower_monitoring.pth").write_text(hook_pth(current)["flower_monitoring.pth"])
    upgrade = f"""
import os
os.unlink({str(current)!r})
os.symlink({str(host.root / "newer")!r}, {str(current)!r})
"""
    assert host.says(upgrade + PATCHED) == "True"


def test_a_path_for_python_boots_it_too(host: Host) -> None:
    (packages,) = (host.root / "venv" / "lib").glob("python*/site-packages")
    (packages / "flower_monitoring.pth").unlink()
    assert host.says(PATCHED) == "False"
    assert host.says(PATCHED, {"PYTHONPATH": str(host.hook)}) == "True"


def _another(host: Host, code: str) -> dict[str, str]:
    """An environment with another sitecustomize behind the hook's."""
    other = host.root / "other"
    other.mkdir()
    (other / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": f"{host.hook}{os.pathsep}{other}"}


def test_another_sitecustomize_runs_as_if_it_were_the_only_one(host: Host) -> None:
    environ = _another(host, "import sys\nSEEN = sys.modules[__name__].__file__\n")
    code = "import sitecustomize; print(sitecustomize.SEEN, sitecustomize.__name__)\n" + PATCHED
    other = host.root / "other" / "sitecustomize.py"
    assert host.says(code, environ).splitlines() == [f"{other} sitecustomize", "True"]


def test_two_hooks_on_the_path_do_not_call_each_other_for_ever(host: Host) -> None:
    second = lay_out_hook(host.root / "second")
    path = os.pathsep.join([str(host.hook), str(second), str(host.hook)])
    assert host.says(PATCHED, {"PYTHONPATH": path}) == "True"


def test_an_error_in_another_sitecustomize_is_told_as_ever(host: Host) -> None:
    done = host.run(PATCHED, _another(host, "raise ValueError('theirs')"))
    assert (done.stdout, done.returncode) == ("True\n", 0)
    assert "ValueError: theirs" in done.stderr


def test_a_wheel_boots_it_in_every_environment_that_it_is_installed_in(
    tmp_path: Path, host: Host
) -> None:
    (wheel,) = WheelBuilder(str(PYTHON)).build(directory=str(tmp_path / "dist"))
    (packages,) = (host.root / "venv" / "lib").glob("python*/site-packages")
    (packages / "flower_monitoring.pth").unlink()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    assert host.says(PATCHED) == "True"
    assert host.says(LOADED).split() == BOOT


def test_the_packages_settings_name_the_file_that_the_wheel_needs() -> None:
    settings = tomllib.loads((PYTHON / "pyproject.toml").read_text())
    included = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert list(included.values()) == ["flower_monitoring.pth"]
