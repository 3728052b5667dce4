import { hostsWith, type AlertGroup, type Inventory, type RecordingGroup } from "../rule";
import { gpuExporterAlerts } from "./gpu-exporter";
import { gpuHealthAlerts } from "./gpu-health";
import { gpuSpeedAlerts, gpuSpeedRecords } from "./gpu-speed";
import { gpuUseAlerts, gpuUseRecords } from "./gpu-use";

const hasGpus = (inventory: Inventory): boolean => hostsWith(inventory, "dcgm").length > 0;

/** What Prometheus computes about GPUs, where a host has them. */
export function gpuRecords(inventory: Inventory): RecordingGroup[] {
  if (!hasGpus(inventory)) return [];
  const flower = hostsWith(inventory, "flower").length > 0;
  return [gpuSpeedRecords(inventory), ...(flower ? [gpuUseRecords(inventory)] : [])];
}

/** Alerts on GPUs, where a host has the DCGM exporter. */
export function gpuAlerts(inventory: Inventory): AlertGroup {
  const families = [gpuHealthAlerts, gpuSpeedAlerts, gpuUseAlerts, gpuExporterAlerts];
  return {
    name: "gpus",
    alerts: hasGpus(inventory) ? families.flatMap((alerts) => alerts(inventory)) : [],
  };
}
