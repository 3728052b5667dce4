"""docs/metrics.md is made from the catalog."""

from __future__ import annotations

from flower_monitoring.exporter import catalog
from flower_monitoring.exporter.docs import metrics_page


def test_the_metrics_page_has_every_metric_with_its_labels_and_source() -> None:
    page = metrics_page()
    for metric in catalog.ALL:
        section = page.split(f"## `{metric.name}`\n")[1].split("\n## ")[0]
        assert metric.help in section
        assert f"- Source: {metric.source}" in section
        assert all(f"`{label}`" in section for label in metric.labels)
