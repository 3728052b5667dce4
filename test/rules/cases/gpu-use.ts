import type { AlertCases, Case } from "../alert-case";
import { dcgm, flower, gpu0, gpu1, itsNode, of, onGpu, type Labels } from "./scraped";
import { tells } from "./tells";

type Series = Case["series"];
const interval = "1m";
const field = (name: string, values: string, gpu: Labels = gpu0): Series => ({
  [onGpu(gpu)(`DCGM_FI_DEV_${name}`)]: values,
});
const fl = of(flower);

/** Memory of a GPU with 80,000 MiB, of which so much is free over time. */
const memory = (free: string, used: string): Series => ({
  ...field("FB_FREE", free),
  ...field("FB_USED", used),
});
const full = tells("GPUMemoryExhaustion", gpu0, "1%");

const gpuMemoryExhaustion: AlertCases = {
  fires: [
    {
      name: "800 of 80,000 MiB are left, for half an hour; the exporter restarts",
      interval: "30s",
      series: memory(
        "40000x19 800x19 _x2 800x37 40000x40",
        "40000x19 79200x19 _x2 79200x37 40000x40",
      ),
      expect: { "14m30s": [], "15m": [full], "20m30s": [full], "39m": [full], "40m30s": [] },
    },
  ],
  silent: [
    {
      name: "half of the memory is free",
      interval,
      series: memory("40000x60", "40000x60"),
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "a framework takes nine tenths for itself",
      interval,
      series: memory("8000x60", "72000x60"),
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "one large batch of two minutes",
      interval,
      series: memory("40000x19 800x2 40000x40", "40000x19 79200x2 40000x40"),
      expect: { "21m": [], "25m": [] },
    },
  ],
};

const failures = (values: string, node: Labels = itsNode): Series => ({
  [fl("fl_supernode_failures_total", { ...node, cause: "exception" })]: values,
});
const outOf = tells("GPUOutOfMemory", gpu0, "1%");

const gpuOutOfMemory: AlertCases = {
  fires: [
    {
      name: "a client fails for the first time, after its GPU was full for a minute",
      interval,
      series: {
        ...memory("40000x29 800 40000x60", "40000x29 79200 40000x60"),
        ...failures("_x32 1x60"),
      },
      expect: { "31m": [], "34m": [outOf], "38m": [outOf], "45m": [] },
    },
    {
      name: "it has failed before",
      interval,
      series: {
        ...memory("40000x29 800 40000x60", "40000x29 79200 40000x60"),
        ...failures("4x31 5x60"),
      },
      expect: { "31m": [], "34m": [outOf], "45m": [] },
    },
  ],
  silent: [
    {
      name: "a GPU is full, and its client does not fail",
      interval,
      series: { ...memory("800x60", "79200x60"), ...failures("4x60") },
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "a client fails with memory left",
      interval,
      series: { ...memory("40000x60", "40000x60"), ...failures("4x31 5x30") },
      expect: { "34m": [], "45m": [] },
    },
    {
      name: "another site's client fails, and one that has no name",
      interval,
      series: {
        ...memory("800x60", "79200x60"),
        ...failures("4x31 5x30", { node_id: "22", name: "supernode-2" }),
        ...failures("4x31 5x30", { node_id: "33" }),
      },
      expect: { "34m": [], "45m": [] },
    },
  ],
};

const replies = (values: string): Series => ({
  [fl("fl_supernode_replies_total", { ...itsNode, phase: "train" })]: values,
});
const phase = (name: string, values: string): Series => ({
  [fl("fl_run_phase", { run_id: "7", phase: name })]: values,
});
const online: Series = { [fl("fl_supernode_up", itsNode)]: "1x120" };
/** Two GPUs, of which the second computes. */
const gpus = (use: string, used = "20000x120"): Series => ({
  ...field("GPU_UTIL", use),
  ...field("FB_USED", used),
  ...field("GPU_UTIL", "95x120", gpu1),
  ...field("FB_USED", "20000x120", gpu1),
});
const idle = tells("GPUUtilizationDrop", gpu0, "0");

