import type { ContextConfig, GpuConfig, HostRole } from "../config/schema";

/** Where the exporter takes events that Flower's own channel refused; below its RuntimeDirectory. */
export const EVENT_SOCKET = "/run/flower-monitoring-flower-exporter/events.sock";

/**
 * `flower_monitoring.conf`, which the hook reads beside its package. A process' own environment wins
 * over it. FL_METRICS_* are not in it: they would start a second server beside the exporter.
 */
export function renderHookSettings(
  role: HostRole,
  context: ContextConfig,
  gpu: GpuConfig | undefined,
): string {
  const settings: Record<string, string | undefined> = {
    FL_LOG_FORMAT: context.logFormat,
    ...(role === "superlink"
      ? {
          FL_LOSS_METRIC: context.lossMetric,
          FL_ACCURACY_METRIC: context.accuracyMetric,
          FL_EVENT_SOCKET: context.metricsEnabled ? EVENT_SOCKET : undefined,
        }
      : { FL_GPU_ENABLED: gpu === undefined ? "NO" : "YES" }),
  };
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}\n`],
  );
  return `# Written by flower-monitoring; changes here are overwritten.\n${lines.join("")}`;
}
