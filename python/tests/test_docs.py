"""docs/metrics.md is made from the catalog."""

from __future__ import annotations

import re
from pathlib import Path

from flower_monitoring.exporter import catalog
from flower_monitoring.exporter.docs import metrics_page

SEED = (
    "fl_round_current",
    "fl_round_total",
    "fl_round_duration_seconds",
    "fl_aggregated_loss",
    "fl_aggregated_accuracy",
    "fl_clients_connected",
    "fl_clients_selected",
    "fl_clients_responded",
    "fl_clients_failed_total",
    "fl_checkpoint_saved_total",
    "fl_training_status",
)


def test_the_committed_page_is_the_generated_one() -> None:
    page = Path(__file__).parents[2] / "docs" / "metrics.md"
    assert page.read_text(encoding="utf-8") == metrics_page()


def test_names_of_other_guides_lead_to_metrics_that_exist() -> None:
    table = metrics_page().split("## Other names")[1]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    assert len(rows) > 5
    names = {metric.name for metric in catalog.ALL}
    for row in rows:
        assert re.search(r"`[a-z_]+", row[0]), row
        for name in re.findall(r"fl_[a-z_]+", row[1]):
            assert name in names, row


def test_every_metric_is_there_once_and_the_seeds_are_among_them() -> None:
    names = [metric.name for metric in catalog.ALL]
    assert len(names) == len(set(names))
    assert len(names) >= 41, "eleven and thirty more"
    assert set(SEED) <= set(names)
    for metric in catalog.ALL:
        assert (metric.kind == "counter") <= metric.name.endswith("_total"), metric.name
        assert metric.help.endswith("."), metric.name


def test_the_metrics_page_has_every_metric_with_its_labels_and_source() -> None:
    page = metrics_page()
    for metric in catalog.ALL:
        section = page.split(f"\n### `{metric.name}`\n")[1].split("\n#")[0]
        assert metric.help in section
        assert f"- Source: {metric.source}" in section
        assert all(f"`{label}`" in section for label in metric.labels)
