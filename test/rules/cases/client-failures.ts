/** Clients that fail. */
import type { AlertCases, Fired } from "../alert-case";
import { fl, FRESH, ofRun, RUN, told } from "./flower-kit";

const failures = fl("clients_failed_total");
const good = fl("client_duration_seconds_count", { phase: "train" });
const rounds = fl("rounds_completed_total");
const logs = fl("run_source", { run_id: "8", source: "logs" });

const often = (count: string): Fired =>
  told({
    alert: "FLClientFailureRate",
    summary: "Clients of demo fail often",
    description:
      `${count} failures of clients in federation demo within 30 minutes, over 25 % of all that were asked (of runs ` +
      "without the hook: one and more in each round). Likely: one site whose ClientApp always fails, or a new " +
      "version of the app.",
    dashboard: "clients",
  });

export const flClientFailureRate: AlertCases = {
  fires: [
    {
      name: "one of three fails in each round of a minute, until it is repaired",
      interval: "1m",
      series: { [good]: "0+2x200", [failures]: "0x60 1+1x59 60x80", [rounds]: "0+1x200" },
      expect: { "70m": [], "95m": [often("30")], "120m": [often("30")], "145m": [] },
    },
    {
      name: "without the hook good answers are not counted: more failures than rounds",
      interval: "1m",
      series: { [failures]: "0x60 2+2x59 120x80", [rounds]: "0+1x200", [logs]: "1x150 stale" },
      expect: { "95m": [often("60")], "180m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "1m",
      series: { [good]: "0+2x99 _ 202+2x60", [failures]: "0+1x99 _ 101+1x60" },
      expect: { "99m": [often("30")], "100m": [often("30")], "101m": [often("30")] },
    },
  ],
  silent: [
    {
      name: "one of ten fails in each round",
      interval: "1m",
      series: { [good]: "0+9x200", [failures]: "0+1x200", [rounds]: "0+1x200" },
      expect: { "40m": [], "200m": [] },
    },
    {
      name: "four failures are too few to be counted on",
      interval: "1m",
      series: { [good]: "0x200", [failures]: "0x60 4x100", [rounds]: "0x200" },
      expect: { "62m": [], "80m": [] },
    },
    {
      name: "without the hook, a failure in every other round",
      interval: "1m",
      series: { [failures]: "0+0.5x200", [rounds]: "0+1x200", [logs]: "1x200" },
      expect: { "40m": [], "200m": [] },
    },
    {
      name: "no run at all",
      interval: "1m",
      series: { [good]: "90x100", [failures]: "40x100", [rounds]: "30x100" },
      expect: { "40m": [], "100m": [] },
    },
    {
      name: "the SuperLink has lost its database, and all begins at 0",
      interval: "1m",
      series: { [good]: "900x60 0+9x60", [failures]: "40x60 0x60", [rounds]: "300x60 0+1x60" },
      expect: { "62m": [], "90m": [] },
    },
  ],
};

const lost = ofRun("run_clients_failed_total", { cause: "message_lost" });

const expired = (count: number): Fired =>
  told({
    alert: "MessagesExpired",
    labels: { run_id: RUN },
    summary: `Messages of run ${RUN} expired`,
    description:
      `${count} messages of run ${RUN}, or their replies, were gone before the client had answered: their time to ` +
      "live was over. Likely: the app gives its messages less time than clients need, or a client waits behind " +
      "another run for its turn.",
    dashboard: "run-explorer",
  });

export const messagesExpired: AlertCases = {
  fires: [
    {
      name: "one and then another are lost; an hour later it is history",
      interval: "1m",
      series: { ...FRESH, [lost]: "_x99 1x9 2x200" },
      expect: {
        "98m": [],
        "100m": [expired(1)],
        "110m": [expired(2)],
        "158m": [expired(2)],
        "175m": [],
      },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "1m",
      series: { ...FRESH, [lost]: "_x99 1x9 _ 1x200" },
      expect: { "108m": [expired(1)], "109m": [expired(1)], "110m": [expired(1)], "175m": [] },
    },
    {
      name: "the run ends with it, and its series later",
      interval: "1m",
      series: { ...FRESH, [lost]: "_x99 1x15 stale" },
      expect: { "110m": [expired(1)], "120m": [] },
    },
  ],
  silent: [
    {
      name: "replies are late, and clients raise exceptions",
      interval: "1m",
      series: {
        ...FRESH,
        [ofRun("run_clients_failed_total", { cause: "timeout" })]: "_x99 3x60",
        [ofRun("run_clients_failed_total", { cause: "exception" })]: "_x99 3x60",
      },
      expect: { "102m": [], "130m": [] },
    },
    {
      name: "a run of days has lost one on its first",
      interval: "1m",
      series: { ...FRESH, [lost]: "1x400" },
      expect: { "2m": [], "100m": [], "400m": [] },
    },
    {
      name: "the exporter was down for an hour and a half",
      interval: "1m",
      series: {
        ...FRESH,
        [fl("exporter_start_time_seconds")]: "0x100 _x90 0x200",
        [lost]: "1x100 _x90 1x200",
      },
      expect: { "192m": [], "240m": [], "260m": [], "320m": [] },
    },
  ],
};
