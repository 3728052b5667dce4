/** The hook: whether it tells, and what it says of itself. */
import type { AlertCases, Fired } from "../alert-case";
import { fl, ofRun, RUN, RUNNING, told } from "./flower-kit";

const source = (name: string): string => ofRun("run_source", { source: name });

const missing = (from: string): Fired =>
  told({
    alert: "HookMissing",
    labels: { run_id: RUN, source: from },
    summary: `The hook tells nothing of run ${RUN}`,
    description:
      `The hook is deployed on the SuperLink's host, and run ${RUN} is known from ${from} alone: no durations, no ` +
      "bytes, no checkpoints. Likely: its ServerApp runs in another environment than the stack's flower.python, " +
      "FL_MONITORING_HOOK is off, or the hook was cleaned away.",
    dashboard: "run-explorer",
  });

export const hookMissing: AlertCases = {
  fires: [
    {
      name: "only the output tells of a run, until its end",
      interval: "1m",
      series: {
        ...RUNNING,
        [ofRun("training_status")]: "1x30 2x15 stale",
        [source("logs")]: "1x45 stale",
      },
      expect: { "9m": [], "10m": [missing("logs")], "30m": [missing("logs")], "31m": [] },
    },
    {
      name: "nothing at all tells of a run, for over an hour",
      interval: "1m",
      series: { ...RUNNING, [source("none")]: "1x100" },
      expect: { "60m": [], "71m": [missing("none")] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "1m",
      series: { ...RUNNING, [source("logs")]: "1x14 _ 1x20" },
      expect: { "14m": [missing("logs")], "15m": [missing("logs")], "16m": [missing("logs")] },
    },
  ],
  silent: [
    {
      name: "the hook tells",
      interval: "1m",
      series: { ...RUNNING, [source("hook")]: "1x100" },
      expect: { "20m": [], "100m": [] },
    },
    {
      name: "the app loads data for half an hour before its strategy starts",
      interval: "1m",
      series: { ...RUNNING, [source("none")]: "1x30 stale", [source("hook")]: "_x31 1x60" },
      expect: { "20m": [], "30m": [], "60m": [] },
    },
    {
      name: "a run without the hook that is over within five minutes",
      interval: "1m",
      series: {
        ...RUNNING,
        [ofRun("training_status")]: "1x5 2x15 stale",
        [source("logs")]: "1x20 stale",
      },
      expect: { "12m": [], "20m": [] },
    },
  ],
};

const moved = fl("hook_names_moved", { run_id: RUN });

const names = (count: number): Fired =>
  told({
    alert: "HookNamesMoved",
    summary: `The hook does not find ${count} names of Flower's`,
    description:
      `In runs of the last 6h the hook did not find ${count} names where Flower had them: some metrics of federation ` +
      "demo are missing. Training is not touched. Likely: a Flower that is newer than this program, or one that was " +
      "patched.",
    dashboard: "run-explorer",
  });

export const hookNamesMoved: AlertCases = {
  fires: [
    {
      name: "two names, told at the end of two runs: one alert until six hours after",
      interval: "1m",
      series: {
        [moved]: "0x9 2x15 stale",
        [fl("hook_names_moved", { run_id: "8" })]: "_x60 0x9 2x15 stale",
      },
      expect: { "9m": [], "11m": [names(2)], "50m": [names(2)], "400m": [names(2)], "450m": [] },
    },
  ],
  silent: [
    {
      name: "all are where they were",
      interval: "1m",
      series: { [moved]: "0x100" },
      expect: { "10m": [], "100m": [] },
    },
    {
      name: "no run has the hook",
      interval: "1m",
      series: { ...RUNNING, [source("logs")]: "1x5" },
      expect: { "3m": [] },
    },
  ],
};

const failing = (count: number): Fired =>
  told({
    alert: "HookFailing",
    summary: "The hook swallowed errors or dropped events",
    description:
      `In a run of the last 6h the hook of federation demo had ${count} errors and events that it could not send. ` +
      "Metrics of that run are incomplete; training is not touched. Likely: a SuperLink that refuses or delays " +
      "events, or a fault in the hook.",
    dashboard: "run-explorer",
  });
const errors = fl("hook_errors", { run_id: RUN });
const events = fl("hook_events_dropped", { run_id: RUN });

export const hookFailing: AlertCases = {
  fires: [
    {
      name: "three events could not be sent",
      interval: "1m",
      series: { [errors]: "0x25 stale", [events]: "0x9 3x15 stale" },
      expect: { "9m": [], "11m": [failing(3)], "380m": [failing(3)], "390m": [] },
    },
    {
      name: "and an error was swallowed",
      interval: "1m",
      series: { [errors]: "1x15 stale", [events]: "3x15 stale" },
      expect: { "1m": [failing(4)] },
    },
  ],
  silent: [
    {
      name: "all is well",
      interval: "1m",
      series: { [errors]: "0x100", [events]: "0x100" },
      expect: { "10m": [], "100m": [] },
    },
    {
      name: "events of an app of its own are wrong: that is the app's",
      interval: "1m",
      series: {
        [errors]: "0x100",
        [events]: "0x100",
        [fl("exporter_events_invalid_total", { reason: "field" })]: "0+1x100",
      },
      expect: { "10m": [], "100m": [] },
    },
  ],
};
