import type { Alert } from "../rule";

/**
 * Always firing while scrapes, rule evaluation and Alertmanager work. Alertmanager hands it to the dead
 * man's switch outside, which calls somebody when it stays away; people never get it. It counts targets
 * instead of being a constant, so that a Prometheus that scrapes nothing is silent too.
 */
export const watchdog: Alert = {
  alert: "Watchdog",
  expr: "count by (federation) (up)",
  for: "30s",
  severity: "none",
  summary: "Alerting works: {{ $value }} targets are watched",
  description:
    "Fires as long as Prometheus scrapes ({{ $value }} targets), evaluates rules and reaches Alertmanager. " +
    "Nothing has to be done about it; somebody has to be called when it stays away.",
  dashboard: "federation",
};
