/** What a run learns. */
import type { AlertCases, Fired } from "../alert-case";
import { ofRun, RUN, RUNNING, told } from "./flower-kit";

const STRATEGY = { strategy: "FedAvg" };
const loss = ofRun("aggregated_loss", STRATEGY);
const accuracy = ofRun("aggregated_accuracy", STRATEGY);
const round = ofRun("round_current", STRATEGY);

const flat = (best: string): Fired =>
  told({
    alert: "LossNotFalling",
    labels: { run_id: RUN, ...STRATEGY },
    summary: `The loss of run ${RUN} does not fall any more`,
    description:
      `In the last 1h (or 12h) and at least 10 rounds the best loss of run ${RUN} was ${best}, no better than ` +
      "before. Either it has converged, and more rounds are for nothing; or the learning rate is too high, or the " +
      "clients' data pull apart.",
    dashboard: "fl-training",
  });

export const lossNotFalling: AlertCases = {
  fires: [
    {
      name: "rounds of two minutes: it falls for an hour, then rises, and falls again after three",
      interval: "1m",
      series: { ...RUNNING, [round]: "0+0.5x300", [loss]: "3-0.025x60 1.6x119 1.4x60" },
      expect: {
        "110m": [],
        "126m": [flat("1.6")],
        "180m": [flat("1.6")],
        "183m": [],
      },
    },
    {
      name: "rounds of an hour: the long window sees it",
      interval: "10m",
      series: { ...RUNNING, [round]: "0+0.16x240", [loss]: "3-0.01x71 2.4x100 2x20" },
      expect: { "12h": [], "24h10m": [flat("2.4")], "28h": [flat("2.4")], "29h10m": [] },
    },
  ],
  silent: [
    {
      name: "it falls a little, and not in each round",
      interval: "1m",
      series: { ...RUNNING, [round]: "0+0.5x300", [loss]: "3-0.001x300" },
      expect: { "130m": [], "250m": [] },
    },
    {
      name: "it does not change: the one round takes three hours",
      interval: "1m",
      series: { ...RUNNING, [round]: "4x300", [loss]: "2x300" },
      expect: { "130m": [], "250m": [] },
    },
    {
      name: "the run is half an hour old",
      interval: "1m",
      series: { ...RUNNING, [round]: "0+1x30", [loss]: "2x30" },
      expect: { "10m": [], "30m": [] },
    },
    {
      name: "the run has ended",
      interval: "1m",
      series: {
        ...RUNNING,
        [ofRun("training_status")]: "1x118 2x15 stale",
        [round]: "0+0.5x134 stale",
        [loss]: "3-0.025x60 1.6x73 stale",
      },
      expect: { "126m": [], "140m": [] },
    },
  ],
};

/** So many samples that are NaN, which promtool does not repeat. */
const nans = (times: number): string => Array(times).fill("NaN").join(" ");
const metric = (name: string, phase = "train"): string => ofRun("app_metric", { name, phase });

const nan = (count: number): Fired =>
  told({
    alert: "LossNaN",
    labels: { run_id: RUN },
    summary: `The loss of run ${RUN} is not a number`,
    description:
      `${count} losses of run ${RUN} are NaN or infinite in its last round. What it trains from here on is for ` +
      "nothing, since averages keep NaN. Likely: a learning rate that is too high, a client with broken data, or " +
      "numbers too large for half precision.",
    dashboard: "fl-training",
  });

export const lossNaN: AlertCases = {
  fires: [
    {
      name: "the loss of training, then that of evaluation too, until somebody stops the run",
      interval: "1m",
      series: {
        ...RUNNING,
        [metric("train_loss")]: `2x9 ${nans(21)} stale`,
        [metric("Loss", "evaluate")]: `2x14 ${nans(16)} stale`,
        [metric("accuracy", "evaluate")]: "0.5x60",
      },
      expect: { "10m": [], "11m": [nan(1)], "16m": [nan(2)], "29m": [nan(2)], "33m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "30s",
      series: { ...RUNNING, [metric("loss")]: `${nans(20)} _x2 ${nans(21)}` },
      expect: { "9m": [nan(1)], "10m": [nan(1)], "10m30s": [nan(1)], "12m": [nan(1)] },
    },
  ],
  silent: [
    {
      name: "all losses are numbers, also zero and below",
      interval: "1m",
      series: { ...RUNNING, [metric("loss")]: "0x30", [metric("nll_loss")]: "-3x30" },
      expect: { "5m": [], "30m": [] },
    },
    {
      name: "another metric has no value: a class that no client has",
      interval: "1m",
      series: { ...RUNNING, [metric("loss")]: "1x30", [metric("f1_class_7")]: `${nans(31)}` },
      expect: { "5m": [], "30m": [] },
    },
    {
      name: "one round was NaN, and the next is a number",
      interval: "30s",
      series: { ...RUNNING, [metric("loss")]: "1x9 NaN 1x30" },
      expect: { "5m": [], "6m": [] },
    },
    {
      name: "the exporter is down",
      interval: "1m",
      series: { ...RUNNING, [metric("loss")]: "1x9 stale" },
      expect: { "11m": [], "20m": [] },
    },
  ],
};

const worse = (best: string): Fired =>
  told({
    alert: "AccuracyDrop",
    labels: { run_id: RUN, ...STRATEGY },
    summary: `The accuracy of run ${RUN} has dropped`,
    description:
      `The best accuracy of run ${RUN} in the last 15m is ${best}, over 20 % below its best in 6h. Likely: clients ` +
      "with other data joined or left, a client sends broken updates, or the learning rate is too high.",
    dashboard: "fl-training",
  });

export const accuracyDrop: AlertCases = {
  fires: [
    {
      name: "from 0.8 to 0.5, and back after an hour",
      interval: "1m",
      series: { ...RUNNING, [accuracy]: "0.4+0.01x39 0.5x60 0.75x60" },
      expect: { "50m": [], "60m": [worse("0.5")], "100m": [worse("0.5")], "101m": [] },
    },
    {
      name: "an accuracy in percent, and the exporter is started again",
      interval: "1m",
      series: { ...RUNNING, [accuracy]: "90x20 60x29 _ 60x30" },
      expect: { "40m": [worse("60")], "51m": [worse("60")], "52m": [worse("60")] },
    },
  ],
  silent: [
    {
      name: "it goes up and down by a tenth",
      interval: "1m",
      series: { ...RUNNING, [accuracy]: `${"0.8x5 0.7x5 ".repeat(10)}0.8x20` },
      expect: { "60m": [], "130m": [] },
    },
    {
      name: "every second round is bad: a few clients are evaluated at a time",
      interval: "1m",
      series: { ...RUNNING, [accuracy]: `${"0.8x5 0.4x5 ".repeat(10)}0.8x20` },
      expect: { "60m": [], "130m": [] },
    },
    {
      name: "the run has ended with it",
      interval: "1m",
      series: {
        ...RUNNING,
        [ofRun("training_status")]: "1x22 2x15 stale",
        [accuracy]: "0.8x20 0.4x17 stale",
      },
      expect: { "37m": [], "40m": [] },
    },
  ],
};
