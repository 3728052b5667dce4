import type { Alert, AlertGroup, Inventory } from "../rule";

/** Labels of a target of the platform. */
const TARGET = "federation, host, instance, job, role";

/** Alerts on what runs beside Flower: an API and MongoDB, each only where the stack has it. */
export function platformAlerts(inventory: Inventory): AlertGroup {
  const { api, mongodb } = inventory.platform;
  return {
    name: "platform",
    alerts: [
      ...(api !== undefined || mongodb ? [serviceDown(inventory)] : []),
      ...(api === undefined ? [] : [highErrorRate(inventory), latencyHigh(inventory)]),
      ...(mongodb ? [connectionsHigh(inventory)] : []),
    ],
  };
}

function serviceDown({ platform, thresholds }: Inventory): Alert {
  const { api, mongodb } = platform;
  return {
    alert: "ServiceDown",
    expr: [
      ...(api === undefined ? [] : ['up{job="api"} == 0']),
      // The exporter may answer while the database behind it does not.
      ...(mongodb
        ? ['up{job="mongodb"} == 0', `min by (${TARGET}) (mongodb_up{job="mongodb"}) == 0`]
        : []),
    ].join("\nor\n"),
    for: thresholds.serviceDownFor,
    severity: "critical",
    summary: "{{ $labels.job }} on {{ $labels.host }} is down",
    description:
      "{{ $labels.instance }} (job {{ $labels.job }}) does not answer, or the database behind it does not. What uses it " +
      "fails. Likely: its process ended, it has no memory or connections left, or the network to it is cut.",
    dashboard: "system",
  };
}

/** Series of the API's counters and histograms; other jobs may have metrics of the same names. */
const OF_API = 'job="api"';

function highErrorRate({ platform, thresholds }: Inventory): Alert {
  const { requests, statusLabel } = platform.api ?? { requests: "", statusLabel: "" };
  const { apiErrorShare, apiErrorWindow, apiRequestsMinimum } = thresholds;
  const count = (matchers: string): string =>
    `sum by (federation, job) (increase(${requests}{${matchers}}[${apiErrorWindow}]))`;
  return {
    alert: "HighErrorRate",
    // Of few requests one that fails is a large share.
    expr: [
      `  ${count(`${OF_API}, ${statusLabel}=~"5.."`)}`,
      `    / ${count(OF_API)}`,
      `    > ${apiErrorShare}`,
      "and",
      `  ${count(OF_API)} >= ${apiRequestsMinimum}`,
    ].join("\n"),
    for: thresholds.apiErrorFor,
    severity: "critical",
    summary: "{{ $value | humanizePercentage }} of the API's requests fail",
    description:
      "{{ $value | humanizePercentage }} of all requests to the API were answered with an error of its own (5xx) " +
      `within ${apiErrorWindow}. Likely: its database or the SuperLink does not answer, or a new version is broken.`,
    dashboard: "system",
  };
}

function latencyHigh({ platform, thresholds }: Inventory): Alert {
  const { duration } = platform.api ?? { duration: "" };
  const { apiLatencySeconds, apiErrorWindow, apiRequestsMinimum } = thresholds;
  const by = (labels: string, suffix: string): string =>
    `sum by (${labels}) (increase(${duration}_${suffix}{${OF_API}}[${apiErrorWindow}]))`;
  return {
    alert: "APILatencyHigh",
    expr: [
      `  histogram_quantile(0.95, ${by("federation, job, le", "bucket")})`,
      `    > ${apiLatencySeconds}`,
      "and",
      `  ${by("federation, job", "count")} >= ${apiRequestsMinimum}`,
    ].join("\n"),
    for: thresholds.apiLatencyFor,
    severity: "warning",
    summary: "the API takes {{ $value | humanizeDuration }} for one request of twenty",
    description:
      "95 % of the API's requests are answered within {{ $value | humanizeDuration }}, which is longer than " +
      `${apiLatencySeconds} s. Likely: slow queries of its database, too few workers, or a host that is busy.`,
    dashboard: "system",
  };
}

function connectionsHigh({ thresholds }: Inventory): Alert {
  const connections = (types: string): string =>
    `sum by (${TARGET}) (mongodb_ss_connections{job="mongodb", conn_type=~"${types}"})`;
  return {
    alert: "DatabaseConnectionsHigh",
    // "available" are those that are left.
    expr: [
      `  ${connections("current")}`,
      `    / ${connections("current|available")}`,
      `    > ${thresholds.databaseConnectionsShare}`,
    ].join("\n"),
    for: thresholds.databaseConnectionsFor,
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of MongoDB's connections are in use",
    description:
      "MongoDB behind {{ $labels.instance }} has {{ $value | humanizePercentage }} of its connections in use; when none " +
      "is left, clients are refused. Likely: a client that opens connections and does not close them, more " +
      "workers than before, or slow queries that hold theirs.",
    dashboard: "system",
  };
}
