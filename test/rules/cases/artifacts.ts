/** What is kept of a run, and what it sends. */
import type { AlertCases, Fired } from "../alert-case";
import { fl, ofRun, RUN, RUNNING, told } from "./flower-kit";

const saved = ofRun("checkpoint_time_seconds");

const overdue = (age: string): Fired =>
  told({
    alert: "CheckpointOverdue",
    labels: { run_id: RUN },
    summary: `A checkpoint of run ${RUN} is overdue`,
    description:
      `The last checkpoint of run ${RUN} is ${age} old, over 3 times its usual interval: what is trained since is ` +
      "lost when the run fails. Likely: the disk of the SuperLink's host is full or gone, or the rounds have become " +
      "slower.",
    dashboard: "run-explorer",
  });

/** A checkpoint each ten minutes, four of them: after 10, 20, 30 and 40 minutes. */
const FOUR = "_x10 600x9 1200x9 1800x9 2400";

export const checkpointOverdue: AlertCases = {
  fires: [
    {
      name: "four in forty minutes, and the fifth comes after another forty",
      interval: "1m",
      series: { ...RUNNING, [saved]: `${FOUR}x39 4800x60` },
      expect: { "65m": [], "72m": [overdue("32m 0s")], "79m": [overdue("39m 0s")], "80m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "1m",
      series: { ...RUNNING, [saved]: `${FOUR}x39 _ 2400x30` },
      expect: {
        "79m": [overdue("39m 0s")],
        "80m": [overdue("40m 0s")],
        "81m": [overdue("41m 0s")],
      },
    },
  ],
  silent: [
    {
      name: "each comes in time",
      interval: "1m",
      series: { ...RUNNING, [saved]: `${FOUR}x9 3000x9 3600x9 4200x9` },
      expect: { "50m": [], "79m": [] },
    },
    {
      name: "one checkpoint at the beginning is no interval",
      interval: "1m",
      series: { ...RUNNING, [saved]: "_x2 120x300" },
      expect: { "30m": [], "300m": [] },
    },
    {
      name: "one every few seconds, and then none for five minutes",
      interval: "15s",
      series: { ...RUNNING, [saved]: "15+15x40 615x19 930x40" },
      expect: { "14m": [], "15m": [] },
    },
    {
      name: "the run has ended",
      interval: "1m",
      series: {
        ...RUNNING,
        [ofRun("training_status")]: "1x44 2x200",
        [saved]: `${FOUR}x200`,
      },
      expect: { "72m": [], "200m": [] },
    },
    {
      // What was saved meanwhile nobody knows; FlowerExporterBlind tells that.
      name: "the exporter has had no answer since the fourth",
      interval: "1m",
      series: {
        ...RUNNING,
        [fl("exporter_up_to_date_seconds")]: "5x41 60+60x200",
        [saved]: `${FOUR}x200`,
      },
      expect: { "72m": [], "200m": [] },
    },
  ],
};

const info = (run_id: string, app = "lab/train"): string =>
  fl("run_info", { run_id, exported_federation: "@none/default", app, strategy: "FedAvg" });
const bytes = (run_id: string): string => fl("model_bytes", { run_id });

const jump = (times: string): Fired =>
  told({
    alert: "ModelBytesJump",
    labels: { run_id: RUN, app: "lab/train" },
    summary: `The model of run ${RUN} is ${times} times as large as before`,
    description:
      `Run ${RUN} of lab/train sends ${times} times the bytes of the app's largest model in 7d to each client, in ` +
      "each round. Likely: another model or number format by intent, or the optimizer's state is sent along. " +
      "Traffic and memory of every site grow with it.",
    dashboard: "run-explorer",
  });

/** A run of the app yesterday, so to say: it ended two hours before. */
const BEFORE = { [info("6001")]: "1x60 stale", [bytes("6001")]: "1000x60 stale" };

export const modelBytesJump: AlertCases = {
  fires: [
    {
      name: "three times the run before; an hour later that is the app's size",
      interval: "1m",
      series: {
        ...BEFORE,
        [info(RUN)]: "_x180 1x200",
        [bytes(RUN)]: "_x180 3000x200",
      },
      expect: { "179m": [], "181m": [jump("3")], "239m": [jump("3")], "245m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "1m",
      series: {
        ...BEFORE,
        [info(RUN)]: "_x180 1x9 _ 1x200",
        [bytes(RUN)]: "_x180 2500x9 _ 2500x200",
      },
      expect: { "189m": [jump("2.5")], "190m": [jump("2.5")], "191m": [jump("2.5")] },
    },
  ],
  silent: [
    {
      name: "half as much again",
      interval: "1m",
      series: {
        ...BEFORE,
        [info(RUN)]: "_x180 1x200",
        [bytes(RUN)]: "_x180 1500x200",
      },
      expect: { "182m": [], "230m": [] },
    },
    {
      name: "another app, of which there was no run",
      interval: "1m",
      series: {
        ...BEFORE,
        [info(RUN, "lab/other")]: "_x180 1x200",
        [bytes(RUN)]: "_x180 9000x200",
      },
      expect: { "182m": [], "230m": [] },
    },
    {
      name: "an app without a name is not compared with others that have none",
      interval: "1m",
      series: {
        [info("6001", "")]: "1x60 stale",
        [bytes("6001")]: "1000x60 stale",
        [info(RUN, "")]: "_x180 1x200",
        [bytes(RUN)]: "_x180 9000x200",
      },
      expect: { "182m": [], "230m": [] },
    },
  ],
};
