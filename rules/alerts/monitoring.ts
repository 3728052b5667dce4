import type { AlertGroup, Inventory } from "../rule";
import { watchdog } from "./watchdog";

/** Alerts on the monitoring itself. */
export function monitoringAlerts({ thresholds }: Inventory): AlertGroup {
  return {
    name: "monitoring",
    alerts: [
      watchdog,
      {
        alert: "TargetDown",
        expr: "up == 0",
        for: thresholds.targetDownFor,
        severity: "warning",
        summary: "{{ $labels.job }} on {{ $labels.host }} cannot be scraped",
        description:
          "Prometheus gets no answer from {{ $labels.instance }} (job {{ $labels.job }}, host {{ $labels.host }}). " +
          "What it measures is unknown until it is back. Likely: the host or its exporter is down, or a firewall is between.",
        dashboard: "federation",
      },
    ],
  };
}
