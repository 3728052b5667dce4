import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { above, lines, query, steps, timeseries, words } from "./panels";
import { deployedPanels } from "./hosts-deployed";
import { diskPanels } from "./hosts-disks";
import { networkPanels } from "./hosts-network";
import { hostQueries as q } from "./queries/hosts";
import { table } from "./table";

const SILENT = "No answer of node_exporter on the chosen hosts";
const NO_PRESSURE = "The kernels have no pressure stall information";
const HOST = { label: "host", title: "Host" };
const FEDERATION = { label: "federation", title: "Federation" };
const CLOCK = words({ 0: ["not set", COLOURS.warning], 1: ["set", COLOURS.good] });
const ANSWERS = words({ 0: ["no answer", COLOURS.bad], 1: ["answers", COLOURS.good] });

/** Machines of the federation: resources, and whether they are as deployed. */
export function hostsDashboard(context: DashboardContext): Dashboard {
  const { resourceHighShare, hostDiskFreeShare } = context.thresholds;
  const { hostCpuWaitingShare, hostMemoryStalledShare } = context.thresholds;
  const busy = above(resourceHighShare);
  const full = above(1 - hostDiskFreeShare);
  const board = dashboard({
    slug: "hosts",
    description:
      "CPU, memory, disks and pressure of the federation's machines, and whether they are as deployed.",
    variables: ["federation", "site", "host"],
    related: ["federation", "containers", "gpu", "alerts"],
  })
    .withRow(row("All"))
    .withPanel(
      table(
        {
          title: "Machines",
          description:
            "What is used of each machine, the fullest disk first; processes that the kernel ended for want of memory in the chosen time. Clock not set: no NTP, times in logs are wrong.",
          empty: SILENT,
        },
        [HOST],
        [
          { title: "State", expr: q.up(), unit: "short", words: ANSWERS },
          { title: "CPU", expr: q.cpu(), unit: "percentunit", decimals: 0, thresholds: busy },
          {
            title: "Memory",
            expr: q.memory(),
            unit: "percentunit",
            decimals: 0,
            thresholds: busy,
          },
          { title: "Disk /", expr: q.disk(), unit: "percentunit", decimals: 0, thresholds: full },
          { title: "Load per core", expr: q.load(), unit: "short", decimals: 2 },
          { title: "Up for", expr: q.uptime(), unit: "s" },
          { title: "Clock", expr: q.clock(), unit: "short", words: CLOCK },
          {
            title: "Out of memory",
            expr: q.outOfMemory(),
            unit: "short",
            decimals: 0,
            thresholds: steps([null, COLOURS.good], [1, COLOURS.bad]),
          },
        ],
        [FEDERATION],
        { by: "Disk /", descending: true },
      ),
    )
    .withRow(row("Processor and memory"))
    .withPanel(
      timeseries({
        title: "CPU",
        description:
          "Share of all cores that is used. Full for long on a SuperNode is normal while it trains; on a SuperLink it makes rounds slow.",
        unit: "percentunit",
        empty: SILENT,
      })
        .min(0)
        .max(1)
        .withTarget(query(q.cpu(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Memory",
        description:
          "Share of the memory that is not available. Near 1 the kernel ends the largest process, which is the training.",
        unit: "percentunit",
        empty: SILENT,
      })
        .min(0)
        .max(1)
        .thresholds(busy)
        .thresholdsStyle(lines())
        .withTarget(query(q.memory(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Load per core",
        description:
          "Processes that run or wait, for each core, over five minutes. Above 1 they wait for each other.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.load(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Swap",
        description:
          "Share of the swap space that is used. It grows: memory is too small for what runs there.",
        unit: "percentunit",
        empty: "None of the hosts has swap",
      })
        .min(0)
        .max(1)
        .withTarget(query(q.swap(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Waiting for CPU",
        description:
          "Share of the time in which some process waited for a core (pressure stall information). It says more than use: what waits is slowed down.",
        unit: "percentunit",
        empty: NO_PRESSURE,
      })
        .min(0)
        .thresholds(above(hostCpuWaitingShare))
        .thresholdsStyle(lines())
        .withTarget(query(q.waitingForCpu(), "{{host}}")),
    )
    .withPanel(
      timeseries({
        title: "Stalled for memory",
        description:
          "Share of the time in which nothing could go on for want of memory. 0 is normal; above, the kernel is near to ending the largest process.",
        unit: "percentunit",
        empty: NO_PRESSURE,
      })
        .min(0)
        .thresholds(above(hostMemoryStalledShare))
        .thresholdsStyle(lines())
        .withTarget(query(q.stalledForMemory(), "{{host}}")),
    );
  const rows = {
    "Network and clock": networkPanels,
    Disks: diskPanels,
    "As deployed": deployedPanels,
  };
  for (const [title, panels] of Object.entries(rows)) {
    board.withRow(row(title));
    for (const panel of panels(context)) board.withPanel(panel);
  }
  return board.build();
}
