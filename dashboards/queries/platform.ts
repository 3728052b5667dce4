import { API_METRICS } from "../../components/config/platform";
import { service } from "./select";

/** What runs beside Flower; the API's names are the stack's. */
export const platformQueries = {
  down: () =>
    `min by (federation, job, host) (${service("up", "api")} or ${service("up", "mongodb")})`,
  requests: ({ requests, statusLabel } = API_METRICS) =>
    `sum by (federation, ${statusLabel}) (rate(${service(requests, "api")}[$__rate_interval]))`,
  errors: ({ requests, statusLabel } = API_METRICS) =>
    `sum by (federation) (rate(${service(requests, "api", `${statusLabel}=~"5.."`)}[$__rate_interval])) / (sum by (federation) (rate(${service(requests, "api")}[$__rate_interval])) > 0)`,
  p95: ({ duration } = API_METRICS) =>
    `histogram_quantile(0.95, sum by (federation, le) (rate(${service(`${duration}_bucket`, "api")}[$__rate_interval])))`,
  connections: () =>
    `sum by (federation, host) (${service("mongodb_ss_connections", "mongodb", 'conn_type="current"')}) / sum by (federation, host) (${service("mongodb_ss_connections", "mongodb", 'conn_type=~"current|available"')})`,
};
