import { AT_GPU, gpuNow, perHost } from "../gpu";
import { anyOf, lines, recent } from "../promql";
import { hostsWith, type Alert, type Inventory } from "../rule";

function down({ thresholds }: Inventory): Alert {
  return {
    alert: "DcgmExporterDown",
    expr: 'up{job="dcgm"} == 0',
    for: thresholds.dcgmDownFor,
    severity: "warning",
    summary: "The DCGM exporter of {{ $labels.host }} does not answer",
    description:
      "The DCGM exporter at {{ $labels.instance }} on {{ $labels.host }} does not answer, so no alert on the GPUs there would fire. It starts " +
      "again by itself every 30 s. Likely: no driver after an update, no container toolkit, no image, or its port is taken.",
    ...AT_GPU,
  };
}

/** Hosts that should have the exporter and are not scraped for it, or whose exporter tells of no GPU. */
function absent(inventory: Inventory): Alert {
  const declared = anyOf(hostsWith(inventory, "dcgm"));
  return {
    alert: "DcgmMetricsAbsent",
    expr: lines(
      "max without (instance, job) (",
      `  (up{job="node", host=~"${declared}"} == 1 unless on (federation, host) up{job="dcgm"})`,
      "  or",
      `  (up{job="dcgm"} == 1 unless on (federation, host) ${recent("DCGM_FI_DEV_GPU_TEMP", inventory)})`,
      ")",
    ),
    for: inventory.thresholds.dcgmAbsentFor,
    severity: "warning",
    summary: "{{ $labels.host }} tells of no GPU",
    description:
      "{{ $labels.host }} has GPUs by the stack, and Prometheus has no data of any of them: the DCGM exporter is not scraped, or it answers and lists no GPU. " +
      "Likely: driver and exporter do not fit, the container was given no GPU, or the target files were changed by hand.",
    ...AT_GPU,
  };
}

/** GPUs without profiling metrics, on hosts that should have them. */
function profilingGone(inventory: Inventory): Alert {
  const declared = anyOf(hostsWith(inventory, "profiling"));
  return {
    alert: "GPUProfilingAbsent",
    expr: perHost(
      "count",
      lines(
        "",
        `  ${gpuNow(`DCGM_FI_DEV_GPU_TEMP{host=~"${declared}"}`, inventory)}`,
        `  unless on (federation, host, UUID) ${recent("DCGM_FI_PROF_GR_ENGINE_ACTIVE", inventory)}`,
        "",
      ),
    ),
    for: inventory.thresholds.gpuProfilingAbsentFor,
    severity: "warning",
    summary: "{{ $value }} GPUs of {{ $labels.host }} have no profiling metrics",
    description:
      "{{ $labels.host }} should have profiling metrics (dcgmProfiling), and {{ $value }} of its GPUs have none. Everything else is measured. Likely: " +
      "another profiler holds the counters (Nsight, another DCGM), the exporter lost them and needs a restart, or the model has none.",
    ...AT_GPU,
  };
}

/** Alerts on the measuring of GPUs. */
export function gpuExporterAlerts(inventory: Inventory): Alert[] {
  const profiled = hostsWith(inventory, "profiling").length > 0;
  return [down(inventory), absent(inventory), ...(profiled ? [profilingGone(inventory)] : [])];
}
