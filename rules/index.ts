import { clientAlerts } from "./alerts/clients";
import { containerAlerts } from "./alerts/containers";
import { flowerExporterAlerts } from "./alerts/flower-exporter";
import { gpuAlerts, gpuRecords } from "./alerts/gpus";
import { hostAlerts, hostRecords } from "./alerts/hosts";
import { monitoringAlerts } from "./alerts/monitoring";
import { prometheusAlerts } from "./alerts/prometheus";
import { qualityAlerts } from "./alerts/quality";
import { runAlerts } from "./alerts/runs";
import { platformAlerts } from "./alerts/platform";
import { sloAlerts } from "./alerts/slo";
import { evaluatorAlerts, stackAlerts } from "./alerts/stack";
import { federationAlerts } from "./alerts/supernodes";
import { flowerRecords } from "./records/flower";
import { sloRecords } from "./records/slo";
import type { AlertGroup, Inventory, RecordingGroup } from "./rule";

export type { Alert, AlertGroup, Inventory, RecordingGroup, WantedBundle } from "./rule";

/** All alerts for what is deployed; groups without one are left out. */
export function alertGroups(inventory: Inventory): AlertGroup[] {
  const groups = [
    federationAlerts(inventory),
    runAlerts(inventory),
    clientAlerts(inventory),
    qualityAlerts(inventory),
    flowerExporterAlerts(inventory),
    hostAlerts(inventory),
    gpuAlerts(inventory),
    containerAlerts(inventory),
    monitoringAlerts(inventory),
    prometheusAlerts(inventory),
    stackAlerts(inventory),
    sloAlerts(inventory),
    platformAlerts(inventory),
  ];
  return groups.filter((group) => group.alerts.length > 0);
}

/** What Prometheus evaluates whoever evaluates {@link alertGroups}. */
export function prometheusOwn(inventory: Inventory): {
  records: RecordingGroup[];
  alerts: AlertGroup[];
} {
  return {
    records: [
      ...hostRecords(inventory),
      ...gpuRecords(inventory),
      ...flowerRecords(inventory),
      ...sloRecords(inventory),
    ],
    alerts: [evaluatorAlerts(inventory)].filter(({ alerts }) => alerts.length > 0),
  };
}

/** All alerts, of either evaluator. */
export function everyAlert(inventory: Inventory): AlertGroup[] {
  return [...alertGroups(inventory), ...prometheusOwn(inventory).alerts];
}
