"""A virtual environment of a federation's own: the tests' packages, a version of Flower, a hook.

The hook is a `.pth` file of site-packages, and one in the environment that runs the tests would
reach every test. So each federation gets an environment of links: milliseconds, no install.
"""

from __future__ import annotations

import shutil
import site
import sys
import sysconfig
import venv
from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path

SRC = Path(__file__).parents[1] / "src"
HOST = Path(__file__).parents[2] / "host"

_SCRIPT = """#!{python}
import sys
from {module} import {function}
sys.exit({function}())
"""


def make_venv(
    directory: Path, *, flower: Path | None = None, pth: Mapping[str, str] | None = None
) -> Path:
    """Makes an environment and gives its bin directory.

    `flower` is a directory that another flwr is installed in; default is the tests' own. `pth`
    holds more files of site-packages: text by name, read by Python in the order of the names.
    """
    venv.EnvBuilder(symlinks=True).create(directory)
    bin_directory = directory / "bin"
    packages = directory / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    lines = [str(flower)] if flower is not None else []
    (packages / "packages.pth").write_text("\n".join([*lines, *site.getsitepackages()]) + "\n")
    for name, text in (pth or {}).items():
        (packages / name).write_text(text)
    for distribution in distributions(name="flwr", path=[*lines, *site.getsitepackages()]):
        for entry in distribution.entry_points.select(group="console_scripts"):
            script = bin_directory / entry.name
            script.write_text(
                _SCRIPT.format(
                    python=bin_directory / "python", module=entry.module, function=entry.attr
                )
            )
            script.chmod(0o755)
        break
    return bin_directory


def lay_out_hook(directory: Path, settings: Mapping[str, str] | None = None) -> Path:
    """Lays the hook out as the host's installer does, with these settings; gives its directory."""
    shutil.copytree(
        SRC / "flower_monitoring",
        directory / "flower_monitoring",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(HOST / "hook" / "sitecustomize.py", directory)
    lines = [f"{key}={value}\n" for key, value in (settings or {}).items()]
    (directory / "flower_monitoring.conf").write_text("".join(lines))
    return directory


def hook_pth(directory: Path) -> dict[str, str]:
    """The `.pth` file that boots the hook from `directory`, for `make_venv`."""
    template = (HOST / "hook.pth").read_text()
    return {"flower_monitoring.pth": template.replace("@DIRECTORY@", str(directory))}


def use_hook(link: Path, hook: str) -> None:
    """Has the link point to its sibling `hook`, in one step, as an upgrade of a host does it.

    For processes that start from now on. Nothing need be there: then there is no hook.
    """
    new = link.with_name("new")
    new.symlink_to(hook)
    new.rename(link)
