"""The catalog is what is scraped, no more and no less."""

from __future__ import annotations

from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from fakes import FakeControlApi, running, story
from flower_monitoring.exporter import catalog
from flower_monitoring.exporter.model import Node
from polled import NOW, Scrape, polled


def full_scrape() -> Scrape:
    node = Node(11, "online", 'a"b\\c\nd', online_until=NOW + 50)
    api = FakeControlApi(nodes=[node], runs=[running(1)])
    for event, data in story()[:-1]:
        api.tell(1, event, **data)
    return polled(api)


def test_a_scrape_has_exactly_the_metrics_of_the_catalog_with_their_labels_and_types() -> None:
    text = generate_openmetrics(full_scrape().registry).decode()
    found = {family.name: family for family in text_string_to_metric_families(text)}
    wanted = {family_name(metric): metric for metric in catalog.ALL}
    assert found.keys() == wanted.keys()
    for name, metric in wanted.items():
        assert found[name].type == metric.kind, name
        assert found[name].documentation == metric.help
        for sample in found[name].samples:
            assert sample.labels.keys() - {"le"} == set(metric.labels), sample


def family_name(metric: catalog.Metric) -> str:
    """Its name in OpenMetrics."""
    suffix = {"counter": "_total", "info": "_info"}.get(metric.kind, "")
    assert metric.name.endswith(suffix), metric.name
    return metric.name.removesuffix(suffix)


def test_the_plain_text_format_has_build_info_and_no_created_series() -> None:
    text = generate_latest(full_scrape().registry).decode()
    assert 'fl_exporter_build_info{flower_version="1.41.0",version="1.2.3"} 1.0' in text
    assert "_created" not in text


def test_no_metric_has_a_label_for_the_round() -> None:
    assert all("round" not in metric.labels for metric in catalog.ALL)
