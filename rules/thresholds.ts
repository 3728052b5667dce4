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
} as const;
