import { API_METRICS } from "../components/config/platform";
import type { Inventory } from "../rules/rule";
import { thresholdsOf, type Thresholds } from "../rules/thresholds";

/** What dashboards depend on beside the series: the numbers at which alerts fire, and what there is. */
export interface DashboardContext {
  thresholds: Thresholds;
  /** What runs beside Flower; panels of it are there only where it is. */
  platform: Inventory["platform"];
}

/** A stack that changed no threshold and has everything. */
export const defaultContext: DashboardContext = {
  thresholds: thresholdsOf(),
  platform: { api: API_METRICS, mongodb: true },
};
