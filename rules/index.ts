import { federationAlerts } from "./alerts/supernodes";
import { hostAlerts, hostRecords } from "./alerts/hosts";
import { monitoringAlerts } from "./alerts/monitoring";
import type { AlertGroup, Inventory, RecordingGroup } from "./rule";

export type { Alert, AlertGroup, Inventory, RecordingGroup, WantedBundle } from "./rule";

/** All alerts for what is deployed; groups without one are left out. */
export function alertGroups(inventory: Inventory): AlertGroup[] {
  const groups = [federationAlerts(inventory), hostAlerts(inventory), monitoringAlerts(inventory)];
  return groups.filter((group) => group.alerts.length > 0);
}

/** What Prometheus evaluates in any case, for alerts of either evaluator. */
export function prometheusOwn(inventory: Inventory): { records: RecordingGroup[] } {
  return { records: hostRecords(inventory) };
}
