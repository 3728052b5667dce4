"""The federation of test_scenarios_training.py, and how what it told is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from expected import Round
from federation import Federation, Scrape
from runs import Record, Runs

BOTH = (0, 1)
EXAMPLES = {20: 0, 30: 1}
"""Partitions by the number of their training examples: unnamed nodes are told apart by it."""


@dataclass
class Story:
    """One federation without TLS, its hook in a `.pth`; nothing in Flower's timing is changed."""

    federation: Federation
    checkpoint: Path
    records: dict[str, Record] = field(default_factory=dict)
    seen: dict[str, Scrape] = field(default_factory=dict)

    def tell(self) -> None:
        self.federation.start_superlink()
        self.federation.wait_superlink()
        for partition in BOTH:
            self.federation.start_node(f"node-{partition}", partition)
        runs = Runs(self.federation)
        fifty = runs.start(
            num_server_rounds=50,
            central=True,
            min_nodes=0,
            fraction_train=0.0,
            fraction_evaluate=0.0,
        )
        self.records["fifty"] = fifty.record()
        self.federation.start_exporter()
        self.seen["late"] = self._scrape("fifty")
        runs.wait_online(2)
        checkpoint = str(self.checkpoint)
        started = {
            "message": runs.start(num_server_rounds=2, central=True, checkpoint=checkpoint),
            "legacy": runs.start("legacy"),
            "workflow": runs.start("workflow"),
            "loop": runs.start("loop", num_server_rounds=2),
            "broken": runs.start(fail_partition=1, fraction_evaluate=0.0),
        }
        self.records |= {name: run.record() for name, run in started.items()}
        self.seen["end"] = self._scrape(*self.records)

    def _scrape(self, *names: str) -> Scrape:
        """Scrapes until all of these runs are told as complete."""
        ids = [self.records[name].run_id for name in names]

        def complete(scrape: Scrape) -> bool:
            return all(scrape.number("fl_training_status", run_id=run_id) == 2 for run_id in ids)

        return self.federation.scrape_until(30, complete)


def replies(record: Record, phase: str) -> list[tuple[int, int]]:
    """Who answered in which round, as (round, partition)."""
    return sorted(
        (event["round"], EXAMPLES[examples])
        for event in record.events("round_replies")
        if event["phase"] == phase
        for _, _, examples, _ in event["replies"]
    )


def metrics(record: Record, phase: str, name: str) -> list[float]:
    """Values of a metric of a phase, by round."""
    return [
        event["metrics"][name]
        for event in record.events("round_metrics")
        if event["phase"] == phase and name in event["metrics"]
    ]


def by_round(record: Record, name: str) -> list[Any]:
    """A field of the ends of rounds."""
    return [event[name] for event in record.events("round_end")]


def wanted(name: str, rounds: list[Round]) -> Any:
    return pytest.approx([getattr(number, name) for number in rounds], rel=1e-9)
