import { DRIVER, type GpuState, MEMORY, POWER_LIMIT, SLOWDOWN_TEMPERATURE } from "./gpu";

/** Texts of the XID codes that the faults make; the real exporter knows them all. */
const XID_TEXTS: Record<number, string> = {
  0: "No Error",
  13: "Graphics Engine Exception",
  31: "GPU memory page fault",
  48: "Double Bit ECC Error",
  63: "ECC page retirement or row remapping recording event",
  64: "ECC page retirement or row remapper recording failure",
  74: "NVLINK Error",
  79: "GPU has fallen off the bus",
  94: "Contained ECC error",
  95: "Uncontained ECC error",
  119: "GSP RPC Timeout",
};

const whole = (value: number): string => String(Math.round(value));
/** Go's %f, in which the real exporter writes DCGM's doubles. */
const real = (value: number): string => value.toFixed(6);
const NANOSECONDS = 1e9;

const FIELDS: Record<string, (gpu: GpuState) => string> = {
  DCGM_FI_DRIVER_VERSION: () => DRIVER,
  DCGM_FI_DEV_GPU_UTIL: ({ busy }) => whole(busy ? 94 : 0),
  DCGM_FI_DEV_MEM_COPY_UTIL: ({ busy }) => whole(busy ? 38 : 0),
  DCGM_FI_DEV_SM_CLOCK: ({ clock }) => whole(clock),
  DCGM_FI_DEV_FB_FREE: ({ busy }) =>
    whole(MEMORY.total - MEMORY.reserved - (busy ? MEMORY.busy : MEMORY.idle)),
  DCGM_FI_DEV_FB_USED: ({ busy }) => whole(busy ? MEMORY.busy : MEMORY.idle),
  DCGM_FI_DEV_FB_RESERVED: () => whole(MEMORY.reserved),
  DCGM_FI_DEV_GPU_TEMP: ({ temperature }) => whole(temperature),
  DCGM_FI_DEV_MEMORY_TEMP: ({ temperature }) => whole(temperature + 6),
  DCGM_FI_DEV_SLOWDOWN_TEMP: () => whole(SLOWDOWN_TEMPERATURE),
  DCGM_FI_DEV_POWER_USAGE: ({ power }) => real(power),
  DCGM_FI_DEV_ENFORCED_POWER_LIMIT: () => real(POWER_LIMIT),
  DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION: ({ energy }) => whole(energy * 1000),
  DCGM_FI_DEV_POWER_VIOLATION: ({ heldBack }) => whole(heldBack.power * NANOSECONDS),
  DCGM_FI_DEV_THERMAL_VIOLATION: ({ heldBack }) => whole(heldBack.thermal * NANOSECONDS),
  DCGM_FI_DEV_XID_ERRORS: (gpu) => whole(lastXid(gpu)),
  DCGM_FI_DEV_ECC_SBE_VOL_TOTAL: () => "0",
  DCGM_FI_DEV_ECC_DBE_VOL_TOTAL: ({ memoryErrors }) => whole(memoryErrors),
  DCGM_FI_DEV_ECC_SBE_AGG_TOTAL: () => "3",
  DCGM_FI_DEV_ECC_DBE_AGG_TOTAL: ({ memoryErrors }) => whole(memoryErrors),
  DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS: () => "0",
  DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS: ({ memoryErrors }) => whole(memoryErrors),
  DCGM_FI_DEV_ROW_REMAP_PENDING: ({ memoryErrors }) => whole(Math.min(memoryErrors, 1)),
  DCGM_FI_DEV_ROW_REMAP_FAILURE: () => "0",
  DCGM_FI_DEV_RETIRED_SBE: () => "0",
  DCGM_FI_DEV_RETIRED_DBE: () => "0",
  DCGM_FI_DEV_RETIRED_PENDING: () => "0",
  DCGM_FI_DEV_PCIE_REPLAY_COUNTER: () => "0",
  DCGM_FI_PROF_GR_ENGINE_ACTIVE: ({ busy }) => real(busy ? 0.93 : 0),
  DCGM_FI_PROF_SM_ACTIVE: ({ busy }) => real(busy ? 0.71 : 0),
  DCGM_FI_PROF_SM_OCCUPANCY: ({ busy }) => real(busy ? 0.34 : 0),
  DCGM_FI_PROF_PIPE_TENSOR_ACTIVE: ({ busy }) => real(busy ? 0.22 : 0),
  DCGM_FI_PROF_DRAM_ACTIVE: ({ busy }) => real(busy ? 0.38 : 0),
  DCGM_FI_PROF_PCIE_TX_BYTES: ({ busy }) => whole(busy ? 120e6 : 1e5),
  DCGM_FI_PROF_PCIE_RX_BYTES: ({ busy }) => whole(busy ? 480e6 : 1e5),
};

export function isField(name: string): boolean {
  return Object.hasOwn(FIELDS, name);
}

/** A field's value, undefined where the GPU does not tell it: then it has no series. */
export function fieldValue(name: string, gpu: GpuState): string | undefined {
  return gpu.lost ? undefined : FIELDS[name]?.(gpu);
}

/** Labels that only this field has. */
export function fieldLabels(name: string, gpu: GpuState): Record<string, string> {
  if (name !== "DCGM_FI_DEV_XID_ERRORS") return {};
  const code = lastXid(gpu);
  return { err_code: String(code), err_msg: XID_TEXTS[code] ?? "Unknown Error" };
}

function lastXid({ xids }: GpuState): number {
  return xids.at(-1)?.code ?? 0;
}
