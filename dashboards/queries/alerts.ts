import { anywhere, flower } from "./select";

const OURS = 'severity!="none"';

/** Alerts, as Prometheus has them while it evaluates them. */
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
};
