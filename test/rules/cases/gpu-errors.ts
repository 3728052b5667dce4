import type { AlertCases, Case } from "../alert-case";
import { dcgm, gpu0, gpu1, node, of, onGpu, type Labels } from "./scraped";
import { tells } from "./tells";

type Series = Case["series"];
const on = onGpu(gpu0);
const interval = "30s";

const WINDOW = { window_size_in_ms: "300000" };
const xid = (code: string, values: string): Series => ({
  [on("DCGM_EXP_XID_ERRORS_COUNT", code === "" ? WINDOW : { ...WINDOW, xid: code })]: values,
});
const error = (code: string, count: string) => tells("GPUXIDError", { ...gpu0, xid: code }, count);
const ofApp = (code: string) => tells("GPUXIDApplicationError", { ...gpu0, xid: code }, "1");

const gpuXidError: AlertCases = {
  fires: [
    {
      name: "two timeouts of the GPU's firmware: told until the exporter counts them no more",
      interval,
      series: {
        ...xid("", "0x9 stale _x9 0x40"),
        ...xid("119", "_x10 1x3 2x5 stale"),
        // The last code stays until the exporter's end.
        [on("DCGM_FI_DEV_XID_ERRORS", { err_code: "119", err_msg: "GSP RPC Timeout" })]:
          "_x10 119x60",
      },
      expect: { "5m30s": [], "6m": [error("119", "1")], "9m": [error("119", "2")], "13m": [] },
    },
    {
      name: "one GPU reports two codes, which are two alerts",
      interval,
      series: { ...xid("74", "_x10 1x20"), ...xid("62", "_x12 1x20") },
      expect: { "6m": [error("74", "1")], "7m30s": [error("62", "1"), error("74", "1")] },
    },
  ],
  silent: [
    {
      name: "no error",
      interval,
      series: xid("", "0x60"),
      expect: { "2m": [], "20m": [] },
    },
    {
      name: "an application's error",
      interval,
      series: { ...xid("31", "_x10 1x10 stale"), ...xid("43", "_x10 1x10 stale") },
      expect: { "7m": [], "12m": [] },
    },
    {
      name: "an error of long ago is the last code still, also after Prometheus was away",
      interval,
      series: {
        ...xid("", "0x60"),
        [on("DCGM_FI_DEV_XID_ERRORS", { err_code: "79", err_msg: "GPU has fallen off the bus" })]:
          "79x20 _x10 79x30",
      },
      expect: { "5m": [], "17m": [], "25m": [] },
    },
    {
      name: "memory that was remapped, which GPUMemoryRepairPending tells",
      interval,
      series: xid("63", "_x10 1x10 stale"),
      expect: { "7m": [], "12m": [] },
    },
  ],
};

const gpuXidApplicationError: AlertCases = {
  fires: [
    {
      name: "a program reads where it may not, and is ended",
      interval,
      series: { ...xid("31", "_x10 1x9 stale"), ...xid("43", "_x10 1x9 stale") },
      expect: { "5m30s": [], "6m": [ofApp("31"), ofApp("43")], "12m30s": [] },
    },
  ],
  silent: [
    {
      name: "no error",
      interval,
      series: xid("", "0x60"),
      expect: { "2m": [], "20m": [] },
    },
    {
      name: "an error of the hardware",
      interval,
      series: { ...xid("79", "_x10 1x10 stale"), ...xid("48", "_x10 1x10 stale") },
      expect: { "7m": [], "12m": [] },
    },
  ],
};

const listed = (gpu: Labels, index: string, values: string): Series => ({
  [of(node)("flower_monitoring_gpu_info", {
    gpu: index,
    uuid: gpu["UUID"] ?? "",
    name: "NVIDIA H100",
    driver_version: "550.54.15",
  })]: values,
});
const seen = (gpu: Labels, values: string): Series => ({
  [onGpu(gpu)("DCGM_FI_DEV_GPU_TEMP")]: values,
});
const up = (values: string): Series => ({ [of(dcgm)("up")]: values });
const lost = tells("GPULost", {
  ...node,
  ...{ UUID: "GPU-bbbb", uuid: "GPU-bbbb", name: "NVIDIA H100" },
});

