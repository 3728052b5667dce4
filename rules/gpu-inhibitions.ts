import type { Inhibition } from "./inhibitions";

/** Of one GPU. */
const SAME_GPU = ["federation", "host", "UUID"];

const named = (names: readonly string[]): string => `alertname=~"${names.join("|")}"`;

/** Critical alerts about a GPU: each explains what else is wrong with it. */
const CRITICAL = [
  "GPUXIDError",
  "GPULost",
  "GPUTemperatureCritical",
  "GPUUncorrectedMemoryErrors",
  "GPURowRemapFailure",
];

/** Warnings that they explain. Its memory being held, say, has another cause. */
const EXPLAINED = [
  "GPUUnhealthy",
  "GPUMemoryRepairPending",
  "GPUCorrectedMemoryErrors",
  "GPUPcieReplays",
  "GPUTemperatureHigh",
  "GPUMemoryTemperatureHigh",
  "GPUThrottledByHeat",
  "GPUPowerBrake",
  "GPUClockDrop",
  "GPUUtilizationDrop",
];

/** What one alert on a GPU says of another. */
export const gpuInhibitions: Inhibition[] = [
  {
    because: "a GPU that is in critical trouble is slow and unwell too",
    source: ['severity="critical"', named(CRITICAL)],
    target: ['severity="warning"', named(EXPLAINED)],
    equal: SAME_GPU,
  },
  {
    // A critical alert that is held back: XID 79 is how the driver says that the GPU is lost.
    because: "a GPU that is lost has reported just that",
    source: ['alertname="GPULost"'],
    target: ['alertname="GPUXIDError"', 'xid="79"'],
    equal: SAME_GPU,
  },
  {
    // As above: these codes are how the driver tells of such errors.
    because: "an uncorrected memory error is reported as an XID too",
    source: ['alertname="GPUUncorrectedMemoryErrors"'],
    target: ['alertname="GPUXIDError"', 'xid=~"48|64|94|95"'],
    equal: SAME_GPU,
  },
  {
    because: "with a GPU that is lost nvidia-smi fails, and the exporter may have no other",
    source: ['alertname="GPULost"'],
    target: ['severity="warning"', named(["HostFactMissing", "DcgmMetricsAbsent"])],
    equal: ["federation", "host"],
  },
  {
    because: "who is slowed down is slow, and hot where heat does it",
    source: [named(["GPUThrottledByHeat", "GPUPowerBrake", "GPUPowerLimitLowered"])],
    target: [
      'severity="warning"',
      named(["GPUClockDrop", "GPUTemperatureHigh", "GPUMemoryTemperatureHigh"]),
    ],
    equal: SAME_GPU,
  },
  {
    because: "training that fails on a full GPU says more than a full GPU",
    source: ['alertname="GPUOutOfMemory"'],
    target: ['severity="warning"', 'alertname="GPUMemoryExhaustion"'],
    equal: SAME_GPU,
  },
];
