/** Runs that are slower than they were. */
import type { AlertCases, Fired } from "../alert-case";
import { fl, ofRun, RUN, RUNNING, told } from "./flower-kit";

const idle = ofRun("run_idle_seconds");
const rounds = (part: string): string =>
  ofRun(`round_duration_seconds_${part}`, { strategy: "FedAvg" });
const waits = ofRun("run_waiting_for_nodes");

const overdue = (duration: string): Fired =>
  told({
    alert: "RoundOverdue",
    labels: { run_id: RUN },
    summary: `A round of run ${RUN} is overdue`,
    description:
      `Nothing has been heard of run ${RUN} for ${duration}, over 3 times what its rounds take. Likely: a client ` +
      "that hangs or is much slower than before; the round waits for it until the strategy's timeout.",
    dashboard: "fl-training",
  });

/** Five rounds of two minutes. */
const TWO_MINUTES = { ...RUNNING, [rounds("sum")]: "600x100", [rounds("count")]: "5x100" };

export const roundOverdue: AlertCases = {
  fires: [
    {
      name: "after five rounds of two minutes one does not end for eleven",
      interval: "1m",
      series: { ...TWO_MINUTES, [idle]: "0+60x11 5x20", [waits]: "0x100" },
      expect: { "8m": [], "9m": [overdue("9m 0s")], "11m": [overdue("11m 0s")], "13m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "30s",
      series: { ...TWO_MINUTES, [idle]: "0+30x24 _x2 810x10", [waits]: "0x100" },
      expect: {
        "12m": [overdue("12m 0s")],
        "13m": [overdue("12m 0s")],
        "14m": [overdue("13m 30s")],
      },
    },
  ],
  silent: [
    {
      name: "rounds of half an hour, silent for an hour",
      interval: "1m",
      series: {
        ...RUNNING,
        [rounds("sum")]: "9000x100",
        [rounds("count")]: "5x100",
        [idle]: "0+60x60 5x20",
      },
      expect: { "30m": [], "60m": [] },
    },
    {
      name: "two rounds are no history",
      interval: "1m",
      series: {
        ...RUNNING,
        [rounds("sum")]: "20x100",
        [rounds("count")]: "2x100",
        [idle]: "0+60x60 5x20",
      },
      expect: { "10m": [], "60m": [] },
    },
    {
      name: "rounds of five seconds, and a dead ClientApp that Flower waits 52 s for",
      interval: "30s",
      series: {
        ...RUNNING,
        [rounds("sum")]: "50x100",
        [rounds("count")]: "10x100",
        [idle]: "5x4 30 60 5x60",
      },
      expect: { "3m": [], "4m": [] },
    },
    {
      name: "it waits for SuperNodes: RunWaitingForNodes tells that",
      interval: "1m",
      series: { ...TWO_MINUTES, [idle]: "0+60x60", [waits]: "1x60" },
      expect: { "12m": [], "60m": [] },
    },
  ],
};

const round = ofRun("round_current", { strategy: "FedAvg" });

const stuck = (number: number): Fired =>
  told({
    alert: "TrainingJobStuck",
    labels: { run_id: RUN },
    summary: `Run ${RUN} is stuck in round ${number}`,
    description:
      `Run ${RUN} is in round ${number} for over 1h, in which it would have ended 3 at its pace so far (a first ` +
      "round: for over 3h). Likely: clients fail and the app begins the round again, a client hangs, or the " +
      "ServerApp works at something that does not end.",
    dashboard: "run-explorer",
  });

export const trainingJobStuck: AlertCases = {
  fires: [
    {
      name: "six rounds of ten minutes, and the seventh does not end; events still come",
      interval: "1m",
      series: {
        ...RUNNING,
        [round]: "1x9 2x9 3x9 4x9 5x9 6x9 7x119 8x60",
        [idle]: "20x300",
      },
      expect: { "120m": [], "126m": [stuck(7)], "150m": [stuck(7)], "181m": [] },
    },
    {
      name: "a first round of over three hours",
      interval: "1m",
      series: { ...RUNNING, [round]: "1x250 2x60" },
      expect: { "184m": [], "186m": [stuck(1)], "250m": [stuck(1)], "252m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "1m",
      series: { ...RUNNING, [round]: "1x9 2x9 3x9 4x9 5x9 6x9 7x79 _ 7x60" },
      expect: { "130m": [stuck(7)], "140m": [stuck(7)], "141m": [stuck(7)] },
    },
  ],
  silent: [
    {
      name: "rounds of an hour and a half",
      interval: "1m",
      series: { ...RUNNING, [round]: "1x89 2x89 3x89 4x89" },
      expect: { "100m": [], "175m": [], "260m": [], "350m": [] },
    },
    {
      name: "two rounds of 40 minutes, and a third of 70: no three rounds are missing",
      interval: "1m",
      series: { ...RUNNING, [round]: "1x39 2x39 3x69 4x60" },
      expect: { "145m": [], "149m": [], "160m": [] },
    },
    {
      name: "Prometheus is new and has seen the run for ten minutes",
      interval: "1m",
      series: {
        ...RUNNING,
        [ofRun("run_start_time_seconds")]: "-36000x60",
        [round]: "7x10",
      },
      expect: { "8m": [], "10m": [] },
    },
    {
      // FlowerExporterBlind tells that; the round that is shown is an old one.
      name: "the exporter has had no answer for two hours",
      interval: "1m",
      series: {
        ...RUNNING,
        [fl("exporter_up_to_date_seconds")]: "5x59 60+60x200",
        [round]: "1x9 2x9 3x9 4x9 5x9 6x9 7x200",
      },
      expect: { "130m": [], "200m": [] },
    },
    {
      name: "it waits for SuperNodes",
      interval: "1m",
      series: {
        ...RUNNING,
        [round]: "1x9 2x9 3x9 4x9 5x9 6x9 7x200",
        [waits]: "0x59 1x200",
      },
      expect: { "130m": [], "200m": [] },
    },
    {
      name: "the run has ended",
      interval: "1m",
      series: {
        ...RUNNING,
        [ofRun("training_status")]: "1x60 2x15 stale",
        [round]: "1x9 2x9 3x9 4x9 5x9 6x25 stale",
      },
      expect: { "70m": [], "120m": [] },
    },
  ],
};
