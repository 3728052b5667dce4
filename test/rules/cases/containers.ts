import type { AlertCases } from "../alert-case";
import { cadvisor, of, type Labels } from "./scraped";
import { tells } from "./tells";

type Series = Record<string, string>;

/** A container, and one that replaces it: another id, the same name. */
const app: Labels = {
  id: "/system.slice/docker-aaaa.scope",
  image: "hospital/flower-app:1",
  name: "clientapp",
};
const second: Labels = { ...app, id: "/system.slice/docker-bbbb.scope" };
const ours: Labels = { ...app, image: "dcgm-exporter:4", name: "flower-monitoring-dcgm-exporter" };
const on = of(cadvisor);

/** As it is told: without its id. */
const labels: Labels = { ...cadvisor, image: app["image"] ?? "", name: app["name"] ?? "" };

const started = (container: Labels, values: string): Series => ({
  [on("container_start_time_seconds", container)]: values,
});

const containerRestarting: AlertCases = {
  fires: [
    {
      name: "a container ends with an error each two minutes, for ten",
      interval: "30s",
      series: started(app, "0x19 600x3 720x3 840x3 960x3 1080x60"),
      expect: {
        "13m30s": [],
        "14m30s": [tells("ContainerRestarting", labels, "3")],
        "19m": [tells("ContainerRestarting", labels, "5")],
        "30m": [],
      },
    },
    {
      name: "systemd runs a new one each time that it ends",
      interval: "30s",
      series: Object.assign(
        {},
        ...["a", "b", "c", "d"].map((id, index) =>
          started({ ...app, id }, `_x${20 + index * 4} ${600 + index * 120}x3 stale`),
        ),
      ) as Series,
      expect: { "15m30s": [], "16m30s": [tells("ContainerRestarting", labels, "3")], "35m": [] },
    },
  ],
  silent: [
    {
      name: "a container runs",
      interval: "30s",
      series: started(app, "0x100"),
      expect: { "16m": [], "40m": [] },
    },
    {
      name: "a container is updated, and once more",
      interval: "30s",
      series: { ...started(app, "0x19 stale"), ...started(second, "_x21 630x10 900x60") },
      expect: { "12m": [], "20m": [], "30m": [] },
    },
    {
      name: "our own exporter waits for a driver; DcgmExporterDown tells that",
      interval: "30s",
      series: started(ours, "0x19 600x1 660x1 720x1 780x1 840x1 900x60"),
      expect: { "16m": [], "25m": [] },
    },
  ],
};

const killed = (container: Labels, values: string): Series => ({
  [on("container_oom_events_total", container)]: values,
});

const containerOomKilled: AlertCases = {
  fires: [
    {
      name: "a data loader of a container is killed: told for a quarter of an hour",
      interval: "30s",
      series: killed(app, "0x19 1x80"),
      expect: {
        "9m30s": [],
        "10m30s": [tells("ContainerOomKilled", labels, "1")],
        "24m": [tells("ContainerOomKilled", labels, "1")],
        "26m": [],
      },
    },
    {
      name: "a new container is first seen with its first kill",
      interval: "30s",
      series: { ...killed(app, "0x9 stale"), ...killed(second, "_x20 1x100") },
      expect: { "10m30s": [tells("ContainerOomKilled", labels, "1")], "40m": [] },
    },
  ],
  silent: [
    {
      name: "a container with room",
      interval: "30s",
      series: killed(app, "0x100"),
      expect: { "16m": [], "40m": [] },
    },
    {
      name: "cAdvisor restarts and counts from 0",
      interval: "30s",
      series: killed(app, "4x59 _x3 0x80"),
      expect: { "31m": [], "35m": [], "1h": [] },
    },
  ],
};

const memory = (used: string, limit: string): Series => ({
  [on("container_memory_working_set_bytes", app)]: used,
  [on("container_spec_memory_limit_bytes", app)]: limit,
});

const containerMemoryNearLimit: AlertCases = {
  fires: [
    {
      name: "a container uses 95 of 100 GB, for half an hour",
      interval: "30s",
      series: memory("50e9x19 95e9x59 50e9x40", "100e9x120"),
      expect: {
        "19m30s": [],
        "20m": [tells("ContainerMemoryNearLimit", labels, "95%")],
        "39m30s": [tells("ContainerMemoryNearLimit", labels, "95%")],
        "41m": [],
      },
    },
  ],
  silent: [
    {
      name: "a container with room",
      interval: "30s",
      series: memory("50e9x120", "100e9x120"),
      expect: { "20m": [], "40m": [] },
    },
    {
      name: "a container without a limit",
      interval: "30s",
      series: memory("95e9x120", "0x120"),
      expect: { "20m": [], "40m": [] },
    },
    {
      name: "a batch of five minutes",
      interval: "30s",
      series: memory("50e9x19 95e9x9 50e9x60", "100e9x120"),
      expect: { "14m30s": [], "21m": [], "40m": [] },
    },
  ],
};

/** Periods of 100 ms, and in how many of them a container was stopped, in a minute. */
const throttled = (values: string): Series => ({
  [on("container_cpu_cfs_periods_total", app)]: "0+600x120",
  [on("container_cpu_cfs_throttled_periods_total", app)]: values,
});

const containerCpuThrottled: AlertCases = {
  fires: [
    {
      name: "a limit of two cores holds four back, for an hour",
      interval: "1m",
      series: throttled("0x19 0+480x60 28800x40"),
      expect: {
        "39m": [],
        "42m": [tells("ContainerCpuThrottled", labels, "80%")],
        "1h19m": [tells("ContainerCpuThrottled", labels, "80%")],
        "1h30m": [],
      },
    },
  ],
  silent: [
    {
      name: "a container seldom reaches its limit",
      interval: "1m",
      series: throttled("0+30x120"),
      expect: { "42m": [], "1h19m": [] },
    },
    {
      name: "a container without a limit has no periods",
      interval: "1m",
      series: {
        [on("container_cpu_cfs_periods_total", app)]: "0x120",
        [on("container_cpu_cfs_throttled_periods_total", app)]: "0x120",
      },
      expect: { "42m": [], "1h19m": [] },
    },
    {
      name: "the start of a process is held back for five minutes",
      interval: "1m",
      series: throttled("0x19 0+600x5 3000x90"),
      expect: { "25m": [], "35m": [] },
    },
  ],
};

const health = (values: string): Series => ({ [on("container_health_state", app)]: values });

const containerUnhealthy: AlertCases = {
  fires: [
    {
      name: "a container fails its check for half an hour",
      interval: "30s",
      series: health("1x19 0x59 1x40"),
      expect: {
        "19m30s": [],
        "20m": [tells("ContainerUnhealthy", labels, "0")],
        "39m30s": [tells("ContainerUnhealthy", labels, "0")],
        "41m": [],
      },
    },
  ],
  silent: [
    {
      name: "a container is healthy",
      interval: "30s",
      series: health("1x120"),
      expect: { "20m": [], "40m": [] },
    },
    {
      name: "a container without a health check",
      interval: "30s",
      series: health("-1x120"),
      expect: { "20m": [], "40m": [] },
    },
    {
      name: "a container starts for five minutes",
      interval: "30s",
      series: health("_x20 0x10 1x60"),
      expect: { "15m": [], "25m": [] },
    },
  ],
};

export const containerCases: Record<string, AlertCases> = {
  ContainerRestarting: containerRestarting,
  ContainerOomKilled: containerOomKilled,
  ContainerMemoryNearLimit: containerMemoryNearLimit,
  ContainerCpuThrottled: containerCpuThrottled,
  ContainerUnhealthy: containerUnhealthy,
};
