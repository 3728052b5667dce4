import { gpu, node, run } from "./select";

const GPU = "federation, host, gpu";

/** Kilowatt hours of the chosen time: DCGM counts millijoules, of which a kilowatt hour has 1000 * 3600 * 1000. */
const ENERGY = `sum by (federation, host) (increase(${gpu("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION")}[$__range])) / 3.6e9`;

/** NVIDIA GPUs, from DCGM. Where a GPU cannot tell a value there is no series. */
export const gpuQueries = {
  seen: () => `count by (federation, host) (${gpu("DCGM_FI_DEV_GPU_TEMP")})`,
  answers: () => `max by (federation, host) (${gpu("up")})`,
  listed: () => `max by (federation, host) (${node("flower_monitoring_gpus")})`,
  utilization: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_GPU_UTIL")})`,
  memory: () =>
    `max by (${GPU}) (100 * ${gpu("DCGM_FI_DEV_FB_USED")} / (${gpu("DCGM_FI_DEV_FB_USED")} + ${gpu("DCGM_FI_DEV_FB_FREE")}))`,
  free: () => `min by (${GPU}) (${gpu("DCGM_FI_DEV_FB_FREE")})`,
  temperature: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_GPU_TEMP")})`,
  memoryTemperature: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_MEMORY_TEMP")})`,
  /** Below 0 the GPU slows itself down. */
  headroom: () =>
    `min by (${GPU}) (${gpu("DCGM_FI_DEV_SLOWDOWN_TEMP")} - ${gpu("DCGM_FI_DEV_GPU_TEMP")})`,
  power: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_POWER_USAGE")})`,
  powerOfLimit: () =>
    `max by (${GPU}) (100 * ${gpu("DCGM_FI_DEV_POWER_USAGE")} / ${gpu("DCGM_FI_DEV_ENFORCED_POWER_LIMIT")})`,
  clock: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_SM_CLOCK")})`,
  energy: () => ENERGY,
  /** In the federation of the chosen run. */
  energyOfRun: () => `${ENERGY} and on (federation) ${run("fl_training_status")}`,
  /** Errors of the last five minutes, by code. */
  xid: () => `sum by (${GPU}, xid) (${gpu("DCGM_EXP_XID_ERRORS_COUNT")})`,
  xidLast: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_XID_ERRORS")})`,
  /** The worst part of each GPU. */
  health: () => `max by (${GPU}) (${gpu("DCGM_EXP_GPU_HEALTH_STATUS")})`,
  unwell: () =>
    `max by (${GPU}, health_watch, health_error_code) (${gpu("DCGM_EXP_GPU_HEALTH_STATUS")} > 0)`,
  /** Nanoseconds a second, as a share of the time. */
  slowedByHeat: () =>
    `max by (${GPU}) (rate(${gpu("DCGM_FI_DEV_THERMAL_VIOLATION")}[$__rate_interval]) / 1e9)`,
  slowedByPower: () =>
    `max by (${GPU}) (rate(${gpu("DCGM_FI_DEV_POWER_VIOLATION")}[$__rate_interval]) / 1e9)`,
  /** Of the last five minutes, a sample each ten seconds. */
  heldBack: () =>
    `max by (${GPU}, clock_event) (${gpu("DCGM_EXP_CLOCK_EVENTS_COUNT", 'clock_event!="gpu_idle"', 'clock_event!=""')}) / 30`,
  corrected: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_ECC_SBE_VOL_TOTAL")})`,
  uncorrected: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_ECC_DBE_VOL_TOTAL")})`,
  remapPending: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_ROW_REMAP_PENDING")})`,
  remapFailed: () => `max by (${GPU}) (${gpu("DCGM_FI_DEV_ROW_REMAP_FAILURE")})`,
  replays: () => `sum by (${GPU}) (increase(${gpu("DCGM_FI_DEV_PCIE_REPLAY_COUNTER")}[$__range]))`,
};
