/** Every number that decides when somebody is called, with the reason for it. */
export const thresholds = {
  /**
   * Two missed scrapes at the default 15 s may be a restart of an exporter; two minutes are not.
   */
  targetDownFor: "2m",
  /**
   * Flower itself needs 37 to 60 s to call a killed SuperNode offline (two heartbeats of 30 s), so
   * the page comes after about 90 s; a SuperNode that restarts by itself is back before.
   */
  superNodeOfflineFor: "30s",
  /**
   * A change by hand is told within two minutes: 31 s until the host looks, 15 s until the next scrape,
   * 30 s until Grafana's next evaluation, and this. The host itself looks twice at a unit that is down.
   */
  hostDriftFor: "30s",
  /** Facts are written every 30 s; with the pause above, two runs in a row are missing. */
  factsAgeSeconds: 45,
  /**
   * How long a host may take to get a new bundle before it counts as different: longer than an `up` of
   * a large fleet, in which each host waits for its turn.
   */
  bundleLateAfter: "10m",
} as const;
