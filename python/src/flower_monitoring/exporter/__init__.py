"""One long-lived Prometheus exporter per federation, fed by the SuperLink's Control API."""
