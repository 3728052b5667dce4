/** How the exporter sees the SuperLink. */
import { series, type AlertCases, type Fired } from "../alert-case";
import { fl, FRESH, told } from "./flower-kit";

const age = fl("exporter_up_to_date_seconds");
const replayed = fl("exporter_replayed");

const blind = (duration: string): Fired =>
  told({
    alert: "FlowerExporterBlind",
    severity: "critical",
    summary: "The SuperLink of demo does not answer",
    description:
      `The Flower exporter has had no answer from the SuperLink of federation demo for ${duration}; what is shown ` +
      "of SuperNodes and runs is that old. Likely: the SuperLink is down or hangs, and training with it; or its " +
      "certificate or address has changed.",
    dashboard: "federation",
  });

export const flowerExporterBlind: AlertCases = {
  fires: [
    {
      name: "the SuperLink is down for five minutes",
      interval: "15s",
      series: { [age]: "5x3 15+15x19 5x40" },
      expect: {
        "2m45s": [],
        "3m15s": [blind("2m 30s")],
        "5m": [blind("4m 15s")],
        "5m45s": [blind("5m 0s")],
        "8m15s": [],
      },
    },
    {
      name: "the exporter is started again meanwhile, and counts from 0: one alert, not two",
      interval: "15s",
      series: { [age]: "15+15x19 _x2 5 20+15x40" },
      expect: {
        "5m": [blind("5m 0s")],
        "5m15s": [blind("5m 0s")],
        "6m": [blind("5m 0s")],
        "7m": [blind("1m 35s")],
        "8m": [blind("2m 35s")],
      },
    },
  ],
  silent: [
    {
      name: "the SuperLink is started again within half a minute",
      interval: "15s",
      series: { [age]: "5x3 15 30 40 5x40" },
      expect: { "2m": [], "5m": [] },
    },
    {
      name: "one slow answer after 75 s",
      interval: "15s",
      series: { [age]: "5x3 15 30 45 60 75 5x2 5x40" },
      expect: { "1m45s": [], "2m": [], "6m": [] },
    },
    {
      name: "the exporter is down: TargetDown tells that",
      interval: "15s",
      series: { [age]: "5x3 stale" },
      expect: { "3m": [], "10m": [] },
    },
  ],
};

const reading: Fired = told({
  alert: "FlowerExporterReplaying",
  summary: "The Flower exporter of demo is still reading old runs",
  description:
    "The Flower exporter of federation demo has not read every run of the SuperLink yet (fl_exporter_replayed is 0). " +
    "Until then its counters over all runs are missing, and alerts on failures of clients are silent. Likely: " +
    "thousands of runs, a slow SuperLink, or a run that cannot be read.",
  dashboard: "system",
});

export const flowerExporterReplaying: AlertCases = {
  fires: [
    {
      name: "it takes twenty minutes",
      interval: "1m",
      series: { ...FRESH, [replayed]: "0x20 1x20" },
      expect: { "14m": [], "15m": [reading], "20m": [reading], "21m": [] },
    },
  ],
  silent: [
    {
      name: "it takes five minutes",
      interval: "1m",
      series: { ...FRESH, [replayed]: "0x5 1x40" },
      expect: { "5m": [], "20m": [] },
    },
    {
      name: "the SuperLink does not answer: FlowerExporterBlind tells that",
      interval: "1m",
      series: { [age]: "60+60x40", [replayed]: "0x40" },
      expect: { "16m": [], "40m": [] },
    },
    {
      name: "the exporter is started again every ten minutes",
      interval: "1m",
      series: { ...FRESH, [replayed]: "0x2 1x6 _ 0x2 1x6 _ 0x2 1x6 _ 0x2 1x6" },
      expect: { "15m": [], "31m": [] },
    },
  ],
};

