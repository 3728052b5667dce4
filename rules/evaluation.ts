/** Seconds between two evaluations of an alert by Grafana, which has ticks of 10 s. */
export const EVALUATION_SECONDS = 30;
