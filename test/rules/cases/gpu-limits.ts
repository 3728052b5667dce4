import type { AlertCases, Case } from "../alert-case";
import { gpu0, gpu1, onGpu } from "./scraped";
import { tells } from "./tells";

type Series = Case["series"];
const gauge = (field: string, values: string, gpu = gpu0): Series => ({
  [onGpu(gpu)(`DCGM_FI_DEV_${field}`)]: values,
});

const lowered = tells("GPUPowerLimitLowered", gpu0, "400");

const gpuPowerLimitLowered: AlertCases = {
  fires: [
    {
      name: "somebody lowers the limit from 700 to 400 W, for some hours",
      interval: "10m",
      series: gauge("ENFORCED_POWER_LIMIT", "700x17 400x35 700x60"),
      expect: { "2h50m": [], "3h20m": [lowered], "8h50m": [lowered], "9h10m": [] },
    },
  ],
  silent: [
    {
      name: "the limit that it always had",
      interval: "10m",
      series: gauge("ENFORCED_POWER_LIMIT", "400x120"),
      expect: { "3h": [], "15h": [] },
    },
    {
      name: "two GPUs have different limits",
      interval: "10m",
      series: {
        ...gauge("ENFORCED_POWER_LIMIT", "700x120"),
        ...gauge("ENFORCED_POWER_LIMIT", "400x120", gpu1),
      },
      expect: { "3h": [], "15h": [] },
    },
    {
      name: "the limit is raised",
      interval: "10m",
      series: gauge("ENFORCED_POWER_LIMIT", "400x17 700x60"),
      expect: { "2h": [], "5h": [] },
    },
  ],
};

/** Clock and use of a GPU over time. */
const clock = (mhz: string, busy: string): Series => ({
  ...gauge("SM_CLOCK", mhz),
  ...gauge("GPU_UTIL", busy),
});
const slow = tells("GPUClockDrop", gpu0, "600");

const gpuClockDrop: AlertCases = {
  fires: [
    {
      name: "a GPU that trained at 1725 MHz trains at 600, for an hour",
      interval: "1m",
      series: clock("1725x119 600x59 1725x60", "94x240"),
      expect: { "2h10m": [], "2h30m": [slow], "2h59m": [slow], "3h20m": [] },
    },
  ],
  silent: [
    {
      name: "a GPU trains, and idles at its lowest clock between two runs",
      interval: "1m",
      series: clock("1725x119 210x59 1725x60", "94x119 0x59 94x60"),
      expect: { "2h30m": [], "2h59m": [], "3h10m": [] },
    },
    {
      name: "heavy work under the power limit takes a quarter of the clock",
      interval: "1m",
      series: clock("1725x119 1300x120", "94x240"),
      expect: { "2h30m": [], "3h30m": [] },
    },
    {
      name: "two minutes of a round are slow",
      interval: "1m",
      series: clock("1725x119 600x2 1725x60", "94x240"),
      expect: { "2h2m": [], "2h6m": [], "2h30m": [] },
    },
  ],
};

export const gpuLimitCases: Record<string, AlertCases> = {
  GPUPowerLimitLowered: gpuPowerLimitLowered,
  GPUClockDrop: gpuClockDrop,
};
