import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { COLOURS } from "./palette";
import { above, lines, query, steps, timeseries } from "./panels";
import { hostQueries as q } from "./queries/hosts";
import type { Builder } from "./variables";

const SILENT = "No answer of node_exporter on the chosen hosts";

/** The machines' network, and how far their clocks are off. */
export function networkPanels({ thresholds }: DashboardContext): Builder<Panel>[] {
  const { hostNetworkErrorShare, hostClockSkewSeconds } = thresholds;
  return [
    timeseries({
      title: "Network",
      description:
        "Bytes a second in and out, without traffic that stays on the machine. Flat at one height: the line is full.",
      unit: "Bps",
      empty: SILENT,
    })
      .withTarget(query(q.received(), "{{host}} in"))
      .withTarget(query(q.sent(), "{{host}} out", "B")),
    timeseries({
      title: "Sent again",
      description:
        "Share of TCP segments that had to be sent again. Above 1 %: a bad line, and models come late over it.",
      unit: "percentunit",
      empty: SILENT,
    })
      .min(0)
      .withTarget(query(q.resent(), "{{host}}")),
    timeseries({
      title: "Broken packets",
      description:
        "Share of packets with an error, in and out. Above the line: a cable, a port or a driver.",
      unit: "percentunit",
      empty: SILENT,
    })
      .min(0)
      .thresholds(above(hostNetworkErrorShare))
      .thresholdsStyle(lines())
      .withTarget(query(q.broken(), "{{host}}")),
    timeseries({
      title: "Clock",
      description:
        "How far a host's clock is ahead of Prometheus'. Off by seconds: no time service; heartbeats, certificates and logs are judged by the wrong time.",
      unit: "s",
      empty: SILENT,
    })
      .thresholds(
        steps(
          [null, COLOURS.bad],
          [-hostClockSkewSeconds, COLOURS.good],
          [hostClockSkewSeconds, COLOURS.bad],
        ),
      )
      .thresholdsStyle(lines())
      .withTarget(query(q.clockAhead(), "{{host}}")),
  ];
}
