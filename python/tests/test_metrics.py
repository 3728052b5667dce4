"""What a scrape shows for a given state: exact values."""

from __future__ import annotations

import pytest

from fakes import FakeControlApi, finished
from flower_monitoring.exporter.model import Node, Run
from flower_monitoring.exporter.shown import Limits
from polled import NOW, Scrape, polled


def test_all_node_statuses_are_there_also_without_nodes() -> None:
    scrape = polled(FakeControlApi())
    for status in ("registered", "online", "offline", "unregistered"):
        assert scrape.value("fl_supernodes", status=status) == 0.0


def test_nodes_are_counted_by_status() -> None:
    statuses = ["online", "online", "offline", "registered", "unregistered", "new-in-flower-2"]
    scrape = polled(FakeControlApi(nodes=[Node(n, s) for n, s in enumerate(statuses)]))
    assert scrape.value("fl_supernodes", status="online") == 2.0
    assert scrape.value("fl_supernodes", status="offline") == 1.0
    assert scrape.value("fl_supernodes", status="registered") == 1.0
    assert scrape.value("fl_supernodes", status="unregistered") == 1.0
    assert scrape.value("fl_supernodes", status="new-in-flower-2") == 1.0


def test_node_ids_beyond_float_precision_stay_exact() -> None:
    node_id = 2**64 - 1
    node = Node(node_id, "online", "hospital-1", "52.5,13.4", online_until=NOW + 50)
    scrape = polled(FakeControlApi(nodes=[node]))
    labels = {"node_id": "18446744073709551615", "name": "hospital-1", "location": "52.5,13.4"}
    assert scrape.value("fl_supernode_up", **labels) == 1.0
    assert scrape.value("fl_supernode_heartbeat_age_seconds", **labels) == 10.0


def test_heartbeat_age_counts_from_the_last_beat_and_is_absent_without_one() -> None:
    nodes = [
        Node(1, "offline", "silent", online_until=NOW - 5),
        Node(2, "online", "fast", online_until=NOW + 4, heartbeat_interval=2.5),
        Node(3, "registered", "never"),
        Node(4, "online", "ahead", online_until=NOW + 61),
    ]
    scrape = polled(FakeControlApi(nodes=nodes))

    def age(node_id: str, name: str) -> float | None:
        metric = "fl_supernode_heartbeat_age_seconds"
        return scrape.value(metric, node_id=node_id, name=name, location="")

    assert age("1", "silent") == 65.0
    assert age("2", "fast") == 1.0
    assert age("3", "never") is None
    assert age("4", "ahead") == 0.0
    assert scrape.value("fl_supernode_up", node_id="3", name="never", location="") == 0.0


def test_unnamed_nodes_lose_their_series_after_the_ttl_and_named_ones_keep_them() -> None:
    nodes = [
        Node(1, "offline", online_until=NOW - 901),
        Node(2, "offline", online_until=NOW - 899),
        Node(3, "offline", "named", online_until=NOW - 99999),
        Node(4, "unregistered", "named-and-gone", online_until=NOW - 901),
        Node(5, "unregistered", "just-gone", online_until=NOW - 10),
        Node(6, "registered"),
    ]
    scrape = polled(FakeControlApi(nodes=nodes))
    assert {labels["node_id"] for labels in scrape.series("fl_supernode_up")} == {"2", "3", "5"}
    assert scrape.value("fl_exporter_series_dropped", kind="supernode") == 0.0


def test_node_series_are_capped_online_ones_first_and_the_rest_counted() -> None:
    nodes = [Node(n, "offline", "named", online_until=NOW - n) for n in range(1, 9)]
    nodes.append(Node(100, "online", online_until=NOW + 60))
    scrape = polled(FakeControlApi(nodes=nodes), Limits(900, max_nodes=3, max_runs=200))
    assert [labels["node_id"] for labels in scrape.series("fl_supernode_up")] == ["100", "1", "2"]
    assert scrape.value("fl_exporter_series_dropped", kind="supernode") == 6.0
    assert scrape.value("fl_supernodes", status="offline") == 8.0


def test_runs_are_counted_by_status_and_every_known_status_is_there() -> None:
    runs = [
        Run(1, "pending"),
        Run(2, "running"),
        Run(3, "running"),
        finished(4, NOW),
        finished(5, NOW, sub_status="failed"),
    ]
    scrape = polled(FakeControlApi(runs=runs))
    expected = {
        ("pending", ""): 1.0,
        ("starting", ""): 0.0,
        ("running", ""): 2.0,
        ("finished", "completed"): 1.0,
        ("finished", "failed"): 1.0,
        ("finished", "stopped"): 0.0,
    }
    for (status, sub_status), count in expected.items():
        assert scrape.value("fl_runs", status=status, sub_status=sub_status) == count
    assert len(scrape.series("fl_runs")) == len(expected)


