import type { AlertCases, Case } from "../alert-case";
import { gpu0, onGpu } from "./scraped";
import { tells } from "./tells";

const interval = "30s";
const counts = (field: string, values: string): Case["series"] => ({
  [onGpu(gpu0)(`DCGM_FI_DEV_${field}`)]: values,
});

const double = (count: string) => tells("GPUUncorrectedMemoryErrors", gpu0, count);

const gpuUncorrectedMemoryErrors: AlertCases = {
  fires: [
    {
      name: "an error that cannot be corrected: told for an hour",
      interval: "1m",
      series: counts("ECC_DBE_VOL_TOTAL", "0x19 1x100"),
      expect: { "19m": [], "22m": [double("1")], "1h18m": [double("1")], "1h22m": [] },
    },
    {
      name: "the first sample of a GPU has one already",
      interval: "1m",
      series: counts("ECC_DBE_VOL_TOTAL", "_x10 2x150"),
      expect: { "9m": [], "12m": [double("2")], "2h15m": [] },
    },
  ],
  silent: [
    {
      name: "no errors",
      interval: "1m",
      series: counts("ECC_DBE_VOL_TOTAL", "0x100"),
      expect: { "10m": [], "1h": [] },
    },
    {
      name: "errors of before, while exporter and Prometheus are away for a quarter of an hour",
      interval: "1m",
      series: counts("ECC_DBE_VOL_TOTAL", "3x150 _x15 3x60"),
      expect: { "2h30m": [], "2h47m": [], "3h40m": [] },
    },
    {
      name: "the host restarts, and the driver counts from 0",
      interval: "1m",
      series: counts("ECC_DBE_VOL_TOTAL", "3x150 _x3 0x60"),
      expect: { "2h35m": [], "3h": [] },
    },
  ],
};

const gpuCorrectedMemoryErrors: AlertCases = {
  fires: [
    {
      name: "memory wears out: ten corrected errors a minute for an hour",
      interval: "1m",
      series: counts("ECC_SBE_VOL_TOTAL", "5x19 5+10x60 605x120"),
      expect: {
        "25m": [],
        "1h19m": [tells("GPUCorrectedMemoryErrors", gpu0, "595")],
        "2h25m": [],
      },
    },
  ],
  silent: [
    {
      name: "a handful in the life of the GPU",
      interval: "1m",
      series: counts("ECC_SBE_VOL_TOTAL", "5x60 6x60"),
      expect: { "1h5m": [], "2h": [] },
    },
    {
      name: "many, but long ago; the exporter restarts",
      interval: "1m",
      series: counts("ECC_SBE_VOL_TOTAL", "5000x60 _x2 5000x60"),
      expect: { "10m": [], "1h5m": [], "2h": [] },
    },
  ],
};

const gpuRowRemapFailure: AlertCases = {
  fires: [
    {
      name: "no spare row is left, until the GPU is replaced",
      interval,
      series: counts("ROW_REMAP_FAILURE", "0x19 1x20 _x2 1x18 0x20"),
      expect: {
        "9m30s": [],
        "10m30s": [tells("GPURowRemapFailure", gpu0)],
        "20m30s": [tells("GPURowRemapFailure", gpu0)],
        "29m": [tells("GPURowRemapFailure", gpu0)],
        "32m": [],
      },
    },
  ],
  silent: [
    {
      name: "rows can be replaced",
      interval,
      series: counts("ROW_REMAP_FAILURE", "0x60"),
      expect: { "5m": [], "20m": [] },
    },
    {
      name: "a row was replaced, which is what spare rows are for",
      interval,
      series: {
        ...counts("ROW_REMAP_FAILURE", "0x60"),
        ...counts("UNCORRECTABLE_REMAPPED_ROWS", "0x19 1x40"),
      },
      expect: { "11m": [], "20m": [] },
    },
  ],
};

const pending = (count: string) => tells("GPUMemoryRepairPending", gpu0, count);

const gpuMemoryRepairPending: AlertCases = {
  fires: [
    {
      name: "a row waits for a reset, for half an hour",
      interval,
      series: counts("ROW_REMAP_PENDING", "0x19 1x59 0x40"),
      expect: { "19m30s": [], "20m": [pending("1")], "39m": [pending("1")], "41m": [] },
    },
    {
      name: "an older GPU waits to retire two pages",
      interval,
      series: { ...counts("RETIRED_PENDING", "2x60"), ...counts("ROW_REMAP_PENDING", "0x60") },
      expect: { "20m": [pending("2")] },
    },
  ],
  silent: [
    {
      name: "nothing waits",
      interval,
      series: { ...counts("ROW_REMAP_PENDING", "0x60"), ...counts("RETIRED_PENDING", "0x60") },
      expect: { "12m": [], "30m": [] },
    },
    {
      name: "the GPU is reset after five minutes",
      interval,
      series: counts("ROW_REMAP_PENDING", "0x19 1x9 0x40"),
      expect: { "14m": [], "21m": [], "30m": [] },
    },
  ],
};

const gpuPcieReplays: AlertCases = {
  fires: [
    {
      name: "a riser is broken: twenty transfers a minute are repeated, for an hour",
      interval: "1m",
      series: counts("PCIE_REPLAY_COUNTER", "0x19 0+20x60 1200x120"),
      expect: { "40m": [], "1h19m": [tells("GPUPcieReplays", gpu0, "1180")], "2h25m": [] },
    },
  ],
  silent: [
    {
      name: "a link that is well",
      interval: "1m",
      series: counts("PCIE_REPLAY_COUNTER", "7x120"),
      expect: { "30m": [], "2h": [] },
    },
    {
      name: "the link changes its speed and repeats some transfers",
      interval: "1m",
      series: counts("PCIE_REPLAY_COUNTER", "0x19 60x100"),
      expect: { "25m": [], "1h": [] },
    },
  ],
};

export const gpuMemoryErrorCases: Record<string, AlertCases> = {
  GPUUncorrectedMemoryErrors: gpuUncorrectedMemoryErrors,
  GPUCorrectedMemoryErrors: gpuCorrectedMemoryErrors,
  GPURowRemapFailure: gpuRowRemapFailure,
  GPUMemoryRepairPending: gpuMemoryRepairPending,
  GPUPcieReplays: gpuPcieReplays,
};
