import { containerAlerts } from "./alerts/containers";
import { federationAlerts } from "./alerts/supernodes";
import { hostAlerts, hostRecords } from "./alerts/hosts";
import { monitoringAlerts } from "./alerts/monitoring";
import { prometheusAlerts } from "./alerts/prometheus";
import { sloAlerts } from "./alerts/slo";
import { evaluatorAlerts, stackAlerts } from "./alerts/stack";
import { sloRecords } from "./records/slo";
import type { AlertGroup, Inventory, RecordingGroup } from "./rule";

export type { Alert, AlertGroup, Inventory, RecordingGroup, WantedBundle } from "./rule";

/** All alerts for what is deployed; groups without one are left out. */
export function alertGroups(inventory: Inventory): AlertGroup[] {
  const groups = [
    federationAlerts(inventory),
    hostAlerts(inventory),
    containerAlerts(inventory),
    monitoringAlerts(inventory),
    prometheusAlerts(inventory),
    stackAlerts(inventory),
    sloAlerts(inventory),
  ];
  return groups.filter((group) => group.alerts.length > 0);
}

/** What Prometheus evaluates whoever evaluates {@link alertGroups}. */
export function prometheusOwn(inventory: Inventory): {
  records: RecordingGroup[];
  alerts: AlertGroup[];
} {
  return {
    records: [...hostRecords(inventory), ...sloRecords(inventory)],
    alerts: [evaluatorAlerts(inventory)],
  };
}

/** All alerts, of either evaluator. */
export function everyAlert(inventory: Inventory): AlertGroup[] {
  return [...alertGroups(inventory), ...prometheusOwn(inventory).alerts];
}
