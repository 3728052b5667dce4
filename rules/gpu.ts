/** Series of the DCGM exporter, as alerts and panels want them. */
import { recent } from "./promql";
import type { Inventory } from "./rule";

/** Labels that say nothing of a GPU: a driver's update would end an alert, and DCGM forgets both at times. */
const NOISE = ["DCGM_FI_DRIVER_VERSION", "Hostname"];

/** Labels by which the GPUs of a host differ. */
const OWN = ["UUID", "gpu", "device", "modelName", "pci_bus_id"];

/**
 * One series for each GPU.
 * @param more labels that are left out too
 */
export function perGpu(expr: string, more: readonly string[] = []): string {
  return `max without (${[...NOISE, ...more].join(", ")}) (${expr})`;
}

/** One series for each host with GPUs: the most of them, their sum, or how many they are. */
export function perHost(aggregation: "max" | "sum" | "count", expr: string): string {
  return `${aggregation} without (${[...NOISE, ...OWN].join(", ")}) (${expr})`;
}

/** The last value of each GPU, although a scrape or two are missing. */
export function gpuNow(selector: string, inventory: Inventory): string {
  return perGpu(recent(selector, inventory));
}

/** How a GPU is called in texts: its number on the host, as nvidia-smi has it, and its model. */
export const GPU = "GPU {{ $labels.gpu }} ({{ $labels.modelName }}) of {{ $labels.host }}";

/** Where alerts on GPUs lead. */
export const AT_GPU = { dashboard: "gpu", link: ["host"] } as const;
