import { AT_GPU, GPU, gpuNow, perGpu } from "../gpu";
import { indent, lines, moment, recent } from "../promql";
import type { Alert, Inventory, RecordingGroup } from "../rule";

/** Clock of a GPU that computes, in MHz; nothing while it does not. */
export const BUSY_CLOCK = "gpu:sm_clock_mhz:busy";

/** What the alerts on the speed of GPUs compare with. */
export function gpuSpeedRecords({ thresholds }: Inventory): RecordingGroup {
  return {
    name: "gpu-records",
    rules: [
      {
        record: BUSY_CLOCK,
        expr: lines(
          perGpu("avg_over_time(DCGM_FI_DEV_SM_CLOCK[5m])"),
          `and ${perGpu("avg_over_time(DCGM_FI_DEV_GPU_UTIL[5m])")} > ${thresholds.gpuBusyPercent}`,
        ),
        labels: [
          ...["instance", "job", "federation", "host", "role"],
          ...["UUID", "gpu", "device", "modelName", "pci_bus_id"],
        ],
      },
    ],
  };
}

/** Temperature at which a GPU slows itself down, of those that tell it. */
const slowdown = (inventory: Inventory): string =>
  `(${gpuNow("DCGM_FI_DEV_SLOWDOWN_TEMP", inventory)} > 0)`;

/** GPUs that are so hot, by their own limit less a margin, or by a number where they tell no limit. */
function hotter(inventory: Inventory, margin: number, degrees: number): string {
  const now = gpuNow("DCGM_FI_DEV_GPU_TEMP", inventory);
  const limit = slowdown(inventory);
  return lines(
    `${now} >= ${limit}${margin === 0 ? "" : ` - ${margin}`}`,
    `or (${now} >= ${degrees} unless ${limit})`,
  );
}

function temperatureCritical(inventory: Inventory): Alert {
  const { gpuCriticalDegrees, gpuTemperatureCriticalFor } = inventory.thresholds;
  return {
    alert: "GPUTemperatureCritical",
    expr: hotter(inventory, 0, gpuCriticalDegrees),
    for: gpuTemperatureCriticalFor,
    severity: "critical",
    summary: `${GPU} is at {{ $value }} °C`,
    description:
      `${GPU} is at {{ $value }} °C, where it slows itself down; some degrees more, and it switches itself off. ` +
      "Likely: a fan or the cooling of the room has failed, air inlets are blocked, or a pump stands still.",
    ...AT_GPU,
  };
}

function temperatureHigh(inventory: Inventory): Alert {
  const { gpuHighMargin, gpuHighDegrees, gpuTemperatureHighFor } = inventory.thresholds;
  return {
    alert: "GPUTemperatureHigh",
    expr: hotter(inventory, gpuHighMargin, gpuHighDegrees),
    for: gpuTemperatureHighFor,
    severity: "warning",
    summary: `${GPU} is at {{ $value }} °C`,
    description:
      `${GPU} is at {{ $value }} °C, within ${gpuHighMargin} °C of where it slows itself down. Likely: dust, a slow fan, warm air in the ` +
      "room, or a neighbour that blows at it.",
    ...AT_GPU,
  };
}

function memoryHot(inventory: Inventory): Alert {
  const { gpuMemoryDegrees, gpuTemperatureHighFor } = inventory.thresholds;
  return {
    alert: "GPUMemoryTemperatureHigh",
    expr: `${gpuNow("DCGM_FI_DEV_MEMORY_TEMP", inventory)} >= ${gpuMemoryDegrees}`,
    for: gpuTemperatureHighFor,
    severity: "warning",
    summary: `The memory of ${GPU} is at {{ $value }} °C`,
    description:
      `The memory of ${GPU} is at {{ $value }} °C. It slows the GPU down, and errors become more likely. Likely: as for the ` +
      "GPU's own heat; where only the memory is hot, its pads or its cooler.",
    ...AT_GPU,
  };
}

/** Samples that the exporter counts in its five minutes: one every ten seconds. */
const SAMPLES = 30;

