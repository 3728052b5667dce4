import { flower } from "./select";

/** What is marked on panels over time. */
export const annotationQueries = {
  /** Grafana wants milliseconds. */
  runStart: () => `1000 * ${flower("fl_run_start_time_seconds")}`,
  runEnd: () => `1000 * ${flower("fl_run_end_time_seconds")}`,
  /** The Watchdog always fires. */
  alerts: () =>
    `max by (alertname, severity, host) (${flower("ALERTS", 'alertstate="firing"', 'severity!="none"')})`,
};
