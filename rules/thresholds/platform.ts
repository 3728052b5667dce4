import { duration, number, pause } from "../threshold";

/** Numbers of what runs beside Flower. */
export const PLATFORM_THRESHOLDS = {
  serviceDownFor: pause("5m", "a new version of a service is up again by then"),
  apiErrorShare: number(
    0.05,
    { from: 0.001, to: 1, unit: "share" },
    "one of twenty requests: people notice",
  ),
  apiErrorWindow: duration("5m", { from: "1m", to: "1h" }, "long enough for some requests"),
  apiRequestsMinimum: number(
    20,
    { from: 1, to: 1_000_000, unit: "requests" },
    "with fewer in the window a single error is more than the share",
  ),
  apiErrorFor: pause("5m", "a restart of its database is over by then"),
  apiLatencySeconds: number(
    0.5,
    { from: 0.001, to: 3600, unit: "s" },
    "people begin to wait; also a bucket of common clients, beyond whose last one no time is known",
  ),
  apiLatencyFor: pause("10m", "a slow query or a cold cache is over by then"),
  databaseConnectionsShare: number(
    0.8,
    { from: 0.1, to: 0.99, unit: "share" },
    "a pool that grows by its usual step still fits",
  ),
  databaseConnectionsFor: pause("10m", "clients that come and go together are gone by then"),

  apiIdleWindow: duration(
    "1d",
    { from: "10m", to: "30d" },
    "an API that nobody asks for a whole day is not in use, or serves other names",
  ),

  // Promises of the API
  sloApiAvailabilityObjective: number(
    0.999,
    { from: 0.5, to: 0.9999, unit: "share" },
    "43 minutes a month",
  ),
  sloApiAvailabilityWindow: duration("30d", { from: "1h", to: "1y" }, "what is told once a month"),
  sloApiLatencyObjective: number(
    0.95,
    { from: 0.5, to: 0.9999, unit: "share" },
    "of a week eight hours may be slow",
  ),
  sloApiLatencyWindow: duration("7d", { from: "1h", to: "1y" }, "weekdays and a weekend"),
  sloApiLatencySeconds: number(
    0.2,
    { from: 0.001, to: 3600, unit: "s" },
    "what people take for at once",
  ),
};
