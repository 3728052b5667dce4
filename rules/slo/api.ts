import type { Inventory } from "../rule";
import type { Slo } from "./slo";

/** By what the API beside Flower serves, where the stack has one. */
export function apiSlos({ platform, thresholds }: Inventory): Slo[] {
  if (platform.api === undefined) return [];
  const { duration } = platform.api;
  const { apiErrorWindow, apiRequestsMinimum, sloApiLatencySeconds } = thresholds;
  const increase = (labels: string, suffix: string): string =>
    `sum by (${labels}) (increase(${duration}_${suffix}{job="api"}[${apiErrorWindow}]))`;
  return [
    {
      name: "api_availability",
      promise: "the API answers: one of its targets can be scraped",
      objective: "sloApiAvailabilityObjective",
      window: "sloApiAvailabilityWindow",
      // ServiceDown calls after five minutes.
      pages: false,
      job: "api",
      known: 'group by (federation) (up{job="api"})',
      measure: { kind: "slices", good: 'max by (federation) (up{job="api"})' },
    },
    {
      name: "api_latency",
      promise: "19 of 20 requests of these minutes are answered at once",
      objective: "sloApiLatencyObjective",
      window: "sloApiLatencyWindow",
      // Slow is nothing to get up for.
      pages: false,
      job: "api",
      // Since a restart nobody may have asked for anything: that is no fault of the measurement.
      known: `group by (federation) (last_over_time(${duration}_count{job="api"}[${thresholds.apiIdleWindow}]))`,
      measure: {
        kind: "slices",
        // Minutes with few requests are no minutes of the promise: a quantile of them means nothing.
        good: [
          `histogram_quantile(0.95, ${increase("federation, le", "bucket")})`,
          `  < bool ${sloApiLatencySeconds}`,
          `and on (federation) ${increase("federation", "count")} >= ${apiRequestsMinimum}`,
        ].join("\n"),
      },
    },
  ];
}
