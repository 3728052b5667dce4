"""The exporter about itself."""

from __future__ import annotations

from .spec import Metric

UP_TO_DATE = Metric(
    "fl_exporter_up_to_date_seconds",
    "gauge",
    (),
    "Age of what this exporter serves: time since the older of the last good ListNodes and "
    "ListRuns answers, or since its start while one is missing.",
    "seconds",
    "exporter",
)
ERRORS = Metric(
    "fl_exporter_control_api_errors_total",
    "counter",
    ("call",),
    "Failed Control API polls (list_nodes, list_runs) and reads of runs (run_events, run_logs) "
    "since the exporter started.",
    "errors",
    "exporter",
)
DURATION = Metric(
    "fl_exporter_control_api_duration_seconds",
    "histogram",
    ("call",),
    "Duration of Control API polls and reads of runs, failed ones too. list_runs may read several "
    "pages; run_events and run_logs of a live run wait 0.2 s for more.",
    "seconds",
    "exporter",
)
POLL_DURATION = Metric(
    "fl_exporter_poll_duration_seconds",
    "gauge",
    (),
    "Duration of the last poll with everything in it: nodes, runs, and their events. Above "
    "poll_interval_seconds some runs are not read at every poll.",
    "seconds",
    "exporter",
)
REPLAYED = Metric(
    "fl_exporter_replayed",
    "gauge",
    (),
    "1 when every run that the SuperLink knows was read at least once since the exporter's start, "
    "so that counters over all runs are served; else 0.",
    "1 or 0",
    "exporter",
)
FOLLOWED_RUNS = Metric(
    "fl_exporter_followed_runs",
    "gauge",
    (),
    "Runs that are still to be read: live ones, and ended ones that were not read to their end.",
    "runs",
    "exporter",
)
EVENTS_INVALID = Metric(
    "fl_exporter_events_invalid_total",
    "counter",
    ("reason",),
    "Events that could not be used: json (no JSON object), field (a field of the wrong kind), "
    "datagram (not as on the event socket), unknown_run (of a run that the SuperLink does not "
    "know), overflow (more than fit between two polls).",
    "events",
    "exporter",
)
LOG_LINES = Metric(
    "fl_exporter_log_lines_parsed_total",
    "counter",
    (),
    "Lines of ServerApps' output that were read because no events came from the run, since the "
    "exporter started.",
    "lines",
    "exporter",
)
SERIES_DROPPED = Metric(
    "fl_exporter_series_dropped",
    "gauge",
    ("kind",),
    "Nodes (kind supernode) and runs (kind run) without series of their own because max_nodes or "
    "max_runs is reached, and metrics of apps (kind app_metric) over max_app_metrics. Counts and "
    "totals still include the nodes and runs.",
    "nodes, runs or metrics",
    "exporter",
)
START_TIME = Metric(
    "fl_exporter_start_time_seconds",
    "gauge",
    (),
    "When the exporter started.",
    "Unix seconds",
    "exporter",
)
BUILD_INFO = Metric(
    "fl_exporter_build_info",
    "info",
    ("version", "flower_version"),
    "Version of the exporter and of the flwr that it uses.",
    "always 1",
    "exporter",
)

ALL = (
    UP_TO_DATE,
    ERRORS,
    DURATION,
    POLL_DURATION,
    REPLAYED,
    FOLLOWED_RUNS,
    EVENTS_INVALID,
    LOG_LINES,
    SERIES_DROPPED,
    START_TIME,
    BUILD_INFO,
)
