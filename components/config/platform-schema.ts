/** What runs beside Flower, as the rest of the program sees it. */

/** An API and its database beside Flower (docs/platform.md). */
export interface PlatformConfig {
  api?: PlatformTargets & { metrics: ApiMetrics };
  /** As mongodb_exporter serves it. */
  mongodb?: PlatformTargets;
}

/** Where metrics are scraped. */
export interface PlatformTargets {
  /** `host:port`, one or more, IPv6 in brackets. */
  targets: string[];
  /** @default "/metrics" */
  metricsPath: string;
  /** @default "http" */
  scheme: "http" | "https";
}

/** Names of what an API serves. */
export interface ApiMetrics {
  /** A counter of requests. @default "http_requests_total" */
  requests: string;
  /** Its label with the HTTP status, as `500` or `5xx`. @default "status" */
  statusLabel: string;
  /** A histogram of seconds, without `_bucket`. @default "http_request_duration_seconds" */
  duration: string;
}
