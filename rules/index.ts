import { federationAlerts } from "./federation";
import { monitoringAlerts } from "./monitoring";
import type { AlertGroup, Inventory } from "./rule";

export type { Alert, AlertGroup, Inventory } from "./rule";

/** All alerts for what is deployed; groups without one are left out. */
export function alertGroups(inventory: Inventory): AlertGroup[] {
  const groups = [federationAlerts(inventory), monitoringAlerts()];
  return groups.filter((group) => group.alerts.length > 0);
}
