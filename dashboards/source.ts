import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/dashboard";

/** uid of the Prometheus data source; fixed, so that dashboards and rules can name it. */
export const DATASOURCE_UID = "flower-monitoring-prometheus";

/** What panels, variables and annotations ask: the variable `datasource`, whose default is the above. */
export const SOURCE: DataSourceRef = { type: "prometheus", uid: "${datasource}" };
