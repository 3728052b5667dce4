/** Runs that do not start, or wait for SuperNodes. */
import type { AlertCases, Fired } from "../alert-case";
import { fl, ofRun, RUN, RUNNING, told } from "./flower-kit";

const status = ofRun("training_status");
const ended = ofRun("run_end_time_seconds");

const notStarted: Fired = told({
  alert: "FLTrainingNotStarted",
  labels: { run_id: RUN },
  summary: `Run ${RUN} does not start`,
  description:
    `Run ${RUN} was submitted over 15m ago and is not running (status 0). Likely: no SuperExec takes it up (with ` +
    "--isolation process one has to be started), or what the app depends on is still being installed.",
  dashboard: "run-explorer",
});

export const flTrainingNotStarted: AlertCases = {
  fires: [
    {
      name: "nobody takes the run up until a SuperExec is started",
      interval: "1m",
      series: { [status]: "0x40 1x20" },
      expect: { "14m": [], "15m": [notStarted], "40m": [notStarted], "41m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "30s",
      series: { [status]: "0x39 _x2 0x20" },
      expect: { "19m": [notStarted], "20m": [notStarted], "21m": [notStarted] },
    },
  ],
  silent: [
    {
      name: "what the app depends on takes ten minutes to install",
      interval: "1m",
      series: { [status]: "0x10 1x60" },
      expect: { "10m": [], "20m": [] },
    },
    {
      // Flower calls it finished, this metric 0.
      name: "somebody stopped the run",
      interval: "1m",
      series: { [status]: "1x9 0x15 stale", [ended]: "_x10 600x15 stale" },
      expect: { "25m": [], "26m": [], "40m": [] },
    },
    {
      name: "there is no run: the exporter says idle, without a run",
      interval: "1m",
      series: { [fl("training_status", { run_id: "" })]: "0x60" },
      expect: { "15m": [], "60m": [] },
    },
  ],
};

const waits = ofRun("run_waiting_for_nodes");
const wanted = ofRun("run_nodes_wanted");
const present = ofRun("run_nodes_present");

const waiting = (online: number): Fired =>
  told({
    alert: "RunWaitingForNodes",
    labels: { run_id: RUN, wanted: "4" },
    summary: `Run ${RUN} waits for SuperNodes: ${online} of 4 are online`,
    description:
      `Run ${RUN} needs 4 SuperNodes for its next round and ${online} are online. Flower waits without a limit. ` +
      "Likely: SuperNodes are stopped or not registered, or the app's min_available_nodes is higher than what the " +
      "federation has.",
    dashboard: "run-explorer",
  });

export const runWaitingForNodes: AlertCases = {
  fires: [
    {
      name: "two of four SuperNodes, then three, then all; it is one alert",
      interval: "1m",
      series: {
        ...RUNNING,
        [waits]: "0x1 1x18 0x20",
        [wanted]: "4x100",
        [present]: "4x1 2x9 3x8 4x50",
      },
      expect: {
        "6m": [],
        "7m": [waiting(2)],
        "15m": [waiting(3)],
        "21m": [],
      },
    },
    {
      name: "none is there at all",
      interval: "1m",
      series: { ...RUNNING, [waits]: "1x20", [wanted]: "4x20", [present]: "0x20" },
      expect: { "5m": [waiting(0)] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "30s",
      series: {
        ...RUNNING,
        [waits]: "1x19 _x2 1x20",
        [wanted]: "4x19 _x2 4x20",
        [present]: "2x19 _x2 2x20",
      },
      expect: {
        "9m": [waiting(2)],
        "10m": [waiting(2)],
        "10m30s": [waiting(2)],
        "12m": [waiting(2)],
      },
    },
  ],
  silent: [
    {
      name: "SuperNodes start three minutes after the run",
      interval: "1m",
      series: {
        ...RUNNING,
        [waits]: "1x3 0x60",
        [wanted]: "4x60",
        [present]: "0x3 4x60",
      },
      expect: { "4m": [], "10m": [] },
    },
    {
      // It trains with those that it has: only selecting waits.
      name: "a SuperNode is lost in the middle of a long round",
      interval: "1m",
      series: { ...RUNNING, [waits]: "0x60", [wanted]: "4x60", [present]: "3x60" },
      expect: { "10m": [], "50m": [] },
    },
    {
      name: "the run is stopped while it waits",
      interval: "1m",
      series: {
        ...RUNNING,
        [waits]: "1x3 stale",
        [wanted]: "4x3 stale",
        [present]: "0x3 stale",
      },
      expect: { "4m": [], "6m": [], "10m": [] },
    },
  ],
};
