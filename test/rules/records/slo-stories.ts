/**
 * Stories for what is recorded of SLOs: one over time (SuperNodes that are online, window 1h, 80 %), one of
 * rare events (runs, 24h, 95 %), and two of which too little is known.
 */
import { series, type RecordCase } from "../alert-case";

const target = {
  federation: "demo",
  host: "superlink",
  instance: "172.31.77.11:9101",
  job: "flower",
  role: "superlink",
};

export type Series = Record<string, string>;

export const flower = (metric: string, text: string, labels: Series = {}): Series => ({
  [series(metric, { ...target, ...labels })]: text,
});

/** The two hosts that SuperNodes run on; one of them cannot be scraped, which says nothing of its SuperNode. */
const hosts: Series = {
  [series("up", { ...target, host: "supernode-1", job: "node", role: "supernode" })]: "1x80",
  [series("up", { ...target, host: "supernode-2", job: "node", role: "supernode" })]: "0x80",
  [series("up", { ...target, job: "node" })]: "1x80",
};

/** Both SuperNodes for twenty minutes, then one of them. */
const HALF: Series = {
  ...hosts,
  ...flower("fl_clients_connected", "2x19 1x60"),
  ...flower("fl_supernodes", "2x80", { status: "online" }),
};

export const finished = (sub_status: string, text: string): Series =>
  flower("fl_runs", text, { status: "finished", sub_status });

/** A run ends each ten minutes, and from the twelfth on each of them has failed. */
const RUNS: Series = {
  ...finished("completed", "0+1x11 11x60"),
  ...finished("failed", "0x11 0+1x60"),
  // Somebody stopped these: no fault, no success.
  ...finished("stopped", "0+1x80"),
};

/** Runs of before Prometheus looked, and one more that ends. */
const FEW: Series = { ...finished("completed", "90x40"), ...finished("failed", "7x20 8x20") };

export const of = (slo: string, window?: string): Series => ({
  federation: "demo",
  slo,
  ...(window === undefined ? {} : { window }),
});
export const participation = (window: string): Series => of("client_participation", window);
export const runs = (window: string): Series => of("training_success_rate", window);

export const minutes = (expect: RecordCase["expect"]): RecordCase => ({
  name: "one of two SuperNodes goes after twenty minutes",
  interval: "1m",
  series: HALF,
  expect,
});
export const tens = (expect: RecordCase["expect"]): RecordCase => ({
  name: "every run fails after two hours",
  interval: "10m",
  series: RUNS,
  expect,
});
export const few = (expect: RecordCase["expect"]): RecordCase => ({
  name: "one run has ended since anybody looked",
  interval: "10m",
  series: FEW,
  expect,
});
export const nothing = (expect: RecordCase["expect"]): RecordCase => ({
  name: "the exporter is not there",
  interval: "1m",
  series: { [series("up", { ...target, job: "node" })]: "1x40" },
  expect,
});

/** Increases over a window look beyond its first and last sample, which lie one interval further in. */
export const stretched = (count: number, samples: number): number =>
  (count * samples) / (samples - 1);