def test_run_series_end_with_the_ttl_and_the_totals_keep_the_run() -> None:
    live = Run(2**63 + 1, "running", bytes_sent=5, bytes_received=6, client_seconds=1.5)
    old = Run(2, "finished", "completed", NOW - 901, 100, 200, 10.0)
    scrape = polled(FakeControlApi(runs=[old, live]))
    run_id = "9223372036854775809"
    assert scrape.series("fl_run_bytes_sent_total") == [{"run_id": run_id}]
    assert scrape.value("fl_run_bytes_sent_total", run_id=run_id) == 5.0
    assert scrape.value("fl_run_bytes_received_total", run_id=run_id) == 6.0
    assert scrape.value("fl_run_client_seconds_total", run_id=run_id) == 1.5
    assert scrape.value("fl_bytes_sent_total") == 105.0
    assert scrape.value("fl_bytes_received_total") == 206.0
    assert scrape.value("fl_client_seconds_total") == 11.5


def test_run_series_are_capped_live_ones_first_then_the_newest() -> None:
    runs = [Run(1, "running"), *(finished(n, NOW - 100 + n, sent=1) for n in range(2, 8))]
    scrape = polled(FakeControlApi(runs=runs), Limits(900, max_nodes=2000, max_runs=2))
    assert scrape.series("fl_run_bytes_sent_total") == [{"run_id": "1"}, {"run_id": "7"}]
    assert scrape.value("fl_exporter_series_dropped", kind="run") == 5.0
    assert scrape.value("fl_bytes_sent_total") == 6.0


def test_before_the_first_answer_only_exporter_metrics_exist() -> None:
    api = FakeControlApi(nodes=[Node(1, "online")], broken={"list_nodes", "list_runs"})
    scrape = polled(api)
    names = {sample.name for family in scrape.registry.collect() for sample in family.samples}
    assert names
    assert all(name.startswith(("fl_exporter_", "process_")) for name in names)
    scrape.clock.now += 42
    assert scrape.value("fl_exporter_up_to_date_seconds") == 42.0


def test_a_failed_poll_keeps_the_state_counts_the_error_and_lets_the_age_grow() -> None:
    api = FakeControlApi(nodes=[Node(1, "online", online_until=NOW + 60)])
    scrape = polled(api)
    api.broken = {"list_runs"}
    for _ in range(2):
        scrape.clock.now += 10
        scrape.poller.poll()
    assert scrape.value("fl_supernode_up", node_id="1", name="", location="") == 1.0
    assert scrape.value("fl_exporter_up_to_date_seconds") == 20.0, "the older of the two calls"
    assert scrape.value("fl_exporter_control_api_errors_total", call="list_runs") == 2.0
    assert scrape.value("fl_exporter_control_api_errors_total", call="list_nodes") == 0.0
    api.broken = set()
    scrape.poller.poll()
    assert scrape.value("fl_exporter_up_to_date_seconds") == 0.0


def test_a_failing_call_is_logged_once_and_so_is_its_recovery(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "flower_monitoring.exporter")
    api = FakeControlApi(broken={"list_nodes"})
    scrape = polled(api)
    scrape.poller.poll()
    api.broken = set()
    scrape.poller.poll()
    scrape.poller.poll()
    assert [record.getMessage() for record in caplog.records] == [
        "list_nodes: broken for a test; the last known state stays",
        "list_nodes: the Control API answers again",
    ]


def test_durations_are_a_cumulative_histogram_for_each_call() -> None:
    class SlowApi(FakeControlApi):
        def _called(self, call: str, line: str, run_id: int | None = None) -> None:
            clock.now += 0.0625 if call == "list_nodes" else 30.0
            super()._called(call, line, run_id)

    scrape = Scrape(SlowApi())
    clock = scrape.clock
    scrape.poller.poll()
    scrape.poller.poll()
    name = "fl_exporter_control_api_duration_seconds"
    assert scrape.value(f"{name}_bucket", call="list_nodes", le="0.05") == 0.0
    assert scrape.value(f"{name}_bucket", call="list_nodes", le="0.1") == 2.0
    assert scrape.value(f"{name}_bucket", call="list_runs", le="10.0") == 0.0
    assert scrape.value(f"{name}_bucket", call="list_runs", le="+Inf") == 2.0
    assert scrape.value(f"{name}_count", call="list_runs") == 2.0
    assert scrape.value(f"{name}_sum", call="list_nodes") == 0.125


def test_the_exporters_figures_about_itself() -> None:
    scrape = polled(FakeControlApi())
    assert scrape.value("fl_exporter_start_time_seconds") == 5.0
    assert scrape.value("fl_exporter_poll_duration_seconds") == 0.0
    assert scrape.value("fl_exporter_replayed") == 1.0
    assert scrape.value("fl_exporter_followed_runs") == 0.0
    assert (scrape.value("process_resident_memory_bytes") or 0) > 1e6
