import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { above, lines, query, steps, timeline, timeseries, words } from "./panels";
import { containerQueries as q } from "./queries/containers";
import { table } from "./table";

const HEALTH = words({
  0: ["not well", COLOURS.bad],
  1: ["well", COLOURS.good],
});
const NONE = "No container is measured: none runs, or no host has flower.containerMetrics";

/** Docker's containers on the hosts that measure them. */
export function containersDashboard({ thresholds }: DashboardContext): Dashboard {
  const near = above(thresholds.containerMemoryShare);
  return dashboard({
    slug: "containers",
    description:
      "CPU, memory, network and disks of each container on hosts that have containerMetrics.",
    variables: ["federation", "site", "host"],
    related: ["hosts", "federation", "gpu"],
  })
    .withRow(row("All"))
    .withPanel(
      table(
        {
          title: "Containers",
          description:
            "Each container, the one nearest to its memory limit first. A young age among old ones: it was started anew.",
          empty: NONE,
        },
        [
          { label: "name", title: "Container" },
          { label: "host", title: "Host", link: { to: "hosts", choose: { host: "Host" } } },
        ],
        [
          { title: "CPU cores", expr: q.cpu(), unit: "short", decimals: 2 },
          { title: "Memory", expr: q.memory(), unit: "bytes" },
          {
            title: "Of its limit",
            expr: q.memoryOfLimit(),
            unit: "percentunit",
            decimals: 0,
            thresholds: near,
          },
          { title: "Age", expr: q.age(), unit: "s" },
          {
            title: "Out of memory",
            expr: q.outOfMemory(),
            unit: "short",
            decimals: 0,
            thresholds: steps([null, COLOURS.good], [1, COLOURS.bad]),
          },
        ],
        [{ label: "federation", title: "Federation" }],
        { by: "Of its limit", descending: true },
      ),
    )
    .withRow(row("Processor and memory"))
    .withPanel(
      timeseries({
        title: "CPU",
        description: "Cores that a container keeps busy: 2 is two whole cores.",
        unit: "short",
        empty: NONE,
      }).withTarget(query(q.cpu(), "{{host}} {{name}}")),
    )
    .withPanel(
      timeseries({
        title: "Throttled",
        description:
          "Share of its quota's periods in which a container had to wait for the next. High: raise its CPU limit.",
        unit: "percentunit",
        empty: "No container has a CPU limit",
      })
        .min(0)
        .max(1)
        .thresholds(above(thresholds.containerThrottledShare))
        .thresholdsStyle(lines())
        .withTarget(query(q.throttled(), "{{host}} {{name}}")),
    )
    .withPanel(
      timeseries({
        title: "Memory",
        description:
          "Memory that the kernel cannot take back (the working set), which counts against the limit.",
        unit: "bytes",
        empty: NONE,
      }).withTarget(query(q.memory(), "{{host}} {{name}}")),
    )
    .withPanel(
      timeseries({
        title: "Memory of the limit",
        description:
          "Share of its limit that a container uses. At 1 it is ended, and the client with it: raise the limit or make batches smaller.",
        unit: "percentunit",
        empty: "No container has a memory limit",
      })
        .min(0)
        .thresholds(near)
        .thresholdsStyle(lines())
        .withTarget(query(q.memoryOfLimit(), "{{host}} {{name}}")),
    )
    .withPanel(
      timeseries({
        title: "Waiting for CPU",
        description: "Share of the time in which something in the container waited for a core.",
        unit: "percentunit",
        empty: "The kernels have no pressure stall information, or no container is measured",
      })
        .min(0)
        .withTarget(query(q.waiting(), "{{host}} {{name}}")),
    )
    .withPanel(
      timeseries({
        title: "Running containers",
        description: "Containers that run on each host. A step down: one ended.",
        unit: "short",
        empty: NONE,
      }).withTarget(query(q.running(), "{{host}}")),
    )
    .withPanel(
      timeline({
        title: "Health checks",
        description:
          "What Docker's own check of each container says. Not well for long: what it serves hangs, docker inspect has the check's last words.",
        unit: "short",
        empty: "No container has a health check, or none is measured",
      })
        .span(24)
        .mappings(HEALTH)
        .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
        .withTarget(query(q.health(), "{{host}} {{name}}")),
    )
    .withRow(row("Network and disks"))
    .withPanel(
      timeseries({
        title: "Network",
        description:
          "Bytes a second of each container. Containers in the host's network have none of their own.",
        unit: "Bps",
        empty: "No container has a network of its own",
      })
        .withTarget(query(q.received(), "{{host}} {{name}} in"))
        .withTarget(query(q.sent(), "{{host}} {{name}} out", "B")),
    )
    .withPanel(
      timeseries({
        title: "Disks",
        description: "Bytes a second that each container reads and writes past the page cache.",
        unit: "Bps",
        empty: NONE,
      })
        .withTarget(query(q.read(), "{{host}} {{name}} read"))
        .withTarget(query(q.written(), "{{host}} {{name}} written", "B")),
    )
    .build();
}
