/** Alerts on promises, in stories of runs (24h, 95 %), of SuperNodes (1h, 80 %) and of an exporter. */
import { series, told, type AlertCases, type Case, type Fired } from "../alert-case";

const target = {
  federation: "demo",
  host: "superlink",
  instance: "172.31.77.11:9101",
  job: "flower",
  role: "superlink",
};

type Series = Record<string, string>;
type Moments = Record<string, Fired[]>;

const flower = (metric: string, text: string, labels: Series = {}): Series => ({
  [series(metric, { ...target, ...labels })]: text,
});

const story = (name: string, interval: string, all: Series, expect: Moments): Case => ({
  name,
  interval,
  series: all,
  expect,
});

/** Runs that have ended so far, a value each ten minutes. */
const ended = (completed: string, failed: string): Series => ({
  ...flower("fl_runs", completed, { status: "finished", sub_status: "completed" }),
  ...flower("fl_runs", failed, { status: "finished", sub_status: "failed" }),
});

const summary = (slo: string, factor: string): string =>
  `${slo}: the error budget burns ${factor} times as fast as it may`;

const fast = (slo: string, factor: string): Fired =>
  told(
    "SLOBudgetBurnsFast",
    { federation: "demo", slo },
    {
      summary: summary(slo, factor),
      description:
        `The promise ${slo} is being broken right now: its error budget burns ${factor} times as fast as it ` +
        "may, and is gone long before its window ends. What is behind it differs by promise: its runbook has a " +
        "table.",
    },
  );

const slow = (slo: string, factor: string): Fired =>
  told(
    "SLOBudgetBurnsSlowly",
    { federation: "demo", slo },
    {
      summary: summary(slo, factor),
      description:
        `The error budget of the promise ${slo} burns ${factor} times as fast as it may: at this pace the promise ` +
        "is broken at the end of its window. What is behind it differs by promise: its runbook has a table.",
    },
  );

export const sloBudgetBurnsFast: AlertCases = {
  fires: [
    story(
      "every run fails from the second hour on, until the fourth",
      "10m",
      ended("0+1x11 11x11 11+1x60", "0x11 0+1x11 11x60"),
      {
        // 4 of 15 runs are 27 %, 5 of 16 are 31 %.
        "2h50m": [],
        "3h10m": [fast("training_success_rate", "7.778")],
        "4h": [fast("training_success_rate", "10")],
        "6h": [],
      },
    ),
    story(
      "half of the clients fail in each round",
      "1m",
      {
        ...flower("fl_client_duration_seconds_count", "0+4x20 80+2x100", { phase: "train" }),
        ...flower("fl_clients_failed_total", "0x20 0+2x40 80x60"),
      },
      { "20m": [], "1h1m": [fast("round_participation", "6.667")], "2h10m": [] },
    ),
  ],
  silent: [
    story("every run is complete", "10m", ended("0+1x60", "0x60"), { "4h": [], "9h": [] }),
    story("two of two runs fail: too few to tell", "10m", ended("0x60", "0x6 1x6 2x48"), {
      "2h30m": [],
      "6h": [],
    }),
    story("one of three runs fails: one is none", "10m", ended("0x3 1x3 2x54", "0x9 1x51"), {
      "2h": [],
      "3h": [],
    }),
    story("runs failed this morning, and do not now", "10m", ended("0x20 0+2x40", "0+1x6 6x60"), {
      "4h": [],
      "5h": [],
    }),
    story(
      "somebody stops every run",
      "10m",
      flower("fl_runs", "0+1x60", { status: "finished", sub_status: "stopped" }),
      {
        "4h": [],
        "9h": [],
      },
    ),
    story(
      "the exporter restarts, and tells of all runs that failed before",
      "10m",
      ended("40x6 _x2 40x40", "30x6 _x2 30x40"),
      { "1h30m": [], "2h": [], "6h": [] },
    ),
    story("nothing ever happens", "10m", ended("0x60", "0x60"), { "4h": [], "9h": [] }),
  ],
};

/** How many of the two hosts' SuperNodes are online, a value each minute. */
const online = (text: string): Series => ({
  ...flower("fl_clients_connected", text),
  ...flower("up", "1x150", { job: "node", role: "supernode", host: "supernode-1" }),
  ...flower("up", "1x150", { job: "node", role: "supernode", host: "supernode-2" }),
});

export const sloBudgetBurnsSlowly: AlertCases = {
  fires: [
    story("one of two SuperNodes stays away", "1m", online("2x59 1x39 2x60"), {
      // 24 of 60 minutes at a half are the fifth that may be.
      "1h23m": [],
      "1h26m": [slow("client_participation", "1.125")],
      "1h39m": [slow("client_participation", "1.667")],
      "1h55m": [],
    }),
    story(
      "both are gone: a burn of three, in a quarter of an hour",
      "1m",
      online("2x59 0x15 2x60"),
      {
        "1h8m": [],
        "1h11m": [slow("client_participation", "4")],
        "1h30m": [],
      },
    ),
    story(
      "a few clients of each round fail, which is no reason to wake anybody",
      "1m",
      {
        ...flower("fl_client_duration_seconds_count", "0+8x400", { phase: "train" }),
        ...flower("fl_clients_failed_total", "0+2x30 60x370"),
      },
      { "1m": [], "20m": [slow("round_participation", "4")], "2h": [] },
    ),
    story(
      "rounds take longer than ten minutes",
      "10m",
      {
        ...flower("fl_phase_duration_seconds_count", "0+1x100", { phase: "train" }),
        ...flower("fl_phase_duration_seconds_bucket", "0x100", { phase: "train", le: "600.0" }),
      },
      { "1h": [], "2h": [slow("round_time", "20")] },
    ),
  ],
  silent: [
    story("both are online", "1m", online("2x120"), { "30m": [], "1h55m": [] }),
    story("one is rebooted", "1m", online("2x59 1x5 2x60"), {
      "1h5m": [],
      "1h10m": [],
      "1h50m": [],
    }),
    story(
      "more SuperNodes are online than the stack has, and one of them goes",
      "1m",
      online("3x59 2x60"),
      {
        "1h30m": [],
        "1h55m": [],
      },
    ),
    story("the exporter is gone while both were online", "1m", online("2x59 stale"), {
      "1h5m": [],
      "1h50m": [],
    }),
    story("some scrapes are missing", "1m", online("2x20 _x4 2x20 _x4 2x60"), {
      "25m": [],
      "1h40m": [],
    }),
  ],
};
