/** Runs in which nothing happens. */
import type { AlertCases, Fired } from "../alert-case";
import { BERN, fl, ofNode, ofRun, RUN, RUNNING, told, ULM } from "./flower-kit";

const stalled = (cause: string): string => ofRun("run_stalled", { cause });
const idle = ofRun("run_idle_seconds");
const rounds = (part: string): string =>
  ofRun(`round_duration_seconds_${part}`, { strategy: "FedAvg" });

const story = (cause: string, duration: string): Fired =>
  told({
    alert: "FLTrainingStalled",
    severity: "critical",
    labels: { run_id: RUN, cause },
    summary: `Training of run ${RUN} has stalled: ${cause}`,
    description:
      `Nothing has happened in run ${RUN} for ${duration}. Cause: ${cause} (too_few_nodes: fewer SuperNodes are ` +
      "online than it wants; no_reply: clients have not answered; no_progress: the ServerApp itself is at " +
      "something else, or hangs).",
    dashboard: "run-explorer",
  });

/** Four rounds of a minute each, and then nothing. */
const SHORT_ROUNDS = { ...RUNNING, [rounds("sum")]: "240x200", [rounds("count")]: "4x200" };
/** Nothing since the fourth minute: the exporter calls it a stall from the 14th on. */
const SILENCE = "0x3 0+60x60 5x40";

export const flTrainingStalled: AlertCases = {
  fires: [
    {
      name: "clients do not answer for a quarter of an hour, where rounds took a minute",
      interval: "1m",
      series: { ...SHORT_ROUNDS, [stalled("no_reply")]: "0x13 1x50 0x40", [idle]: SILENCE },
      expect: {
        "18m": [],
        "19m": [story("no_reply", "15m 0s")],
        "64m": [story("no_reply", "1h 0m 0s")],
        "68m": [],
      },
    },
    {
      name: "the ServerApp hangs in its first round, and the hour of Flower's patience is over",
      interval: "1m",
      series: { ...RUNNING, [stalled("no_progress")]: "0x13 1x100", [idle]: "0x3 0+60x110" },
      expect: { "69m": [], "76m": [story("no_progress", "1h 12m 0s")] },
    },
    {
      name: "the exporter is started again while it fires: one alert, not two",
      interval: "30s",
      series: {
        ...SHORT_ROUNDS,
        [stalled("no_reply")]: "0x3 1x40 _x2 1x20 0x20",
        [idle]: "600x43 _x2 1900x20 5x20",
      },
      expect: {
        "7m": [story("no_reply", "10m 0s")],
        "22m": [story("no_reply", "10m 0s")],
        "22m30s": [story("no_reply", "10m 0s")],
        "23m": [story("no_reply", "31m 40s")],
        "40m": [],
      },
    },
    {
      name: "more SuperNodes are wanted than were ever there",
      interval: "1m",
      series: {
        ...RUNNING,
        [stalled("too_few_nodes")]: "0x13 1x50 stale",
        [idle]: SILENCE,
        [ofRun("run_nodes_wanted")]: "9x200",
        [ofRun("run_nodes_present")]: "2x200",
      },
      expect: { "18m": [], "20m": [story("too_few_nodes", "16m 0s")], "70m": [] },
    },
  ],
  silent: [
    {
      name: "a run whose rounds take half an hour: clients that train are no event",
      interval: "1m",
      series: {
        ...RUNNING,
        [rounds("sum")]: "7200x200",
        [rounds("count")]: "4x200",
        [stalled("no_reply")]: "0x13 1x20 0x40",
        [idle]: "0x3 0+60x30 5x40",
      },
      expect: { "20m": [], "33m": [] },
    },
    {
      name: "a first round of 50 minutes",
      interval: "1m",
      series: { ...RUNNING, [stalled("no_reply")]: "0x13 1x39 0x40", [idle]: "0x3 0+60x49 5x40" },
      expect: { "20m": [], "52m": [], "60m": [] },
    },
    {
      // That page has been sent, and says what runs do meanwhile.
      name: "it waits for the one SuperNode that SuperNodeOffline tells of",
      interval: "1m",
      series: {
        ...RUNNING,
        [stalled("too_few_nodes")]: "0x13 1x50",
        [idle]: SILENCE,
        [ofRun("run_nodes_wanted")]: "2x200",
        [ofRun("run_nodes_present")]: "1x200",
        [ofNode("supernode_up", ULM)]: "0x200",
        [ofNode("supernode_heartbeat_age_seconds", ULM)]: "60+60x200",
        [ofNode("supernode_up", BERN)]: "1x200",
        [ofNode("supernode_heartbeat_age_seconds", BERN)]: "9x200",
        [fl("supernodes", { status: "offline" })]: "1x200",
      },
      expect: { "20m": [], "60m": [] },
    },
    {
      name: "a stall of three minutes ends",
      interval: "1m",
      series: {
        ...SHORT_ROUNDS,
        [stalled("no_reply")]: "0x13 1x3 0x40",
        [idle]: "0x3 0+60x13 5x40",
      },
      expect: { "16m": [], "19m": [], "30m": [] },
    },
    {
      name: "the run ends while nothing happens",
      interval: "1m",
      series: {
        ...SHORT_ROUNDS,
        [stalled("no_reply")]: "0x13 1x2 stale",
        [idle]: "0x3 0+60x12 stale",
      },
      expect: { "17m": [], "20m": [] },
    },
  ],
};