const gpuUtilizationDrop: AlertCases = {
  fires: [
    {
      name: "a client hangs in its data loader in the middle of a long round, until it goes on",
      interval,
      series: {
        ...online,
        ...gpus("95x29 0x40 95x40"),
        ...phase("train", "1x120"),
        ...replies("3x120"),
      },
      expect: { "45m": [], "51m": [idle], "1h9m": [idle], "1h12m": [] },
    },
  ],
  silent: [
    {
      name: "a GPU trains",
      interval,
      series: { ...online, ...gpus("95x120"), ...phase("train", "1x120"), ...replies("3x120") },
      expect: { "30m": [], "1h30m": [] },
    },
    {
      // Every two minutes, so that it is never idle for long without one.
      name: "a fast site waits for a slow one, round after round",
      interval,
      series: {
        ...online,
        ...gpus("0x120"),
        ...phase("train", "1x120"),
        ...replies(Array.from({ length: 120 }, (_, i) => Math.floor(i / 8)).join(" ")),
      },
      expect: { "30m": [], "1h30m": [] },
    },
    {
      name: "nothing is held: the SuperNode was not selected for the round",
      interval,
      series: {
        ...online,
        ...gpus("0x120", "3x120"),
        ...phase("train", "1x120"),
        ...replies("3x120"),
      },
      expect: { "30m": [], "1h30m": [] },
    },
    {
      name: "no run trains: the others evaluate, and then there is none",
      interval,
      series: {
        ...online,
        ...gpus("0x120"),
        ...phase("evaluate", "1x60 stale"),
        ...replies("3x120"),
      },
      expect: { "30m": [], "1h30m": [] },
    },
    {
      name: "the SuperNode is offline, which SuperNodeOffline tells",
      interval,
      series: {
        [fl("fl_supernode_up", itsNode)]: "0x120",
        ...gpus("0x120"),
        ...phase("train", "1x120"),
        ...replies("3x120"),
      },
      expect: { "30m": [], "1h30m": [] },
    },
  ],
};

const seconds = (values: string): Series => ({
  [fl("fl_supernode_reply_seconds", { ...itsNode, phase: "train" })]: values,
});
const use = (first: string, second: string): Series => ({
  ...field("GPU_UTIL", first),
  ...field("GPU_UTIL", second, gpu1),
});
/** A reply each ten minutes. */
const regular = replies(Array.from({ length: 240 }, (_, i) => Math.floor(i / 10)).join(" "));
const unused = tells("GPUUnusedInTraining", dcgm, "2");

const gpuUnusedInTraining: AlertCases = {
  fires: [
    {
      name: "a SuperNode trains for five minutes a round, and no GPU does anything",
      interval,
      series: { ...use("0x179 95x60", "2x239"), ...regular, ...seconds("300x240") },
      expect: { "40m": [], "1h20m": [unused], "2h55m": [unused], "3h5m": [] },
    },
  ],
  silent: [
    {
      name: "one of two GPUs trains",
      interval,
      series: { ...use("0x239", "95x239"), ...regular, ...seconds("300x240") },
      expect: { "1h20m": [], "3h": [] },
    },
    {
      name: "training of ten seconds, which may be missed",
      interval,
      series: { ...use("0x239", "0x239"), ...regular, ...seconds("10x240") },
      expect: { "1h20m": [], "3h": [] },
    },
    {
      name: "the SuperNode does not train",
      interval,
      series: { ...use("0x239", "0x239"), ...replies("7x239"), ...seconds("300x240") },
      expect: { "1h20m": [], "3h": [] },
    },
  ],
};

export const gpuUseCases: Record<string, AlertCases> = {
  GPUMemoryExhaustion: gpuMemoryExhaustion,
  GPUOutOfMemory: gpuOutOfMemory,
  GPUUtilizationDrop: gpuUtilizationDrop,
  GPUUnusedInTraining: gpuUnusedInTraining,
};
