import { AT_GPU, GPU, gpuNow, perGpu } from "../gpu";
import { grew, indent, lines, moment, recent } from "../promql";
import type { Alert, Inventory } from "../rule";

/** XID codes that an application causes: it ends, and the GPU is well. */
const BY_APPS = "13|31|43|45|68|69";

/** XID codes that only take note of what alerts on memory tell. */
const NOTES = "63|92";

/** Counts of the exporter's last five minutes: unlike the last code, they go back to 0. */
const xids = (matchers: string, inventory: Inventory): string =>
  perGpu(recent(`DCGM_EXP_XID_ERRORS_COUNT{${matchers}}`, inventory), ["window_size_in_ms"]);

function xidError(inventory: Inventory): Alert {
  return {
    alert: "GPUXIDError",
    expr: `${xids(`xid!~"|${BY_APPS}|${NOTES}"`, inventory)} > 0`,
    for: inventory.thresholds.gpuXidFor,
    severity: "critical",
    summary: `${GPU} reports XID {{ $labels.xid }}`,
    description:
      `The driver reported error XID {{ $labels.xid }} of ${GPU}, {{ $value }} times in five minutes. What ran there ` +
      "has most likely ended. Likely: the GPU, its memory, its link or the driver is in trouble; the code says which.",
    ...AT_GPU,
  };
}

function xidOfApp(inventory: Inventory): Alert {
  return {
    alert: "GPUXIDApplicationError",
    // Those that are left: the codes are not told by name, of which a scrape has seen few.
    expr: lines(
      `${xids('xid!=""', inventory)} > 0`,
      `unless ${xids(`xid!~"${BY_APPS}"`, inventory)}`,
    ),
    for: inventory.thresholds.gpuXidFor,
    severity: "warning",
    summary: `A program on ${GPU} caused XID {{ $labels.xid }}`,
    description:
      `A program on ${GPU} was ended by the driver with XID {{ $labels.xid }}, {{ $value }} times in five minutes: as a ` +
      "rule it read or wrote where it may not. Likely: an error in the training code or in a library; the GPU is well, unless it repeats with every program.",
    ...AT_GPU,
  };
}

/**
 * GPUs that nvidia-smi lists now or has listed within the week, and of which DCGM has no data although it
 * answers. What nvidia-smi says now is not enough: with a GPU that is lost it fails.
 */
function lost(inventory: Inventory): Alert {
  const { gpuLostFor, gpuRemembered } = inventory.thresholds;
  const listed = "flower_monitoring_gpu_info";
  const known = `max without (gpu, driver_version) (max_over_time(${listed}[${gpuRemembered}:1h]) or ${listed} offset 10m or ${listed})`;
  return {
    alert: "GPULost",
    expr: lines(
      `label_replace(${known}, "UUID", "$1", "uuid", "(.*)")`,
      "unless on (federation, host, UUID) DCGM_FI_DEV_GPU_TEMP",
      // The exporter has answered for a while: after its start it needs some seconds.
      `and on (federation, host) min_over_time(up{job="dcgm"}[${moment(inventory)}]) == 1`,
    ),
    for: gpuLostFor,
    severity: "critical",
    summary: "A GPU of {{ $labels.host }} is gone: {{ $labels.name }}",
    description:
      "GPU {{ $labels.uuid }} ({{ $labels.name }}) of {{ $labels.host }} was there within the week, and DCGM has no data of it " +
      "any more. What ran there has ended. Likely: it has fallen off the bus (XID 79), or was taken out.",
    ...AT_GPU,
  };
}

function unhealthy(inventory: Inventory): Alert {
  // Heat and power have alerts of their own, which know how much of the time.
  const health = 'DCGM_EXP_GPU_HEALTH_STATUS{health_watch!~"THERMAL|POWER"}';
  return {
    alert: "GPUUnhealthy",
    expr: `${perGpu(recent(health, inventory), ["health_error_code"])} >= 10`,
    for: inventory.thresholds.gpuUnhealthyFor,
    severity: "warning",
    summary: `DCGM finds {{ $labels.health_watch }} of ${GPU} unwell`,
    description:
      `DCGM's own check of {{ $labels.health_watch }} on ${GPU} says {{ $value }}: 10 is a warning, 20 a failure. Likely: ` +
      "hardware or driver in trouble; the label health_error_code of DCGM_EXP_GPU_HEALTH_STATUS says what.",
    ...AT_GPU,
  };
}

