import { thresholdsOf, type Thresholds } from "../rules/thresholds";

/** What dashboards depend on beside the series: the numbers at which the stack's alerts fire. */
export interface DashboardContext {
  thresholds: Thresholds;
}

/** A stack that changed no threshold. */
export const defaultContext: DashboardContext = { thresholds: thresholdsOf() };