/** Share of the last five minutes in which the clock was held back for a reason. */
const heldBack = (event: string, inventory: Inventory): string =>
  perGpu(recent(`DCGM_EXP_CLOCK_EVENTS_COUNT{clock_event=~"${event}"}`, inventory), [
    "clock_event",
    "window_size_in_ms",
  ]) + ` / ${SAMPLES}`;

function throttledByHeat(inventory: Inventory): Alert {
  const { gpuThrottledShare, gpuThrottledFor } = inventory.thresholds;
  const counted = (range: string): string =>
    `${perGpu(`rate(DCGM_FI_DEV_THERMAL_VIOLATION[${range}])`)} / 1e9 > ${gpuThrottledShare}`;
  return {
    alert: "GPUThrottledByHeat",
    // A model tells the one, the other, or both.
    expr: lines(
      `${heldBack("hw_thermal|sw_thermal", inventory)} > ${gpuThrottledShare}`,
      // And it goes on: what is over is not told late.
      `or (${counted("10m")} and ${counted(moment(inventory))})`,
    ),
    for: gpuThrottledFor,
    severity: "warning",
    summary: `${GPU} is slowed down by heat {{ $value | humanizePercentage }} of the time`,
    description:
      `${GPU} was slowed down by heat in {{ $value | humanizePercentage }} of the last minutes, so its site takes longer for each round. ` +
      "Likely: dust, a slow fan, warm air in the room, or memory that is hot.",
    ...AT_GPU,
  };
}

function powerBrake(inventory: Inventory): Alert {
  const { gpuThrottledShare, gpuThrottledFor } = inventory.thresholds;
  return {
    alert: "GPUPowerBrake",
    expr: `${heldBack("hw_power_brake", inventory)} > ${gpuThrottledShare}`,
    for: gpuThrottledFor,
    severity: "warning",
    summary: `The server brakes ${GPU} for want of power`,
    description:
      `In {{ $value | humanizePercentage }} of the last five minutes the server itself held ${GPU} back, which then runs at half its clock or ` +
      "less. Likely: a power supply has failed or is too small, a cable is loose, or the rack has a power limit.",
    ...AT_GPU,
  };
}

function powerLimitLowered(inventory: Inventory): Alert {
  const { gpuPowerLimitShare, gpuPowerLimitFor, gpuRemembered } = inventory.thresholds;
  const limit = "DCGM_FI_DEV_ENFORCED_POWER_LIMIT";
  return {
    alert: "GPUPowerLimitLowered",
    expr: lines(
      gpuNow(limit, inventory),
      `< ${gpuPowerLimitShare} * ${perGpu(`max_over_time(${limit}[${gpuRemembered}:1h])`)}`,
    ),
    for: gpuPowerLimitFor,
    severity: "warning",
    summary: `The power limit of ${GPU} was lowered to {{ $value }} W`,
    description:
      `${GPU} may now draw {{ $value }} W, clearly less than within the last week, and is slower for it. Likely: somebody or a management ` +
      "controller set it (nvidia-smi -pl), or a restart has put back a default.",
    ...AT_GPU,
  };
}

function clockDrop({ thresholds }: Inventory): Alert {
  const { gpuClockShare, gpuClockDropFor } = thresholds;
  return {
    alert: "GPUClockDrop",
    expr: lines(
      // Rounds have pauses: the best of a quarter of an hour.
      `max_over_time(${BUSY_CLOCK}[15m])`,
      indent(`< ${gpuClockShare} * max_over_time(${BUSY_CLOCK}[1d:5m])`),
    ),
    for: gpuClockDropFor,
    severity: "warning",
    summary: `${GPU} computes at {{ $value | humanize }} MHz only`,
    description:
      `${GPU} is busy, and its clock is {{ $value | humanize }} MHz, far below what it had within a day. Its site takes longer for each round. ` +
      "Likely: heat, power, or a clock that somebody locked (nvidia-smi -lgc).",
    ...AT_GPU,
  };
}

/** Alerts on what makes a GPU slow. */
export function gpuSpeedAlerts(inventory: Inventory): Alert[] {
  return [
    temperatureCritical(inventory),
    temperatureHigh(inventory),
    memoryHot(inventory),
    throttledByHeat(inventory),
    powerBrake(inventory),
    powerLimitLowered(inventory),
    clockDrop(inventory),
  ];
}
