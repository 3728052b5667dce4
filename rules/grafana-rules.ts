import { sha256 } from "../components/render/shell";
import { alertAnnotations, alertLabels, type Links } from "./annotations";
import type { Alert, AlertGroup } from "./rule";

/** A Grafana-managed rule in the provider's form, without its resource's own fields. */
export interface GrafanaRule {
  name: string;
  uid: string;
  condition: string;
  for: string;
  noDataState: string;
  execErrState: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  datas: {
    refId: string;
    datasourceUid: string;
    relativeTimeRange: { from: number; to: number };
    model: string;
  }[];
}

/** Grafana's own pseudo data source for expressions. */
const EXPRESSION = "__expr__";

/**
 * Seconds of history an instant query may look back for its last sample; Prometheus' own lookback
 * is five minutes too.
 */
const LOOKBACK_SECONDS = 300;

/**
 * The rules of a group for Grafana. "Any series means firing" is kept in three steps: A is the whole
 * PromQL expression, B is 1 for any value (0, negative, NaN and infinite too), C is B > 0.
 */
export function renderGrafanaRules(
  group: AlertGroup,
  links: Links,
  datasourceUid: string,
): GrafanaRule[] {
  return group.alerts.map((alert) => ({
    name: alert.alert,
    uid: ruleUid(alert.alert),
    condition: "C",
    for: alert.for,
    // No series is the healthy case of a PromQL alert. A query that fails is not: it shows as an error.
    noDataState: "OK",
    execErrState: "Error",
    labels: alertLabels(alert),
    annotations: translated(alertAnnotations(alert, links)),
    datas: steps(alert, datasourceUid),
  }));
}

/** Grafana takes 40 characters; a longer name is cut, and told from its likes by a hash. */
function ruleUid(alert: string): string {
  const uid = `flower-monitoring-${alert.toLowerCase()}`;
  return uid.length <= 40 ? uid : `${uid.slice(0, 31)}-${sha256(alert).slice(0, 8)}`;
}

function steps(alert: Alert, datasourceUid: string): GrafanaRule["datas"] {
  const expression = (refId: string, model: object): GrafanaRule["datas"][number] => ({
    refId,
    datasourceUid: EXPRESSION,
    relativeTimeRange: { from: 0, to: 0 },
    model: JSON.stringify({ refId, ...model }),
  });
  return [
    {
      refId: "A",
      datasourceUid,
      relativeTimeRange: { from: LOOKBACK_SECONDS, to: 0 },
      model: JSON.stringify({ refId: "A", expr: alert.expr, instant: true, range: false }),
    },
    expression("B", { type: "math", expression: "is_number($A) || is_nan($A) || is_inf($A)" }),
    expression("C", {
      type: "threshold",
      expression: "B",
      conditions: [{ evaluator: { type: "gt", params: [0] } }],
    }),
  ];
}

/** Prometheus' `$value` is the number; Grafana's is a list of all steps, `$values.A.Value` the number. */
function translated(annotations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, text]) => [
      key,
      text.replaceAll("$value", "$values.A.Value"),
    ]),
  );
}
