/**
 * Every number that decides when somebody is called, with the reason for it. A stack changes one by its
 * name, under `alerting.thresholds`; docs/thresholds.md is made from this file.
 */
import { duration, number, pause, type Threshold } from "./threshold";

export const THRESHOLDS = {
  // The monitoring itself
  targetDownFor: pause(
    "2m",
    "two missed scrapes at the default 15 s may be a restart of an exporter; two minutes are not",
  ),

  // SuperNodes
  superNodeOfflineFor: pause(
    "30s",
    "Flower needs 37 to 60 s to call a killed SuperNode offline (two heartbeats of 30 s), so the page " +
      "comes after about 90 s; a SuperNode that restarts by itself is back before",
  ),

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
} satisfies Record<string, Threshold>;

export type ThresholdName = keyof typeof THRESHOLDS;

/** All thresholds of a stack: its own, else the defaults. */
export type Thresholds = { readonly [N in ThresholdName]: (typeof THRESHOLDS)[N]["default"] };

/** The defaults, with a stack's own values in their place. */
export function thresholdsOf(own: Partial<Thresholds> = {}): Thresholds {
  const defaults = Object.entries(THRESHOLDS).map(([name, { default: value }]) => [name, value]);
  return { ...(Object.fromEntries(defaults) as Thresholds), ...own };
}
