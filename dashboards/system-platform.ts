import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { COLOURS } from "./palette";
import { above, lines, query, steps, timeline, timeseries, words } from "./panels";
import { platformQueries as q } from "./queries/platform";
import type { Builder } from "./variables";

const NO_API = "The API serves none of the names that the stack has for it: docs/platform.md";
const NO_MONGODB = "No answer of mongodb_exporter";
const ANSWERS = words({ 0: ["no answer", COLOURS.bad], 1: ["answers", COLOURS.good] });

/** What runs beside Flower, where the stack has it: an API and MongoDB. */
export function platformPanels({ platform, thresholds }: DashboardContext): Builder<Panel>[] {
  const { api, mongodb } = platform;
  return [
    ...(api === undefined && !mongodb
      ? []
      : [
          timeline({
            title: "API and database",
            description:
              "Whether Prometheus gets an answer from what runs beside Flower. No answer: that service's own log.",
            unit: "short",
            empty: "Prometheus has no target",
          })
            .span(24)
            .mappings(ANSWERS)
            .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
            .withTarget(query(q.down(), "{{job}} {{host}}")),
        ]),
    ...(api === undefined
      ? []
      : [
          timeseries({
            title: "Requests to the API",
            description: "Requests a second, by HTTP status. 4xx are faults of who asks.",
            unit: "reqps",
            empty: NO_API,
          }).withTarget(query(q.requests(api), `{{${api.statusLabel}}}`)),
          timeseries({
            title: "Requests that fail",
            description:
              "Share of the API's requests that it answered with an error of its own (5xx). Above the line an alert fires; its log says why.",
            unit: "percentunit",
            empty: NO_API,
          })
            .thresholds(above(thresholds.apiErrorShare))
            .thresholdsStyle(lines())
            .withTarget(query(q.errors(api), "{{federation}}")),
          timeseries({
            title: "Answers of the API",
            description:
              "All but the slowest twentieth of the answers came within this time. Above the line an alert fires: slow queries, or too few workers.",
            unit: "s",
            empty: NO_API,
          })
            .thresholds(above(thresholds.apiLatencySeconds))
            .thresholdsStyle(lines())
            .withTarget(query(q.p95(api), "{{federation}}")),
        ]),
    ...(mongodb
      ? [
          timeseries({
            title: "Connections of MongoDB",
            description:
              "Share of the connections that MongoDB may have. At 1 clients are refused; above the line an alert fires.",
            unit: "percentunit",
            empty: NO_MONGODB,
          })
            .min(0)
            .max(1)
            .thresholds(above(thresholds.databaseConnectionsShare))
            .thresholdsStyle(lines())
            .withTarget(query(q.connections(), "{{host}}")),
        ]
      : []),
  ];
}
