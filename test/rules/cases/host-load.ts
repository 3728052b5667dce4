import type { AlertCases } from "../alert-case";
import { pressure } from "./pressure";
import { node, of, superlinkNode } from "./scraped";
import { tells } from "./tells";

type Series = Record<string, string>;
const on = of(node);
const link = of(superlinkNode);

/** Two cores of a host that are busy for so many seconds a minute, from minute 30 to 60. */
const busy = (host: typeof on, seconds: number): Series =>
  Object.fromEntries(
    ["0", "1"].map((cpu) => [
      host("node_cpu_seconds_total", { cpu, mode: "idle" }),
      `0+54x30 ${1620 + 60 - seconds}+${60 - seconds}x29 ${1620 + 30 * (60 - seconds) + 54}+54x60`,
    ]),
  );

/** Memory of a host of 100 GB, with so much of it available. */
const memory = (host: typeof on, available: string): Series => ({
  [host("node_memory_MemTotal_bytes")]: "100e9x120",
  [host("node_memory_MemAvailable_bytes")]: available,
});

const systemResourceHigh: AlertCases = {
  fires: [
    {
      name: "the SuperLink's CPUs are busy for half an hour",
      interval: "1m",
      series: { ...busy(link, 57), ...memory(link, "60e9x120") },
      expect: {
        "45m": [],
        "51m": [tells("SystemResourceHigh", { ...superlinkNode, resource: "CPU" }, "95%")],
        "59m": [tells("SystemResourceHigh", { ...superlinkNode, resource: "CPU" }, "95%")],
        "1h5m": [],
      },
    },
    {
      name: "a SuperNode has no memory left",
      interval: "1m",
      series: memory(on, "60e9x29 4e9x60 60e9x30"),
      expect: {
        "40m": [],
        "50m": [tells("SystemResourceHigh", { ...node, resource: "memory" }, "96%")],
        "1h40m": [],
      },
    },
  ],
  silent: [
    {
      name: "a SuperLink with room",
      interval: "1m",
      series: { ...busy(link, 30), ...memory(link, "60e9x120") },
      expect: { "51m": [], "1h30m": [] },
    },
    {
      name: "a SuperNode trains on all of its cores, which is what they are for",
      interval: "1m",
      series: { ...busy(on, 60), ...memory(on, "20e9x120") },
      expect: { "51m": [], "1h": [] },
    },
    {
      name: "memory is used up for ten minutes of every twenty",
      interval: "1m",
      series: memory(on, "60e9x9 4e9x9 60e9x9 4e9x9 60e9x9 4e9x9 60e9x30"),
      expect: { "20m": [], "40m": [], "59m": [], "1h20m": [] },
    },
  ],
};

const hostCpuSaturated: AlertCases = {
  fires: [
    {
      name: "processes wait for a CPU nearly all the time, for an hour",
      interval: "1m",
      series: pressure("node_pressure_cpu_waiting_seconds_total", 57),
      expect: {
        "1h5m": [],
        "1h10m": [tells("HostCpuSaturated", node, "95%")],
        "1h29m": [tells("HostCpuSaturated", node, "95%")],
        "1h40m": [],
      },
    },
  ],
  silent: [
    {
      name: "training keeps the cores busy and seldom waits",
      interval: "1m",
      series: pressure("node_pressure_cpu_waiting_seconds_total", 30),
      expect: { "1h10m": [], "1h29m": [] },
    },
    {
      name: "a compilation overloads the host for twenty minutes",
      interval: "1m",
      series: {
        [on("node_pressure_cpu_waiting_seconds_total")]: "0+0x29 0+57x20 1140+0x60",
      },
      expect: { "50m": [], "55m": [], "1h10m": [] },
    },
  ],
};

const hostMemoryPressure: AlertCases = {
  fires: [
    {
      name: "a host swaps for an hour",
      interval: "1m",
      series: pressure("node_pressure_memory_stalled_seconds_total", 15),
      expect: {
        "35m": [],
        "45m": [tells("HostMemoryPressure", node, "25%")],
        "1h29m": [tells("HostMemoryPressure", node, "25%")],
        "1h45m": [],
      },
    },
  ],
  silent: [
    {
      name: "memory is nearly used up and nothing waits for it",
      interval: "1m",
      series: {
        ...pressure("node_pressure_memory_stalled_seconds_total", 0),
        ...memory(on, "5e9x120"),
      },
      expect: { "45m": [], "1h29m": [] },
    },
    {
      name: "a large process starts and stalls the host for half a minute",
      interval: "1m",
      series: {
        [on("node_pressure_memory_stalled_seconds_total")]: "0+0x29 30+0x60",
      },
      expect: { "32m": [], "40m": [], "50m": [] },
    },
  ],
};

const hostOomKill: AlertCases = {
  fires: [
    {
      name: "two processes are killed: told for a quarter of an hour",
      interval: "30s",
      series: { [on("node_vmstat_oom_kill")]: "3x19 5x80" },
      expect: {
        "9m30s": [],
        "10m30s": [tells("HostOomKill", node, "2")],
        "24m": [tells("HostOomKill", node, "2")],
        "26m": [],
      },
    },
    {
      // It is the first to go when memory runs out.
      name: "the exporter is killed too, and is back after some scrapes",
      interval: "30s",
      series: { [on("node_vmstat_oom_kill")]: "3x19 _x3 4x80" },
      expect: { "12m30s": [tells("HostOomKill", node, "1")], "30m": [] },
    },
  ],
  silent: [
    {
      name: "processes were killed long ago",
      interval: "30s",
      series: { [on("node_vmstat_oom_kill")]: "3x100" },
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "the host reboots, and counts from 0",
      interval: "30s",
      series: { [on("node_vmstat_oom_kill")]: "3x19 stale _x4 0x80" },
      expect: { "13m": [], "20m": [], "40m": [] },
    },
  ],
};

export const hostLoadCases: Record<string, AlertCases> = {
  SystemResourceHigh: systemResourceHigh,
  HostCpuSaturated: hostCpuSaturated,
  HostMemoryPressure: hostMemoryPressure,
  HostOomKill: hostOomKill,
};
