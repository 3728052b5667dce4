import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, query, stat, stateTimeline, steps, timeseries } from "./common";
import { queries } from "./queries";

/** Is the federation alive: SuperNodes, runs, traffic, hosts. */
export function federationDashboard(): Dashboard {
  return dashboard(
    "federation",
    "Federation",
    "SuperNodes, runs, traffic and hosts of one Flower federation.",
  )
    .withRow(new RowBuilder("Now"))
    .withPanel(
      stat(
        "SuperNodes online",
        "SuperNodes with a heartbeat. Fewer than a run needs: the run waits without a limit.",
        "short",
      )
        .thresholds(steps([null, "red"], [1, "green"]))
        .withTarget(query(queries.superNodesOnline, "online")),
    )
    .withPanel(
      stat(
        "SuperNodes offline",
        "SuperNodes that left without signing off. Look at the host, then at flower-supernode's log.",
        "short",
      )
        .thresholds(steps([null, "green"], [1, "orange"]))
        .withTarget(query(queries.superNodesOffline, "offline")),
    )
    .withPanel(
      stat("Live runs", "Runs that are pending, starting or running.", "short").withTarget(
        query(queries.runsLive, "{{status}}"),
      ),
    )
    .withPanel(
      stat(
        "Age of this view",
        "Seconds since the SuperLink last answered the exporter. Above a minute the panels show the past.",
        "s",
      )
        .thresholds(steps([null, "green"], [60, "orange"], [300, "red"]))
        .withTarget(query(queries.controlApiAge, "age")),
    )
    .withRow(new RowBuilder("SuperNodes"))
    .withPanel(
      stateTimeline("Online", "Yes while the SuperLink has the SuperNode's heartbeat.")
        .thresholds(steps([null, "red"], [1, "green"]))
        .withTarget(query(queries.superNodeUp, "{{name}} {{node_id}}")),
    )
    .withPanel(
      timeseries(
        "Heartbeat age",
        "Seconds since the last heartbeat; one is due every 30 s, after 60 s Flower calls the node offline.",
        "s",
      ).withTarget(query(queries.heartbeatAge, "{{name}} {{node_id}}")),
    )
    .withRow(new RowBuilder("Training"))
    .withPanel(
      timeseries(
        "Model traffic",
        "Bytes a second between SuperLink and SuperNodes, all runs.",
        "Bps",
      )
        .withTarget(query(queries.bytesSent, "sent"))
        .withTarget(query(queries.bytesReceived, "received", "B")),
    )
    .withPanel(
      timeseries(
        "Client compute",
        "Seconds of ClientApp run time per second, all SuperNodes together: 2 means that two are busy.",
        "short",
      ).withTarget(query(queries.clientSeconds, "busy SuperNodes")),
    )
    .withPanel(
      timeseries(
        "Runs finished",
        "Runs known to the SuperLink by how they ended.",
        "short",
      ).withTarget(query(queries.runsFinished, "{{sub_status}}")),
    )
    .withRow(new RowBuilder("Hosts"))
    .withPanel(
      stateTimeline("Scrape targets", "Yes while Prometheus gets an answer from the exporter.")
        .thresholds(steps([null, "red"], [1, "green"]))
        .withTarget(query(queries.targetsUp, "{{host}} {{job}}")),
    )
    .withPanel(
      timeseries("CPU used", "Share of all cores of the host.", "percentunit")
        .max(1)
        .min(0)
        .withTarget(query(queries.hostCpu, "{{host}}")),
    )
    .withPanel(
      timeseries("Memory used", "Share of the host's memory that is not available.", "percentunit")
        .max(1)
        .min(0)
        .withTarget(query(queries.hostMemory, "{{host}}")),
    )
    .withPanel(
      timeseries("Disk used", "Share of the root file system.", "percentunit")
        .max(1)
        .min(0)
        .withTarget(query(queries.hostDisk, "{{host}}")),
    )
    .build();
}
