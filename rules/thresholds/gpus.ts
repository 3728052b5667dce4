/** Numbers of the alerts on GPUs; see rules/thresholds.ts. */
import { duration, number, pause, type Threshold } from "../threshold";

export const GPU_THRESHOLDS = {
  // GPUs: what breaks
  gpuXidFor: pause(
    "1m",
    "an error is a fact; GPULost of the same GPU comes sooner and speaks for it",
  ),
  gpuLostFor: pause("30s", "the exporter has answered for two minutes without that GPU"),
  gpuRemembered: duration(
    "1w",
    { from: "1d", to: "4w" },
    "so long a GPU that is gone, or a limit that was lowered, is told; then it counts as meant to be so",
  ),
  gpuUnhealthyFor: pause("2m", "DCGM looks again every minute"),
  gpuMemoryErrorWindow: duration(
    "1h",
    { from: "10m", to: "7d" },
    "long enough to be seen, and over when there are no more",
  ),
  gpuMemoryErrorFor: pause("30s", "an error is a fact; there is nothing to wait for"),
  gpuCorrectedErrors: number(
    100,
    { from: 1, to: 1_000_000, unit: "errors" },
    "memory that is well has a few in a month",
  ),
  gpuCorrectedFor: pause("5m", "a burst is counted as a whole"),
  gpuRepairPendingFor: pause("10m", "a reset that follows at once is told to nobody"),
  gpuPcieReplays: number(
    480,
    { from: 1, to: 1_000_000, unit: "transfers an hour" },
    "eight a minute: a link that is well has none for days, and a few after a change of its speed",
  ),
  gpuPcieReplaysFor: pause("10m", "a change of the link's speed repeats some transfers at once"),

  // GPUs: what makes them slow
  gpuCriticalDegrees: number(
    90,
    { from: 60, to: 120, unit: "°C" },
    "for a GPU that does not tell its own limit; most slow down between 83 and 92",
  ),
  gpuTemperatureCriticalFor: pause("2m", "a fan that speeds up needs a minute"),
  gpuHighMargin: number(
    5,
    { from: 1, to: 30, unit: "°C" },
    "a GPU under full load in a cool room stays 10 to 20 °C below its limit",
  ),
  gpuHighDegrees: number(
    85,
    { from: 50, to: 120, unit: "°C" },
    "as gpuCriticalDegrees, less the margin",
  ),
  gpuTemperatureHighFor: pause("10m", "a round of training under full load, a warm noon"),
  gpuMemoryDegrees: number(
    95,
    { from: 60, to: 120, unit: "°C" },
    "HBM slows down at 95; give GDDR6X, which may be at 105, its own number",
  ),
  gpuThrottledShare: number(
    0.2,
    { from: 0.01, to: 1, unit: "of the time" },
    "a fifth makes a round clearly longer, a short peak does not",
  ),
  gpuThrottledFor: pause("5m", "as long as the exporter looks back: not the same samples twice"),
  gpuPowerLimitShare: number(
    0.9,
    { from: 0.1, to: 0.99, unit: "of the week's highest" },
    "limits are set in steps of tens of watts; a tenth is no rounding",
  ),
  gpuPowerLimitFor: pause("5m", "a limit may be set for a short test"),
  gpuBusyPercent: number(
    50,
    { from: 10, to: 95, unit: "%" },
    "an idle GPU lowers its clock by itself; one that computes half of the time does not",
  ),
  gpuClockShare: number(
    0.6,
    { from: 0.1, to: 0.95, unit: "of the day's highest" },
    "heavy work under the power limit takes a quarter of the clock; a fault takes half",
  ),
  gpuClockDropFor: pause("5m", "the first minutes of a round may be light work"),

  // GPUs: what they are used for
  gpuMemoryFreeShare: number(
    0.05,
    { from: 0.001, to: 0.5, unit: "share" },
    "frameworks take nine tenths for themselves on purpose; below a twentieth the next batch may fail",
  ),
  gpuMemoryFor: pause("5m", "a peak that ends by itself was within the memory"),
  gpuOutOfMemoryWindow: duration(
    "10m",
    { from: "2m", to: "1h" },
    "an out of memory error frees the memory at once, and Flower hears of it a minute later",
  ),
  gpuOutOfMemoryFor: pause("30s", "both have happened; there is nothing to wait for"),
  gpuIdlePercent: number(
    5,
    { from: 1, to: 50, unit: "%" },
    "a screen or a monitor uses one or two, training more in any minute",
  ),
  gpuIdleWindow: duration(
    "10m",
    { from: "2m", to: "6h" },
    "data may be loaded for some minutes before the GPU gets work",
  ),
  gpuHeldMib: number(
    500,
    { from: 50, to: 1_000_000, unit: "MiB" },
    "a CUDA context with nothing in it takes 300 to 500, a screen less",
  ),
  gpuUtilizationDropFor: pause("10m", "a round that has just begun owes a reply too"),
  gpuUnusedWindow: duration("1h", { from: "10m", to: "1d" }, "several rounds"),
  gpuUnusedReplies: number(
    3,
    { from: 1, to: 1000, unit: "replies" },
    "one may have been an evaluation of nothing",
  ),
  gpuUnusedReplySeconds: number(
    120,
    { from: 30, to: 86_400, unit: "s" },
    "a GPU is looked at every ten seconds: shorter training might be missed",
  ),
  gpuUnusedFor: pause("15m", "the window is long already; this is for a change of the app"),
  gpuHeldWindow: duration(
    "1h",
    { from: "10m", to: "1d" },
    "a ClientApp ends within a minute of its run",
  ),
  gpuHeldFor: pause("30m", "somebody may be about to start the next run"),
  gpuEnergyRounds: number(
    5,
    { from: 1, to: 1000, unit: "rounds an hour" },
    "with fewer, one long round decides",
  ),
  gpuEnergyBaseline: duration(
    "4h",
    { from: "1h", to: "2d" },
    "hours of one run that say what a round usually costs; younger runs are not judged",
  ),
  gpuEnergyFactor: number(
    2,
    { from: 1.1, to: 100, unit: "times" },
    "rounds of one run differ by a tenth or two",
  ),
  gpuEnergyFor: pause("15m", "the hour that is looked at moves on"),

  // GPUs: the measuring
  dcgmDownFor: pause("5m", "it starts again every 30 s, and its image may have to be pulled"),
  dcgmAbsentFor: pause("10m", "a new host's exporter needs its image first"),
  gpuProfilingAbsentFor: pause("15m", "a profiler is used for some minutes"),
} satisfies Record<string, Threshold>;
