/** What runs beside Flower: an API and its MongoDB, where a stack has them. Pure. */
import * as z from "zod";
import type { Faults } from "./faults";
import { field, keys, text } from "./fields";
import { member } from "./hosts";
import { ruled, STRING } from "./rule";
import type { PlatformConfig, PlatformTargets } from "./schema";
import { read } from "./shapes";
import * as values from "./values";

/** `host:port` that Prometheus scrapes, from its container. */
const target = text(
  ruled(STRING, (value) => {
    const parts = typeof value === "string" ? values.splitHostPort(value) : undefined;
    const problem = {
      allowed: "host:port that the monitoring VM reaches, IPv6 in brackets",
      fix: "write where its metrics are served, without scheme and path, for example 10.0.0.20:8001",
    };
    if (parts === undefined) return problem;
    const host = values.address(parts.host);
    return host && { allowed: problem.allowed, fix: host.fix };
  }),
);

const metric = text(
  values.matching(
    /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/,
    "the name of a Prometheus metric",
    "write the name as it is served, a histogram's without _bucket",
  ),
);

const scrape = {
  targets: z.array(target, { error: () => "" }),
  metricsPath: text(
    values.matching(
      /^\/[\w./~-]{0,200}$/,
      "a path that begins with /",
      "write the path of the metrics, for example /metrics",
    ),
  ).optional(),
  scheme: field<"http" | "https">(
    values.oneOf(["http", "https"], "choose how the metrics are served"),
  ).optional(),
};

/** The whole section. */
export const platform = keys({
  api: keys({
    ...scrape,
    requestsMetric: metric.optional(),
    statusLabel: text(
      values.matching(
        /^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/,
        "a Prometheus label name",
        "write the label that has the HTTP status, as 500 or 5xx",
      ),
    ).optional(),
    durationMetric: metric.optional(),
  }).optional(),
  mongodb: keys(scrape).optional(),
});

/** Names that prometheus-fastapi-instrumentator and many others have. */
export const API_METRICS = {
  requests: "http_requests_total",
  statusLabel: "status",
  duration: "http_request_duration_seconds",
};

/** Where metrics are, unless a stack says otherwise. */
export const SCRAPE_DEFAULTS = { metricsPath: "/metrics", scheme: "http" } as const;

/** @returns the section, or undefined after its faults were added */
export function readPlatform(raw: unknown, faults: Faults): PlatformConfig | undefined {
  const given = read(platform, raw ?? {}, ["platform"], faults);
  checkTargets(raw, faults);
  if (given === undefined) return undefined;
  const { api, mongodb } = given;
  return {
    ...(api === undefined
      ? {}
      : {
          api: {
            ...targetsOf(api),
            metrics: {
              requests: api.requestsMetric ?? API_METRICS.requests,
              statusLabel: api.statusLabel ?? API_METRICS.statusLabel,
              duration: api.durationMetric ?? API_METRICS.duration,
            },
          },
        }),
    ...(mongodb === undefined ? {} : { mongodb: targetsOf(mongodb) }),
  };
}

function targetsOf({
  targets,
  metricsPath = SCRAPE_DEFAULTS.metricsPath,
  scheme = SCRAPE_DEFAULTS.scheme,
}: NonNullable<z.output<typeof platform>["mongodb"]>): PlatformTargets {
  return { targets, metricsPath, scheme };
}

/** None is a mistake, and of one that is scraped twice everything would be counted twice. */
function checkTargets(raw: unknown, faults: Faults): void {
  for (const part of ["api", "mongodb"]) {
    const list = member(member(raw, part), "targets");
    if (Array.isArray(list) && list.length === 0) {
      const fix = "write where its metrics are served, or leave the part out";
      faults.value(["platform", part, "targets"], list, "one target or more", fix);
    }
    const seen = new Set<unknown>();
    for (const [index, one] of (Array.isArray(list) ? (list as unknown[]) : []).entries()) {
      if (seen.has(one)) {
        const path = ["platform", part, "targets", index];
        faults.value(path, one, "a target that is not in the list yet", "remove one of the two");
      }
      seen.add(one);
    }
  }
}
