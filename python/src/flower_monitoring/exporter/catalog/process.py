"""The exporter's process, as every Prometheus client tells it; help texts are the client's."""

from __future__ import annotations

from .spec import Metric

_SOURCE = "/proc"

ALL = (
    Metric(
        "process_cpu_seconds_total",
        "counter",
        (),
        "Total user and system CPU time spent in seconds.",
        "seconds",
        _SOURCE,
    ),
    Metric(
        "process_resident_memory_bytes",
        "gauge",
        (),
        "Resident memory size in bytes.",
        "bytes",
        _SOURCE,
    ),
    Metric(
        "process_virtual_memory_bytes",
        "gauge",
        (),
        "Virtual memory size in bytes.",
        "bytes",
        _SOURCE,
    ),
    Metric(
        "process_start_time_seconds",
        "gauge",
        (),
        "Start time of the process since unix epoch in seconds.",
        "Unix seconds",
        _SOURCE,
    ),
    Metric(
        "process_open_fds",
        "gauge",
        (),
        "Number of open file descriptors.",
        "descriptors",
        _SOURCE,
    ),
    Metric(
        "process_max_fds",
        "gauge",
        (),
        "Maximum number of open file descriptors.",
        "descriptors",
        _SOURCE,
    ),
)
