import type { AlertCases, Case } from "../alert-case";
import { dcgm, gpu0, gpu1, node, of, onGpu, superlinkNode, supernodeHost } from "./scraped";
import { tells } from "./tells";

type Series = Case["series"];
const interval = "30s";
const up = (target: typeof node, values: string): Series => ({ [of(target)("up")]: values });
const hot = (values: string, gpu = gpu0): Series => ({
  [onGpu(gpu)("DCGM_FI_DEV_GPU_TEMP")]: values,
});

const down = tells("DcgmExporterDown", dcgm);

const dcgmExporterDown: AlertCases = {
  fires: [
    {
      name: "the driver is gone after an update, until the host has restarted",
      interval,
      series: { ...up(node, "1x120"), ...up(dcgm, "1x19 0x39 1x40") },
      expect: { "14m30s": [], "15m": [down], "29m30s": [down], "30m": [] },
    },
  ],
  silent: [
    {
      name: "it answers",
      interval,
      series: up(dcgm, "1x60"),
      expect: { "6m": [], "20m": [] },
    },
    {
      name: "its image is pulled for four minutes",
      interval,
      series: up(dcgm, "0x7 1x60"),
      expect: { "3m30s": [], "6m": [] },
    },
    {
      // TargetDown tells that.
      name: "another exporter of the host is down",
      interval,
      series: { ...up(node, "0x60"), ...up(dcgm, "1x60") },
      expect: { "6m": [], "20m": [] },
    },
  ],
};

const absent = tells("DcgmMetricsAbsent", supernodeHost);

const dcgmMetricsAbsent: AlertCases = {
  fires: [
    {
      name: "the exporter answers and lists no GPU, until it is restarted",
      interval,
      series: { ...up(node, "1x120"), ...up(dcgm, "1x120"), ...hot("_x60 50x60") },
      expect: { "9m30s": [], "10m": [absent], "29m30s": [absent], "30m30s": [] },
    },
    {
      name: "the host should have an exporter and is not scraped for it",
      interval,
      series: up(node, "1x60"),
      expect: { "9m30s": [], "10m": [absent] },
    },
  ],
  silent: [
    {
      name: "a host with GPUs, and one without",
      interval,
      series: {
        ...up(node, "1x60"),
        ...up(dcgm, "1x60"),
        ...hot("50x60"),
        ...up(superlinkNode, "1x60"),
      },
      expect: { "12m": [], "25m": [] },
    },
    {
      // DcgmExporterDown tells that.
      name: "the exporter is down",
      interval,
      series: { ...up(node, "1x60"), ...up(dcgm, "0x60") },
      expect: { "12m": [], "25m": [] },
    },
    {
      // HostDown tells that.
      name: "the host is down",
      interval,
      series: { ...up(node, "1x10 0x50"), ...up(dcgm, "1x10 0x50"), ...hot("50x10 stale") },
      expect: { "16m": [], "25m": [] },
    },
  ],
};

const profiled = (values: string, gpu = gpu0): Series => ({
  [onGpu(gpu)("DCGM_FI_PROF_GR_ENGINE_ACTIVE")]: values,
});

const gpuProfilingAbsent: AlertCases = {
  fires: [
    {
      name: "another profiler holds the counters of both GPUs, for half an hour",
      interval,
      series: {
        ...hot("50x160"),
        ...hot("50x160", gpu1),
        ...profiled("0.9x19 stale _x79 0.9x60"),
        ...profiled("0.9x19 stale _x79 0.9x60", gpu1),
      },
      expect: {
        "26m": [],
        "27m": [tells("GPUProfilingAbsent", dcgm, "2")],
        "49m": [tells("GPUProfilingAbsent", dcgm, "2")],
        "50m30s": [],
      },
    },
  ],
  silent: [
    {
      name: "both GPUs are profiled",
      interval,
      series: {
        ...hot("50x80"),
        ...hot("50x80", gpu1),
        ...profiled("0x80"),
        ...profiled("0.9x80", gpu1),
      },
      expect: { "20m": [], "39m": [] },
    },
    {
      name: "the exporter is down, and all of its metrics with it",
      interval,
      series: { ...hot("50x19 stale"), ...profiled("0.9x19 stale") },
      expect: { "11m": [], "26m": [], "39m": [] },
    },
    {
      name: "a profiler is used for ten minutes",
      interval,
      series: { ...hot("50x80"), ...profiled("0.9x19 stale _x19 0.9x40") },
      expect: { "19m": [], "27m": [] },
    },
  ],
};

export const gpuExporterCases: Record<string, AlertCases> = {
  DcgmExporterDown: dcgmExporterDown,
  DcgmMetricsAbsent: dcgmMetricsAbsent,
  GPUProfilingAbsent: gpuProfilingAbsent,
};