const gpuLost: AlertCases = {
  fires: [
    {
      name: "a GPU falls off the bus and nvidia-smi fails from then on, until the host has restarted",
      interval,
      series: {
        ...up("1x120"),
        ...listed(gpu0, "0", "1x59 stale _x39 1x20"),
        ...listed(gpu1, "1", "1x59 stale _x39 1x20"),
        ...seen(gpu0, "50x120"),
        ...seen(gpu1, "50x58 stale _x40 50x20"),
      },
      expect: { "29m": [], "30m": [lost], "49m": [lost], "51m": [] },
    },
    {
      name: "a host restarts without one of its GPUs, and the other is the first now",
      interval: "10m",
      series: {
        ...up("1x100"),
        ...listed(gpu0, "0", "1x29 stale"),
        ...listed(gpu1, "0", "_x30 1x70"),
        ...listed(gpu1, "1", "1x29 stale"),
        ...seen(gpu0, "50x29 stale"),
        ...seen(gpu1, "50x100"),
      },
      expect: {
        "4h50m": [],
        "5h10m": [
          tells("GPULost", { ...node, UUID: "GPU-aaaa", uuid: "GPU-aaaa", name: "NVIDIA H100" }),
        ],
        "15h": [
          tells("GPULost", { ...node, UUID: "GPU-aaaa", uuid: "GPU-aaaa", name: "NVIDIA H100" }),
        ],
      },
    },
  ],
  silent: [
    {
      name: "both GPUs are there",
      interval,
      series: {
        ...up("1x80"),
        ...listed(gpu0, "0", "1x80"),
        ...listed(gpu1, "1", "1x80"),
        ...seen(gpu0, "50x80"),
        ...seen(gpu1, "50x80"),
      },
      expect: { "5m": [], "40m": [] },
    },
    {
      // DcgmExporterDown tells that.
      name: "the exporter is down, and has no data for a moment when it is back",
      interval,
      series: {
        ...up("1x20 0x20 1x40"),
        ...listed(gpu0, "0", "1x80"),
        ...seen(gpu0, "50x20 stale _x21 50x38"),
      },
      expect: { "11m": [], "15m": [], "21m": [], "21m30s": [], "30m": [] },
    },
    {
      name: "nvidia-smi fails while DCGM has both GPUs",
      interval,
      series: {
        ...up("1x80"),
        ...listed(gpu0, "0", "1x20 stale"),
        ...seen(gpu0, "50x80"),
      },
      expect: { "11m": [], "30m": [] },
    },
  ],
};

const health = (watch: string, code: string, values: string): Series => ({
  [on("DCGM_EXP_GPU_HEALTH_STATUS", { health_watch: watch, health_error_code: code })]: values,
});
const unwell = (value: string) => tells("GPUUnhealthy", { ...gpu0, health_watch: "NVLINK" }, value);

const gpuUnhealthy: AlertCases = {
  fires: [
    {
      name: "a link has errors and then fails, which is one alert, until it is well again",
      interval,
      series: {
        ...health("NVLINK", "DCGM_FR_OK", "0x9 stale _x19 0x40"),
        ...health("NVLINK", "DCGM_FR_NVLINK_ERROR_CRITICAL", "_x10 10x9 stale"),
        ...health("NVLINK", "DCGM_FR_NVLINK_DOWN", "_x20 20x8 stale"),
      },
      expect: {
        "6m30s": [],
        "7m": [unwell("10")],
        "9m30s": [unwell("10")],
        "11m": [unwell("20")],
        "14m": [unwell("20")],
        "18m": [],
      },
    },
  ],
  silent: [
    {
      name: "every check is good",
      interval,
      series: { ...health("ALL", "DCGM_FR_OK", "0x60"), ...health("MEM", "DCGM_FR_OK", "0x60") },
      expect: { "5m": [], "20m": [] },
    },
    {
      name: "heat and power, which have alerts of their own",
      interval,
      series: {
        ...health("THERMAL", "DCGM_FR_CLOCK_THROTTLE_THERMAL", "10x60"),
        ...health("POWER", "DCGM_FR_CLOCK_THROTTLE_POWER", "10x60"),
      },
      expect: { "5m": [], "20m": [] },
    },
  ],
};

export const gpuErrorCases: Record<string, AlertCases> = {
  GPUXIDError: gpuXidError,
  GPUXIDApplicationError: gpuXidApplicationError,
  GPULost: gpuLost,
  GPUUnhealthy: gpuUnhealthy,
};
