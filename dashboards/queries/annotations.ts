import { flower, service } from "./select";

/** What is marked on panels over time. */
export const annotationQueries = {
  /** Grafana wants milliseconds. */
  runStart: () => `1000 * ${flower("fl_run_start_time_seconds")}`,
  runEnd: () => `1000 * ${flower("fl_run_end_time_seconds")}`,
  /**
   * By name where Prometheus evaluates the alerts: `ALERTS` is its own. Where Grafana does, Alertmanager
   * says only how many there are; one is the Watchdog, which always fires.
   */
  alerts: () => {
    const named = `max by (federation, alertname, severity, host) (${flower("ALERTS", 'alertstate="firing"', 'severity!="none"')})`;
    const counted = `max by (federation) (${service("alertmanager_marked_alerts", "alertmanager", 'state="active"')}) > 1`;
    const evaluated = flower("ALERTS", 'alertname="Watchdog"');
    return `${named} or label_replace(${counted} unless on (federation) ${evaluated}, "alertname", "Alerts fire: see Alerts", "", "")`;
  },
};
