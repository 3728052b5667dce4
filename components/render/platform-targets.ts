import type { PlatformConfig } from "../config/schema";
import { splitHostPort } from "../config/values";

/** Jobs of what runs beside Flower. */
export const PLATFORM_JOBS = ["api", "mongodb"] as const;
export type PlatformJob = (typeof PLATFORM_JOBS)[number];

/** Value of the label `role` there. */
const ROLE = "platform";

/** A job of prometheus.yml. */
export type ScrapeConfig = Record<string, unknown>;

/** The platform's jobs, each target with the labels that everything has. */
export function platformScrapes(platform: PlatformConfig, federation: string): ScrapeConfig[] {
  return PLATFORM_JOBS.flatMap((job) => {
    const part = platform[job];
    if (part === undefined) return [];
    return [
      {
        job_name: job,
        ...(part.metricsPath === "/metrics" ? {} : { metrics_path: part.metricsPath }),
        ...(part.scheme === "http" ? {} : { scheme: part.scheme }),
        static_configs: part.targets.map((target) => ({
          targets: [target],
          labels: { federation, host: splitHostPort(target)?.host ?? target, role: ROLE },
        })),
      },
    ];
  });
}
