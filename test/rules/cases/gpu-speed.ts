import type { AlertCases, Case } from "../alert-case";
import { gpu0, onGpu } from "./scraped";
import { tells } from "./tells";

type Series = Case["series"];
const interval = "30s";
const gauge = (field: string, values: string): Series => ({
  [onGpu(gpu0)(`DCGM_FI_DEV_${field}`)]: values,
});
const temperature = (values: string, limit = "87x120"): Series => ({
  ...gauge("GPU_TEMP", values),
  ...gauge("SLOWDOWN_TEMP", limit),
});
const critical = (degrees: string) => tells("GPUTemperatureCritical", gpu0, degrees);
const high = (degrees: string) => tells("GPUTemperatureHigh", gpu0, degrees);

const gpuTemperatureCritical: AlertCases = {
  fires: [
    {
      name: "a fan fails; the exporter restarts while it is hot",
      interval,
      series: temperature("64x19 88x19 _x2 89x17 60x40"),
      expect: {
        "11m30s": [],
        "12m": [critical("88")],
        "20m30s": [critical("88")],
        "29m": [critical("89")],
        "30m": [],
      },
    },
    {
      name: "a GPU that does not tell its limit is at 92 °C",
      interval,
      series: temperature("92x60", "0x60"),
      expect: { "1m30s": [], "2m": [critical("92")] },
    },
  ],
  silent: [
    {
      name: "full load in a cool room",
      interval,
      series: temperature("70x120"),
      expect: { "10m": [], "30m": [] },
    },
    {
      name: "a GPU that may be at 95 °C is at 92",
      interval,
      series: temperature("92x120", "97x120"),
      expect: { "10m": [], "30m": [] },
    },
    {
      name: "a peak of a minute",
      interval,
      series: temperature("70x19 88x2 70x60"),
      expect: { "11m": [], "12m": [], "20m": [] },
    },
  ],
};

const gpuTemperatureHigh: AlertCases = {
  fires: [
    {
      name: "dust: 84 °C for half an hour, of 87",
      interval,
      series: temperature("70x19 84x59 70x40"),
      expect: { "19m30s": [], "20m": [high("84")], "39m30s": [high("84")], "40m": [] },
    },
    {
      name: "a GPU that does not tell its limit is at 86 °C",
      interval,
      series: gauge("GPU_TEMP", "86x60"),
      expect: { "9m30s": [], "10m": [high("86")] },
    },
  ],
  silent: [
    {
      name: "full load in a cool room",
      interval,
      series: temperature("70x120"),
      expect: { "15m": [], "40m": [] },
    },
    {
      name: "a GPU that may be at 97 °C is at 90",
      interval,
      series: temperature("90x120", "97x120"),
      expect: { "15m": [], "40m": [] },
    },
    {
      name: "a warm round of five minutes",
      interval,
      series: temperature("70x19 84x9 70x60"),
      expect: { "14m": [], "21m": [] },
    },
  ],
};

const memoryHot = tells("GPUMemoryTemperatureHigh", gpu0, "98");

const gpuMemoryTemperatureHigh: AlertCases = {
  fires: [
    {
      name: "memory at 98 °C for half an hour",
      interval,
      series: gauge("MEMORY_TEMP", "80x19 98x59 80x40"),
      expect: { "19m30s": [], "20m": [memoryHot], "39m30s": [memoryHot], "40m": [] },
    },
  ],
  silent: [
    {
      name: "memory under full load",
      interval,
      series: gauge("MEMORY_TEMP", "88x120"),
      expect: { "15m": [], "40m": [] },
    },
    {
      name: "a peak of five minutes",
      interval,
      series: gauge("MEMORY_TEMP", "80x19 98x9 80x60"),
      expect: { "14m": [], "21m": [] },
    },
  ],
};

/** How many of thirty samples in five minutes had this reason. */
const event = (reason: string, values: string): Series => ({
  [onGpu(gpu0)("DCGM_EXP_CLOCK_EVENTS_COUNT", {
    clock_event: reason,
    window_size_in_ms: "300000",
  })]: values,
});
const heat = (share: string) => tells("GPUThrottledByHeat", gpu0, share);

const gpuThrottledByHeat: AlertCases = {
  fires: [
    {
      name: "half of the samples are held back by heat, by the one reason and then the other",
      interval,
      series: {
        ...event("hw_thermal", "_x20 15x19 stale"),
        ...event("sw_thermal", "_x40 15x19 stale"),
      },
      expect: {
        "14m30s": [],
        "15m": [heat("50%")],
        "20m30s": [heat("50%")],
        "29m30s": [heat("50%")],
        "33m": [],
      },
    },
    {
      name: "a model that only counts the time: 30 s of each minute",
      interval: "1m",
      series: gauge("THERMAL_VIOLATION", "0x19 0+30000000000x40 1200000000000x60"),
      expect: { "22m": [], "40m": [heat("50%")], "59m": [heat("50%")], "1h2m": [] },
    },
  ],
  silent: [
    {
      name: "idle, and held back by its power limit, which is how it works",
      interval,
      series: { ...event("gpu_idle", "30x120"), ...event("power_cap", "30x120") },
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "a fan stood still for four minutes",
      interval: "1m",
      series: gauge("THERMAL_VIOLATION", "0x19 0+60000000000x4 240000000000x60"),
      expect: { "23m": [], "26m": [], "30m": [], "40m": [] },
    },
    {
      name: "heat in one sample of ten, and the time of long ago",
      interval,
      series: { ...event("hw_thermal", "3x120"), ...gauge("THERMAL_VIOLATION", "9e15x120") },
      expect: { "10m": [], "40m": [] },
    },
  ],
};

const brake = tells("GPUPowerBrake", gpu0, "100%");

const gpuPowerBrake: AlertCases = {
  fires: [
    {
      name: "one of two power supplies fails",
      interval,
      series: event("hw_power_brake", "_x20 30x39 stale"),
      expect: { "14m30s": [], "15m": [brake], "29m30s": [brake], "33m": [] },
    },
  ],
  silent: [
    {
      name: "the power limit is reached, which is how it works",
      interval,
      series: event("power_cap", "30x120"),
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "a brake for a moment",
      interval,
      series: event("hw_power_brake", "_x20 2x19 stale"),
      expect: { "16m": [], "29m": [] },
    },
  ],
};

export const gpuSpeedCases: Record<string, AlertCases> = {
  GPUTemperatureCritical: gpuTemperatureCritical,
  GPUTemperatureHigh: gpuTemperatureHigh,
  GPUMemoryTemperatureHigh: gpuMemoryTemperatureHigh,
  GPUThrottledByHeat: gpuThrottledByHeat,
  GPUPowerBrake: gpuPowerBrake,
};
