/**
 * Every number that decides when somebody is called, with the reason for it. A stack changes one by its
 * name, under `alerting.thresholds`; docs/thresholds.md is made from this file.
 */
import { GPU_THRESHOLDS } from "./thresholds/gpus";
import { HOST_THRESHOLDS } from "./thresholds/hosts";
import { PLATFORM_THRESHOLDS } from "./thresholds/platform";
import { SLO_THRESHOLDS } from "./thresholds/slo";
import { duration, number, pause, type Threshold } from "./threshold";
import { FLOWER } from "./thresholds/flower";

export const THRESHOLDS = {
  // The monitoring itself
  targetDownFor: pause(
    "2m",
    "two missed scrapes at the default 15 s may be a restart of an exporter; two minutes are not",
  ),
  manyTargetsShare: number(
    0.4,
    { from: 0.05, to: 1, unit: "share" },
    "two of five hosts may have trouble of their own; when more go at once, something between is the cause",
  ),
  manyTargetsCount: number(
    5,
    { from: 2, to: 1000, unit: "targets" },
    "below five, a message for each target is still read",
  ),
  slowScrapeShare: number(
    0.5,
    { from: 0.1, to: 0.9, unit: "of what a scrape may take" },
    "an exporter that takes half of its time takes all of it on the next bad day",
  ),
  slowScrapeWindow: duration(
    "5m",
    { from: "1m", to: "1h" },
    "an average over twenty scrapes at the default 15 s, so that one slow answer is none",
  ),
  slowScrapeFor: pause(
    "10m",
    "a host that is busy for some minutes, as at the start of a round, is none",
  ),
  stackFaultFor: pause("1m", "an up reloads configurations and may fail and put the old one back"),
  stackFaultWindow: duration(
    "10m",
    { from: "5m", to: "1d" },
    "faults of one moment are told once and are over ten minutes later",
  ),
  storageFaultWindow: duration(
    "1h",
    { from: "10m", to: "1d" },
    "a block is made every two hours, and a failed one is tried again with growing pauses",
  ),
  stackServiceDownFor: pause(
    "2m",
    "an up that replaces a container is through within a minute, a large database included",
  ),
  ruleGroupMissedShare: number(
    0.1,
    { from: 0.01, to: 1, unit: "share" },
    "one evaluation of forty is missed when the machine is held up; more is a lasting state",
  ),
  notificationLostShare: number(
    0.2,
    { from: 0.01, to: 1, unit: "share" },
    "Alertmanager that is replaced by an up is away for less than a fifth of ten minutes",
  ),
  notificationWindow: duration(
    "15m",
    { from: "5m", to: "1d" },
    "a notification that failed is tried again after each group interval, 5 minutes by default: while it " +
      "fails there is one in the window",
  ),
  samplesRefusedFor: pause(
    "15m",
    "longer than the window of faults: a restart or a jump of a clock refuses samples once",
  ),
  prometheusStorageGib: number(
    50,
    { from: 0.1, to: 100_000, unit: "GiB" },
    "three hundred hosts for the default 15 days; write what your disk has for it",
  ),
  storageSizeWindow: duration(
    "3h",
    { from: "10m", to: "1d" },
    "each two hours a block is made and the WAL shrinks: the average over more does not go up and down with it",
  ),
  restartWindow: duration("1h", { from: "10m", to: "1d" }, "an up restarts a service once"),
  restartCount: number(
    3,
    { from: 2, to: 100, unit: "restarts" },
    "two ups within an hour restart a service twice",
  ),

  ...FLOWER,

  // Hosts
  hostDriftFor: pause(
    "30s",
    "a change by hand is told within two minutes: 31 s until the host looks, 15 s until the next scrape, " +
      "30 s until Grafana's next evaluation, and this; the host itself looks twice at a unit that is down",
  ),
  factsAgeSeconds: number(
    45,
    { from: 35, to: 3600, unit: "s" },
    "facts are written every 30 s; with the pause of HostDrift, two runs in a row are missing",
  ),
  bundleLateAfter: duration(
    "10m",
    { from: "1m", to: "1d" },
    "an up of a large fleet, in which each host waits for its turn, takes less",
  ),

  ...HOST_THRESHOLDS,
  ...GPU_THRESHOLDS,
  // What runs beside Flower
  ...PLATFORM_THRESHOLDS,

  // Service level objectives
  ...SLO_THRESHOLDS,
} satisfies Record<string, Threshold>;

export type ThresholdName = keyof typeof THRESHOLDS;

/** All thresholds of a stack: its own, else the defaults. */
export type Thresholds = { readonly [N in ThresholdName]: (typeof THRESHOLDS)[N]["default"] };

/** The defaults, with a stack's own values in their place. */
export function thresholdsOf(own: Partial<Thresholds> = {}): Thresholds {
  const defaults = Object.entries(THRESHOLDS).map(([name, { default: value }]) => [name, value]);
  return { ...(Object.fromEntries(defaults) as Thresholds), ...own };
}