const dropped = (count: number, kind: string): Fired =>
  told({
    alert: "FlowerExporterSeriesDropped",
    labels: { kind },
    summary: `${count} of kind ${kind} have no series`,
    description:
      `The Flower exporter of federation demo has reached a limit: ${count} of kind ${kind} (supernode, run or ` +
      "app_metric) have no series of their own, so no alert tells of them. Likely: a larger federation than the " +
      "limit was made for, or an app with a metric for each client.",
    dashboard: "system",
  });
const over = (kind: string): string => fl("exporter_series_dropped", { kind });

export const flowerExporterSeriesDropped: AlertCases = {
  fires: [
    {
      name: "twenty SuperNodes too many, until some are unregistered",
      interval: "1m",
      series: { [over("supernode")]: "20x20 0x10", [over("run")]: "0x40" },
      expect: { "9m": [], "10m": [dropped(20, "supernode")], "21m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "1m",
      series: { [over("app_metric")]: "7x11 _ 7x10" },
      expect: {
        "11m": [dropped(7, "app_metric")],
        "12m": [dropped(7, "app_metric")],
        "13m": [dropped(7, "app_metric")],
      },
    },
  ],
  silent: [
    {
      name: "a burst of short runs",
      interval: "1m",
      series: { [over("run")]: "0x5 30x5 0x20" },
      expect: { "11m": [], "25m": [] },
    },
    {
      name: "all have series",
      interval: "1m",
      series: { [over("run")]: "0x40", [over("supernode")]: "0x40" },
      expect: { "20m": [], "40m": [] },
    },
  ],
};

const ofHost = (host: string, version: string): string =>
  series("flower_monitoring_flower_info", {
    ...{ federation: "demo", host, instance: `${host}:9100`, job: "node" },
    version,
  });
const ofExporter = (flower_version: string): string =>
  fl("exporter_build_info", { version: "0.1.0", flower_version });

const untested = (host: string, version: string): Fired =>
  told({
    alert: "FlowerVersionUntested",
    labels: { host, version },
    summary: `Flower ${version} on ${host} is not a tested version`,
    description:
      `Host ${host} has Flower ${version}; 1.40 to 1.42 are tested. Training is not touched by that. Metrics may be ` +
      "missing, and Flower itself asks for like versions of SuperLink and SuperNodes. Likely: an upgrade of Flower " +
      "before one of this program.",
    dashboard: "system",
  });

export const flowerVersionUntested: AlertCases = {
  fires: [
    {
      name: "the SuperLink's host is upgraded, then this program: one alert for its two witnesses",
      interval: "1m",
      series: {
        [ofHost("superlink", "1.43.0")]: "1x19 stale",
        [ofExporter("1.43.0")]: "1x19 stale",
        [ofHost("superlink", "1.42.0")]: "_x20 1x20",
        [ofExporter("1.42.0")]: "_x20 1x20",
      },
      expect: { "4m": [], "5m": [untested("superlink", "1.43.0")], "23m": [] },
    },
    {
      name: "a SuperNode that was left behind, on a host whose facts miss a scrape",
      interval: "1m",
      series: { [ofHost("supernode-1", "1.39.2")]: "1x9 _ 1x9", [ofExporter("1.41.0")]: "1x20" },
      expect: {
        "9m": [untested("supernode-1", "1.39.2")],
        "10m": [untested("supernode-1", "1.39.2")],
        "11m": [untested("supernode-1", "1.39.2")],
      },
    },
  ],
  silent: [
    {
      name: "the tested range, both ends, and a release candidate of it",
      interval: "1m",
      series: {
        [ofHost("a", "1.40.0")]: "1x20",
        [ofHost("b", "1.42.0")]: "1x20",
        [ofHost("c", "1.42.1.dev20260101")]: "1x20",
        [ofExporter("1.41.0")]: "1x20",
      },
      expect: { "6m": [], "20m": [] },
    },
    {
      name: "a host that does not know its Flower",
      interval: "1m",
      series: { [ofHost("a", "")]: "1x20" },
      expect: { "6m": [], "20m": [] },
    },
  ],
};
