/** Too few clients. */
import type { AlertCases, Fired } from "../alert-case";
import { fl, ofRun, RUN, RUNNING, told } from "./flower-kit";

const connected = fl("clients_connected");
const selected = ofRun("clients_selected");

const dropped = (share: string): Fired =>
  told({
    alert: "FLExcessiveClientDropout",
    labels: { run_id: RUN },
    summary: `${share} of the clients of run ${RUN} have dropped out`,
    description:
      `Run ${RUN} selected clients for its round of which ${share} are not online any more: the round's average ` +
      "stands for the others alone. Likely: a site or the network between sites and SuperLink is down, or " +
      "SuperNodes were stopped.",
    dashboard: "clients",
  });

export const flExcessiveClientDropout: AlertCases = {
  fires: [
    {
      name: "six of ten are gone, then eight, then half of them is back",
      interval: "1m",
      series: { ...RUNNING, [selected]: "10x60", [connected]: "10x9 4x9 2x9 5x30" },
      expect: { "14m": [], "15m": [dropped("60%")], "25m": [dropped("80%")], "30m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "30s",
      series: { ...RUNNING, [selected]: "10x19 _x2 10x20", [connected]: "0x19 _x2 0x20" },
      expect: { "9m": [dropped("100%")], "10m30s": [dropped("100%")], "12m": [dropped("100%")] },
    },
  ],
  silent: [
    {
      name: "four of ten are gone",
      interval: "1m",
      series: { ...RUNNING, [selected]: "10x60", [connected]: "10x9 6x50" },
      expect: { "20m": [], "60m": [] },
    },
    {
      name: "a tenth of a hundred is selected for each round, and all are online",
      interval: "1m",
      series: { ...RUNNING, [selected]: "10x60", [connected]: "100x60" },
      expect: { "10m": [], "60m": [] },
    },
    {
      name: "the run has ended, and its SuperNodes are switched off",
      interval: "1m",
      series: {
        [ofRun("training_status")]: "1x9 2x15 stale",
        [selected]: "10x25 stale",
        [connected]: "10x9 0x50",
      },
      expect: { "16m": [], "25m": [] },
    },
    {
      name: "the SuperLink is started again, and all come back within two minutes",
      interval: "30s",
      series: { ...RUNNING, [selected]: "10x60", [connected]: "10x19 0x3 10x40" },
      expect: { "11m": [], "15m": [] },
    },
  ],
};

const few = (online: number): Fired =>
  told({
    alert: "ClientDropout",
    summary: `Only ${online} SuperNodes of demo are online`,
    description:
      `${online} SuperNodes are online in federation demo, under 50 % of what was usual in the last 6h. Likely: ` +
      "sites were switched off, the network to them is cut, or SuperNodes were stopped in order, which no other " +
      "alert tells.",
    dashboard: "clients",
  });

export const clientDropout: AlertCases = {
  fires: [
    {
      name: "seven of ten are stopped in order, and five come back",
      interval: "1m",
      series: { [connected]: "10x120 3x30 8x60" },
      expect: { "130m": [], "131m": [few(3)], "151m": [few(3)], "152m": [] },
    },
    {
      name: "seven of ten are gone for good: after half of the window three are usual",
      interval: "1m",
      series: { [connected]: "10x400 3x400" },
      expect: { "412m": [few(3)], "570m": [few(3)], "590m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "30s",
      series: { [connected]: "10x120 0x40 _x2 0x40" },
      expect: { "75m": [few(0)], "81m": [few(0)], "81m30s": [few(0)], "84m": [few(0)] },
    },
  ],
  silent: [
    {
      name: "four of ten are stopped",
      interval: "1m",
      series: { [connected]: "10x120 6x120" },
      expect: { "140m": [], "240m": [] },
    },
    {
      name: "the SuperLink is started again, and all come back within two minutes",
      interval: "30s",
      series: { [connected]: "10x240 0x3 10x40" },
      expect: { "122m": [], "130m": [] },
    },
    {
      name: "a federation without SuperNodes",
      interval: "1m",
      series: { [connected]: "0x120" },
      expect: { "20m": [], "120m": [] },
    },
    {
      name: "the exporter is down: TargetDown tells that",
      interval: "1m",
      series: { [connected]: "10x120 stale" },
      expect: { "125m": [], "140m": [] },
    },
  ],
};
