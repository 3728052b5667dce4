"""The hook and the exporter with other versions of Flower than the tests' own, for real.

With the tests' own version everything else here runs. `docs/compatibility.md` tells the outcome.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

import catalogue
from expected import fedavg
from federation import Federation, Scrape
from flower_monitoring.exporter.control_api import is_untested
from flower_venv import hook_pth, lay_out_hook, make_venv, use_hook
from runs import Record, Run, Runs

pytestmark = pytest.mark.federation

ROOT = Path(__file__).parents[2]
PINNED = importlib.metadata.version("flwr")
OTHERS = re.findall(r"^flwr==(\S+)$", (ROOT / "python/requirements-flower.txt").read_text(), re.M)
(EXPECTED,) = fedavg([0])


@dataclass
class Told:
    """What a federation of one version came to."""

    hooked: Record
    bare: Record
    """A run without the hook: the exporter reads its log."""
    scrape: Scrape
    check: str
    """What the exporter's --check printed."""


class Story:
    """A federation of one node and an exporter, all of them with one version of Flower."""

    def __init__(self, version: str, directory: Path) -> None:
        packages = os.environ.get("FLOWER_VERSIONS")
        assert packages, "FLOWER_VERSIONS: not set; `make test` does; see docs/compatibility.md"
        self._link = directory / "hooks" / "current"
        lay_out_hook(directory / "hooks" / "hook")
        use_hook(self._link, "hook")
        self.federation = Federation(
            directory / "federation",
            tls=False,
            bin_directory=make_venv(
                directory / "venv", flower=Path(packages) / version, pth=hook_pth(self._link)
            ),
        )

    def start(self) -> Run:
        """Starts everything, and the run that the hook tells of."""
        self.federation.start_superlink()
        self.federation.wait_superlink()
        self.federation.start_node("node", 0)
        self.federation.start_exporter()
        self.runs = Runs(self.federation)
        self.runs.wait_online(1)
        return self.runs.start(min_nodes=1, central=True)

    def finish(self, hooked: Run) -> Told:
        """Has another run go without the hook, and takes both down."""
        record = hooked.record()
        use_hook(self._link, "none")
        bare = self.runs.start(min_nodes=1, central=True, fraction_evaluate=0.0).record()
        ended = {"run_id": bare.run_id}
        scrape = self.federation.scrape_when(30, "fl_training_status", 2, **ended)
        return Told(record, bare, scrape, self.federation.check().stdout)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Told]]:
    with ExitStack() as stack:
        stories = {}
        for version in OTHERS:
            stories[version] = Story(version, tmp_path_factory.mktemp("flower"))
            stack.callback(stories[version].federation.processes.close)
        runs = {version: story.start() for version, story in stories.items()}
        yield {version: stories[version].finish(run) for version, run in runs.items()}


@pytest.mark.parametrize("version", OTHERS)
def test_the_hook_tells_a_whole_run(told: dict[str, Told], version: str) -> None:
    record = told[version].hooked
    assert record.status == "finished:completed"
    catalogue.check(record.told)
    central = ["round_metrics", "evaluation_result"]
    clients = ["round_start", *["round_replies", "round_metrics"] * 2]
    rounds = [*central, *clients, *central, "round_end"]
    assert record.names() == ["training_start", *rounds, "training_end"], "and no hook_report"
    (start,) = record.events("training_start")
    assert start["flower_version"] == version, "the federation runs what it is said to run"
    (end,) = record.events("round_end")
    assert end["aggregated_loss"] == pytest.approx(EXPECTED.loss)
    assert end["aggregated_accuracy"] == pytest.approx(EXPECTED.accuracy)


@pytest.mark.parametrize("version", OTHERS)
def test_the_exporter_shows_it(told: dict[str, Told], version: str) -> None:
    scrape, run_id = told[version].scrape, told[version].hooked.run_id
    run = {"run_id": run_id, "strategy": "FedAvg"}
    assert scrape.value("fl_clients_connected") == 1
    assert scrape.value("fl_training_status", run_id=run_id) == 2
    assert scrape.value("fl_round_current", **run) == 1
    assert scrape.value("fl_round_duration_seconds_count", **run) == 1
    assert scrape.number("fl_aggregated_loss", **run) == pytest.approx(EXPECTED.loss)
    assert scrape.value("fl_run_source", run_id=run_id, source="hook") == 1
    assert f'flower_version="{version}"' in scrape.text
    assert f"flwr {version}" in told[version].check


@pytest.mark.parametrize("version", OTHERS)
def test_the_exporter_reads_the_log_of_a_run_without_the_hook(
    told: dict[str, Told], version: str
) -> None:
    scrape, record = told[version].scrape, told[version].bare
    run = {"run_id": record.run_id, "strategy": "FedAvg"}
    assert record.told == []
    assert scrape.value("fl_run_source", run_id=record.run_id, source="logs") == 1
    assert scrape.value("fl_round_current", **run) == 1
    # Flower logs fewer digits than it has.
    loss = scrape.number("fl_aggregated_loss", **run)
    assert loss == pytest.approx(EXPECTED.central_loss, rel=1e-3)


@pytest.mark.parametrize("version", OTHERS)
def test_results_are_what_they_are_without_monitoring(told: dict[str, Told], version: str) -> None:
    hooked, bare = told[version].hooked, told[version].bare
    assert hooked.outcome["arrays"] == bare.outcome["arrays"]
    assert hooked.series("central loss") == bare.series("central loss")


def test_the_table_of_versions_is_what_is_tested() -> None:
    page = (ROOT / "docs" / "compatibility.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) ", page, re.M)
    assert rows == sorted([PINNED, *OTHERS])
    assert not any(is_untested(version) for version in rows)