function uncorrected({ thresholds }: Inventory): Alert {
  const { gpuMemoryErrorWindow, gpuMemoryErrorFor } = thresholds;
  return {
    alert: "GPUUncorrectedMemoryErrors",
    expr: perGpu(`\n${indent(grew("DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", gpuMemoryErrorWindow))}\n`),
    for: gpuMemoryErrorFor,
    severity: "critical",
    summary: `${GPU} has memory errors that cannot be corrected`,
    description:
      `${GPU} had {{ $value }} uncorrected memory errors within ${gpuMemoryErrorWindow}. What used that memory was ended, and ` +
      "what it computed is worth nothing. Likely: memory that wears out; the GPU needs a reset, and to be replaced if it repeats.",
    ...AT_GPU,
  };
}

function corrected({ thresholds }: Inventory): Alert {
  const { gpuMemoryErrorWindow, gpuCorrectedErrors, gpuCorrectedFor } = thresholds;
  return {
    alert: "GPUCorrectedMemoryErrors",
    expr: `${perGpu(`round(increase(DCGM_FI_DEV_ECC_SBE_VOL_TOTAL[${gpuMemoryErrorWindow}]))`)} > ${gpuCorrectedErrors}`,
    for: gpuCorrectedFor,
    severity: "warning",
    summary: `${GPU} corrects many memory errors`,
    description:
      `${GPU} corrected {{ $value }} memory errors within ${gpuMemoryErrorWindow}. Nothing is wrong with what was computed, but such ` +
      "memory soon has errors that cannot be corrected. Likely: wear, or heat.",
    ...AT_GPU,
  };
}

function remapFailure(inventory: Inventory): Alert {
  return {
    alert: "GPURowRemapFailure",
    expr: `${gpuNow("DCGM_FI_DEV_ROW_REMAP_FAILURE", inventory)} > 0`,
    for: inventory.thresholds.gpuMemoryErrorFor,
    severity: "critical",
    summary: `${GPU} cannot repair its memory any more`,
    description:
      `${GPU} had to replace a row of its memory and has no spare row left. The next error ends what runs there, and ` +
      "so does each one after it. Likely: the GPU is worn out and has to be replaced.",
    ...AT_GPU,
  };
}

function repairPending(inventory: Inventory): Alert {
  return {
    alert: "GPUMemoryRepairPending",
    expr: lines(
      `${gpuNow("DCGM_FI_DEV_ROW_REMAP_PENDING", inventory)} > 0`,
      `or ${gpuNow("DCGM_FI_DEV_RETIRED_PENDING", inventory)} > 0`,
    ),
    for: inventory.thresholds.gpuRepairPendingFor,
    severity: "warning",
    summary: `${GPU} waits for a reset to repair its memory`,
    description:
      `${GPU} has set aside memory with errors ({{ $value }}) and can replace it only at its next reset. Until then errors there may ` +
      "come again. Likely: it had an uncorrected error, or several corrected ones in one place.",
    ...AT_GPU,
  };
}

function pcieReplays({ thresholds }: Inventory): Alert {
  const { gpuPcieReplays, gpuPcieReplaysFor } = thresholds;
  return {
    alert: "GPUPcieReplays",
    expr: `${perGpu("round(increase(DCGM_FI_DEV_PCIE_REPLAY_COUNTER[1h]))")} > ${gpuPcieReplays}`,
    for: gpuPcieReplaysFor,
    severity: "warning",
    summary: `The PCIe link of ${GPU} repeats transfers`,
    description:
      `${GPU} had to repeat {{ $value }} transfers over PCIe within an hour. Data reaches it slowly, and it may fall off the bus. ` +
      "Likely: it sits badly in its slot, or riser, cable or slot is broken.",
    ...AT_GPU,
  };
}

/** Alerts on what breaks in a GPU. */
export function gpuHealthAlerts(inventory: Inventory): Alert[] {
  return [
    xidError(inventory),
    xidOfApp(inventory),
    lost(inventory),
    unhealthy(inventory),
    uncorrected(inventory),
    corrected(inventory),
    remapFailure(inventory),
    repairPending(inventory),
    pcieReplays(inventory),
  ];
}
