"""Whatever happens to monitoring, training ends the same, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from federation import Federation, Scrape, telling
from flower_monitoring.hook import patches
from flower_venv import hook_pth, lay_out_hook, make_venv, use_hook
from proxy import Mode, Proxy
from runs import Record, Runs

pytestmark = pytest.mark.federation

HOOKS: dict[str, tuple[str, Mode]] = {
    "none": ("none", "pass"),
    "off": ("off", "pass"),
    "working": ("working", "pass"),
    "names moved": ("moved", "pass"),
    "code broken": ("broken", "pass"),
    "channel refused": ("working", "404"),
    "channel hangs": ("working", "hang"),
}
"""The sabotage: which hook is there, and what the SuperLink does to its events."""

SETTINGS: dict[str, Any] = {"min_nodes": 1, "fraction_evaluate": 0.0, "central": True}


@dataclass
class Story:
    """One run for each sabotage. The SuperLink is behind a proxy; no exporter is up until the end,
    and then it is one whose disk is full. The hook's event socket is never there."""

    federation: Federation
    hooks: Path
    records: dict[str, Record] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    released: int = 0
    scrape: Scrape | None = None

    def tell(self) -> None:
        self.federation.start_superlink()
        self.federation.wait_superlink()
        proxy = Proxy(self.federation.address)
        try:
            self.federation.start_superexec(proxy.address)
            self.federation.start_node("node", 0)
            runs = Runs(self.federation)
            runs.wait_online(1)
            for name, (hook, proxy.mode) in HOOKS.items():
                use_hook(self.hooks / "current", hook)
                refused = proxy.refused
                self.records[name] = runs.start(**SETTINGS).record()
                self.refused[name] = proxy.refused - refused
            self.released = proxy.released
        finally:
            proxy.close()
        self._start_exporter_on_a_full_disk()
        last = {"run_id": self.records["channel hangs"].run_id}
        self.scrape = self.federation.scrape_when(30, "fl_training_status", 2, **last)

    def _start_exporter_on_a_full_disk(self) -> None:
        disk = self.federation.directory / "full"
        disk.mkdir()
        fill = f"mount -t tmpfs -o size=8k none {disk} && head -c 8192 /dev/zero > {disk}/filler"
        run = ["unshare", "--mount", "sh", "-c", f'{fill} && exec "$@"', "sh"]
        self.federation.start_exporter(*run)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("sabotage")
    hooks = directory / "hooks"
    gone = {"FL_EVENT_SOCKET": str(directory / "no" / "socket")}
    lay_out_hook(hooks / "working", gone)
    lay_out_hook(hooks / "off", {"FL_MONITORING_HOOK": "off"})
    _move_names(lay_out_hook(hooks / "moved", gone))
    _break(lay_out_hook(hooks / "broken", gone))
    federation = Federation(
        directory / "federation",
        tls=False,
        bin_directory=make_venv(directory / "venv", pth=hook_pth(hooks / "current")),
        isolation="process",
        exporter_settings={"state_file": str(directory / "federation" / "full" / "state.json")},
    )
    yield from telling(Story(federation, hooks))


def _move_names(hook: Path) -> None:
    """Has the hook look for all of Flower's names where they are not: as if they had moved."""
    file = hook / "flower_monitoring" / "hook" / "patches.py"
    source = file.read_text()
    rows = (*patches.ANYWHERE, *patches.IN_SERVERAPP)
    names = {name for _, names, _ in rows for name in names}
    names |= set(patches.USED.values()) | {name for _, name in patches.TYPES.values()}
    for name in names:
        assert f'"{name}"' in source
        source = source.replace(f'"{name}"', f'"{name}_moved"')
    file.write_text(source)


def _break(hook: Path) -> None:
    """Has every function of the hook that sees training raise."""
    file = hook / "flower_monitoring" / "hook" / "run.py"
    source = file.read_text()
    marked = source.replace("with self._lock:\n", "with self._lock:\n            raise OSError\n")
    assert marked != source
    file.write_text(marked)


@pytest.mark.parametrize("sabotage", HOOKS)
def test_training_ends_the_same_bit_for_bit(story: Story, sabotage: str) -> None:
    assert story.records[sabotage].status == "finished:completed"
    assert story.records[sabotage].outcome == story.records["none"].outcome


@pytest.mark.parametrize("sabotage", HOOKS)
def test_events_come_through_only_where_nothing_was_done(story: Story, sabotage: str) -> None:
    told = story.records[sabotage].names()
    assert ("round_end" in told) == (sabotage == "working"), told


def test_a_refused_channel_was_tried(story: Story) -> None:
    tried = {name for name, refused in story.refused.items() if refused}
    assert tried == {"channel refused", "channel hangs"}
    assert story.refused["channel refused"] == 1, "a channel that is not there is not asked again"


def test_training_does_not_wait_for_a_channel_that_hangs(story: Story) -> None:
    assert story.released == 0


def test_one_warning_says_that_names_have_moved(story: Story) -> None:
    log = story.records["names moved"].log
    warnings = [line for line in log.splitlines() if "flower-monitoring" in line]
    assert len(warnings) == 1, log
    assert "ServerApp.__call___moved" in warnings[0]


@pytest.mark.parametrize("sabotage", ["none", "off", "channel refused", "channel hangs"])
def test_nothing_else_is_in_the_log(story: Story, sabotage: str) -> None:
    assert "monitoring" not in story.records[sabotage].log


def test_an_exporter_on_a_full_disk_serves_all_the_same_and_says_so(story: Story) -> None:
    assert story.scrape is not None
    assert story.scrape.value("fl_clients_connected") == 1
    for record in story.records.values():
        assert story.scrape.value("fl_training_status", run_id=record.run_id) == 2
    assert "No space left on device" in story.federation.processes.output("exporter")


@pytest.mark.parametrize("sabotage", HOOKS)
def test_runs_whose_events_are_missing_are_read_from_their_log(story: Story, sabotage: str) -> None:
    assert story.scrape is not None
    record = story.records[sabotage]
    source = "hook" if sabotage == "working" else "logs"
    assert story.scrape.value("fl_run_source", run_id=record.run_id, source=source) == 1
    run = {"run_id": record.run_id, "strategy": "FedAvg"}
    assert story.scrape.value("fl_round_current", **run) == 1
    # FedAvg logs four digits.
    assert story.scrape.number("fl_aggregated_loss", **run) == pytest.approx(
        record.series("central loss")[-1], rel=1e-3
    )
