import type { AlertGroup, Inventory } from "../rule";

/** Alerts on what carries alerts to people, and on the services of the monitoring VM as such. */
export function stackAlerts({ thresholds }: Inventory): AlertGroup {
  const { stackFaultFor, stackServiceDownFor, notificationWindow } = thresholds;
  return {
    name: "stack",
    alerts: [
      {
        alert: "AlertmanagerDown",
        expr: 'up{job="alertmanager"} == 0',
        for: stackServiceDownFor,
        severity: "critical",
        summary: "Alertmanager is down: nobody is told of anything",
        description:
          "Prometheus gets no answer from Alertmanager ({{ $labels.instance }}). Until it is back no alert reaches " +
          "anybody, this one neither: the dead man's switch calls. Likely: its container was stopped or ends at " +
          "once, out of memory or by a volume that cannot be written.",
        dashboard: "stack",
      },
      {
        alert: "AlertmanagerConfigReloadFailed",
        expr: "alertmanager_config_last_reload_successful == 0",
        for: stackFaultFor,
        severity: "warning",
        summary: "Alertmanager refused its configuration",
        description:
          "The last reload of Alertmanager on {{ $labels.host }} failed: it works on with the receivers and routes " +
          "before. A restart would end it. Likely: a file in its volume was edited by hand, or an up was killed in " +
          "the middle.",
        dashboard: "stack",
      },
      {
        alert: "AlertmanagerNotificationsFailing",
        // A reload cuts notifications short; they are tried again, and no receiver is at fault.
        expr: [
          "sum by (federation, host, instance, job, integration, receiver_name) (",
          `  increase(alertmanager_notifications_failed_total{reason!="contextCanceled"}[${notificationWindow}])`,
          ") > 0",
        ].join("\n"),
        for: stackFaultFor,
        severity: "warning",
        summary: "{{ $labels.receiver_name }} is not told of alerts by {{ $labels.integration }}",
        description:
          `{{ printf "%.0f" $value }} notifications to {{ $labels.receiver_name }} were given up within ` +
          `${notificationWindow} ({{ $labels.integration }}), after all tries. Likely: the service is down or ` +
          "refuses the credentials, or the monitoring VM cannot reach it.",
        dashboard: "stack",
      },
      {
        alert: "MonitoringServiceRestarting",
        expr: [
          "changes(",
          `  process_start_time_seconds{job=~"prometheus|alertmanager|grafana"}[${thresholds.restartWindow}]`,
          `) >= ${thresholds.restartCount}`,
        ].join("\n"),
        for: stackFaultFor,
        severity: "warning",
        summary: "{{ $labels.job }} has restarted {{ $value }} times",
        description:
          "{{ $labels.job }} on {{ $labels.host }} has started {{ $value }} times again within " +
          `${thresholds.restartWindow}: there are gaps in what it does. Likely: it runs out of the memory that its ` +
          "container may have, or its volume is full.",
        dashboard: "stack",
      },
    ],
  };
}

/**
 * What Prometheus watches whoever evaluates the other alerts: nobody tells of their own end. Where
 * Grafana evaluates them, its end is the end of all of them.
 */
export function evaluatorAlerts({ thresholds, evaluator, ownGrafana }: Inventory): AlertGroup {
  const evaluates = evaluator === "grafana";
  // One that was there before has an owner who watches it.
  if (!ownGrafana) return { name: "evaluator", alerts: [] };
  return {
    name: "evaluator",
    alerts: [
      {
        alert: "GrafanaDown",
        expr: 'up{job="grafana"} == 0',
        for: thresholds.stackServiceDownFor,
        severity: evaluates ? "critical" : "warning",
        summary: `Grafana is down: ${evaluates ? "no alert is evaluated" : "nobody can look at anything"}`,
        description:
          "Prometheus gets no answer from Grafana ({{ $labels.instance }}). " +
          (evaluates
            ? "It evaluates the alerts: until it is back only Prometheus' own are left. "
            : "Alerts are evaluated by Prometheus and still come. ") +
          "Likely: its container was stopped or ends at once, out of memory or by a volume that cannot be written.",
        dashboard: "stack",
      },
    ],
  };
}
