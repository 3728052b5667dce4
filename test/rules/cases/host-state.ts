import type { AlertCases } from "../alert-case";
import {
  dcgm,
  flower,
  itsNode,
  node,
  of,
  supernodeHost,
  superlinkHost,
  superlinkNode,
} from "./scraped";
import { tells } from "./tells";

const on = of(node);
const up = (target: typeof node): string => of(target)("up");
const online = of(flower)("fl_supernode_up", itsNode);

const hostDown: AlertCases = {
  fires: [
    {
      name: "no exporter of a host answers: after a minute and a half, until one does",
      series: {
        [up(node)]: "1x11 0x35 0x24",
        [up(dcgm)]: "1x11 0x35 1x24",
        [up(superlinkNode)]: "1x71",
        [online]: "1x20 0x50",
      },
      expect: {
        "2m55s": [],
        // Flower knows of it 45 s after the host was gone.
        "3m20s": [tells("HostDown", supernodeHost)],
        "3m55s": [tells("HostDown", supernodeHost)],
        "4m5s": [],
      },
    },
    {
      name: "the SuperLink's host is down, and with it what knows of SuperNodes",
      series: { [up(superlinkNode)]: "0x40", [up(flower)]: "0x40", [up(node)]: "1x40" },
      expect: { "85s": [], "90s": [tells("HostDown", superlinkHost)] },
    },
  ],
  silent: [
    {
      name: "every host answers",
      series: { [up(node)]: "1x60", [up(dcgm)]: "1x60", [up(superlinkNode)]: "1x60" },
      expect: { "2m": [], "5m": [] },
    },
    {
      name: "one exporter of two is down",
      series: { [up(node)]: "0x60", [up(dcgm)]: "1x60" },
      expect: { "2m": [], "5m": [] },
    },
    {
      name: "the only exporter is down, and the SuperNode beside it has its heartbeat",
      series: { [up(node)]: "0x60", [online]: "1x60" },
      expect: { "2m": [], "5m": [] },
    },
    {
      // They have no role, and TargetDown.
      name: "a service of the monitoring VM is down",
      series: {
        [of({ federation: "demo", host: "monitoring", job: "grafana" })("up")]: "0x60",
        [up(node)]: "1x60",
      },
      expect: { "2m": [], "5m": [] },
    },
    {
      name: "a host answers too late for a minute, twice",
      series: { [up(node)]: "1x2 0x12 1x2 0x12 1x20", [up(dcgm)]: "1x2 0x12 1x2 0x12 1x20" },
      expect: { "70s": [], "2m20s": [], "4m": [] },
    },
  ],
};

/** Boot time and clock of a host that is up since `boot`, from one moment of the story on. */
const booted = (before: string, after: string) => ({
  [on("node_boot_time_seconds")]: `${before} ${after}`,
});

const hostRebooted: AlertCases = {
  fires: [
    {
      name: "a host is back after six minutes, for a quarter of an hour",
      interval: "1m",
      series: {
        ...booted("0x120 stale", "_x4 7500x60"),
        [on("node_time_seconds")]: "0+60x120 stale _x4 7560+60x60",
      },
      // Up since 2h5m, answers again at 2h6m.
      expect: {
        "2h": [],
        "2h7m": [tells("HostRebooted", node, "2m 0s")],
        "2h15m": [tells("HostRebooted", node, "10m 0s")],
        "2h19m": [tells("HostRebooted", node, "14m 0s")],
        "2h20m": [],
        "2h50m": [],
      },
    },
  ],
  silent: [
    {
      name: "a host that is up for long",
      interval: "1m",
      series: { ...booted("0x180", ""), [on("node_time_seconds")]: "0+60x180" },
      expect: { "10m": [], "3h": [] },
    },
    {
      // It booted before it was deployed, and was never seen in another life.
      name: "a host is made and joins the stack at once",
      interval: "1m",
      series: {
        ...booted("_x30", "1800x60"),
        [on("node_time_seconds")]: "_x30 1860+60x60",
        [of(superlinkNode)("node_boot_time_seconds")]: "0x90",
        [of(superlinkNode)("node_time_seconds")]: "0+60x90",
      },
      expect: { "32m": [], "40m": [], "44m": [] },
    },
    {
      // The kernel tells when it booted by its clock of now.
      name: "the clock of a host that is up for five minutes is set by 20 s",
      interval: "1m",
      series: { ...booted("0x5", "20x30"), [on("node_time_seconds")]: "0+60x5 380+60x30" },
      expect: { "6m": [], "12m": [] },
    },
    {
      name: "the exporter restarts",
      interval: "1m",
      series: {
        ...booted("0x60", "_ 0x60"),
        [on("node_time_seconds")]: "0+60x60 _ 3720+60x60",
      },
      expect: { "1h2m": [], "1h10m": [] },
    },
  ],
};

/** The clock of a host, so many seconds ahead from minute 10 to minute 20 of the story. */
const clock = (ahead: number): Record<string, string> => ({
  [on("node_time_seconds")]: `0+30x19 ${600 + ahead}+30x19 1200+30x40`,
});

const hostClockSkew: AlertCases = {
  fires: [
    {
      name: "a clock is an hour ahead, until it is set",
      interval: "30s",
      series: clock(3600),
      expect: {
        "14m30s": [],
        "15m30s": [tells("HostClockSkew", node, "1h 0m 0s")],
        "19m30s": [tells("HostClockSkew", node, "1h 0m 0s")],
        "20m30s": [],
      },
    },
    {
      name: "a clock is five seconds behind",
      interval: "30s",
      series: clock(-5),
      expect: { "16m": [tells("HostClockSkew", node, "5s")], "21m": [] },
    },
  ],
  silent: [
    {
      name: "clocks agree but for a slow scrape",
      interval: "30s",
      series: clock(0.7),
      expect: { "16m": [], "21m": [] },
    },
    {
      name: "a clock is wrong for four minutes after the start",
      interval: "30s",
      series: { [on("node_time_seconds")]: "900+30x8 270+30x60" },
      expect: { "4m": [], "6m": [], "20m": [] },
    },
  ],
};

const missing = (fact: string, reason: string): string =>
  on("flower_monitoring_fact_missing", { fact, reason });

const hostFactMissing: AlertCases = {
  fires: [
    {
      name: "nvidia-smi fails and then hangs, which is one alert, until the driver is well",
      interval: "30s",
      series: {
        [missing("gpus", "nvidia-smi failed")]: "_x10 1x20 stale",
        [missing("gpus", "nvidia-smi did not answer in 8 s")]: "_x31 1x19 stale",
      },
      expect: {
        "14m30s": [],
        "15m": [tells("HostFactMissing", { ...node, fact: "gpus" })],
        "25m": [tells("HostFactMissing", { ...node, fact: "gpus" })],
        "28m": [],
      },
    },
  ],
  silent: [
    {
      name: "a host tells everything",
      interval: "30s",
      series: { [on("flower_monitoring_gpus")]: "2x60" },
      expect: { "15m": [], "30m": [] },
    },
    {
      name: "nvidia-smi fails once, while a driver is updated",
      interval: "30s",
      series: { [missing("gpus", "nvidia-smi failed")]: "_x10 1x10 stale" },
      expect: { "11m": [], "16m": [], "30m": [] },
    },
  ],
};

export const hostStateCases: Record<string, AlertCases> = {
  HostDown: hostDown,
  HostRebooted: hostRebooted,
  HostClockSkew: hostClockSkew,
  HostFactMissing: hostFactMissing,
};
