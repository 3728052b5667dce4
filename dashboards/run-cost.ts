import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { COLOURS } from "./palette";
import { bars, query, stat, steps, timeseries } from "./panels";
import { gpuQueries } from "./queries/gpu";
import { runQueries as q } from "./queries/runs";
import { NO_RUN } from "./training-words";
import type { Builder } from "./variables";

const PLAIN = steps([null, COLOURS.good]);

/** What one run takes: traffic, compute, energy. */
export function costPanels(): Builder<Panel>[] {
  return [
    timeseries({
      title: "Traffic",
      description: "Bytes a second of this run, seen from the SuperLink.",
      unit: "Bps",
      empty: NO_RUN,
    })
      .withTarget(query(q.sentRate(), "to clients"))
      .withTarget(query(q.receivedRate(), "from clients", "B")),
    stat({
      title: "In all",
      description:
        "Bytes since the run began, and the size of its model. Sent is about model times clients times rounds; far more: messages were repeated.",
      unit: "bytes",
      empty: NO_RUN,
    })
      .height(9)
      .span(12)
      .thresholds(PLAIN)
      .withTarget(query(q.sent(), "sent"))
      .withTarget(query(q.received(), "received", "B"))
      .withTarget(query(q.modelBytes(), "the model", "C"))
      .withTarget(query(q.checkpointSize(), "last checkpoint", "D")),
    stat({
      title: "Client compute",
      description:
        "Run time of ClientApps for this run, all SuperNodes, and the age of the last checkpoint: what a crash now would lose.",
      unit: "s",
      empty: NO_RUN,
    })
      .height(9)
      .span(12)
      .thresholds(PLAIN)
      .withTarget(query(q.clientSeconds(), "compute"))
      .withTarget(query(q.checkpointAge(), "since the last checkpoint", "B")),
    bars({
      title: "Energy of the machines' GPUs",
      description:
        "Kilowatt hours of the chosen hosts' GPUs in the chosen time: of this run, if it ran alone and the time is its own.",
      unit: "kwatth",
      empty: "No GPU counts its energy",
    })
      .height(9)
      .decimals(3)
      .thresholds(PLAIN)
      .withTarget(query(gpuQueries.energyOfRun(), "{{host}}").instant()),
  ];
}
