import { anywhere, flower, service } from "./select";

/** The Watchdog is for machines. */
const OURS = 'severity!="none"';

const alertmanager = (metric: string, ...more: string[]): string =>
  service(`alertmanager_${metric}`, "alertmanager", ...more);

/** Alerts, as Prometheus has them while it evaluates them, and as Alertmanager has them in any case. */
export const alertQueries = {
  firing: () =>
    `count by (federation, severity) (${flower("ALERTS", 'alertstate="firing"', OURS)})`,
  firingNow: () =>
    `count by (federation, alertname, severity, host) (${flower("ALERTS", 'alertstate="firing"', OURS)})`,
  pendingNow: () =>
    `count by (federation, alertname, severity, host) (${flower("ALERTS", 'alertstate="pending"', OURS)})`,
  history: () =>
    `count by (federation, alertname, severity) (${flower("ALERTS", 'alertstate="firing"', OURS)})`,
  targetsDown: () => `count by (federation) (${anywhere("up")} == 0)`,
  atAlertmanager: () => `sum by (federation, state) (${alertmanager("marked_alerts")})`,
  told: () =>
    `sum by (federation, receiver_name, integration) (increase(${alertmanager("notifications_total")}[$__rate_interval]))`,
  /** A reload cuts notifications short; they are tried again. */
  notTold: () =>
    `sum by (federation, receiver_name, integration) (increase(${alertmanager("notifications_failed_total", 'reason!="contextCanceled"')}[$__rate_interval]))`,
  silences: () => `sum by (federation) (${alertmanager("silences", 'state="active"')})`,
};
