import { anywhere, service } from "./select";

/** The monitoring itself. */
export const stackQueries = {
  up: () => `min by (federation, job) (${anywhere("up")})`,
  services: () =>
    `min by (federation, job) (${service("up", "prometheus")} or ${service("up", "alertmanager")} or ${service("up", "grafana")})`,
  scrape: () => `max by (federation, job) (${anywhere("scrape_duration_seconds")})`,
  samples: () => `sum by (federation, job) (${anywhere("scrape_samples_scraped")})`,
  targets: () => `count by (federation, job) (${anywhere("up")})`,
};
