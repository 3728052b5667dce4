import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { above, lines, query, steps, timeseries, words } from "./panels";
import { deployedPanels } from "./hosts-deployed";
import { hostQueries as q } from "./queries/hosts";
import { table } from "./table";

const SILENT = "No answer of node_exporter on the chosen hosts";
const HOST = { label: "host", title: "Host" };
const FEDERATION = { label: "federation", title: "Federation" };
const CLOCK = words({ 0: ["not set", COLOURS.warning], 1: ["set", COLOURS.good] });
const ANSWERS = words({ 0: ["no answer", COLOURS.bad], 1: ["answers", COLOURS.good] });

/** Machines of the federation: resources, and whether they are as deployed. */
export function hostsDashboard(context: DashboardContext): Dashboard {
  const { resourceHighShare, hostDiskFreeShare, hostInodesFreeShare } = context.thresholds;
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
        title: "Waiting for CPU or memory",
        description:
          "Share of the time in which some process waited for a core, or for memory (pressure stall information). It says more than use: what waits is slowed down.",
        unit: "percentunit",
        empty: "The kernels have no pressure stall information",
      })
        .min(0)
        .withTarget(query(q.pressureCpu(), "{{host}} CPU"))
        .withTarget(query(q.pressureMemory(), "{{host}} memory", "B")),
    )
    .withPanel(
      timeseries({
        title: "Waiting for disks",
        description:
          "Share of the time in which some process waited for a disk. High while training: the data loader is the brake.",
        unit: "percentunit",
        empty: "The kernels have no pressure stall information",
      })
        .min(0)
        .withTarget(query(q.pressureIo(), "{{host}}")),
    )
    .withRow(row("Network"))
    .withPanel(
      timeseries({
        title: "Network",
        description:
          "Bytes a second in and out, without traffic that stays on the machine. Flat at one height: the line is full.",
        unit: "Bps",
        empty: SILENT,
      })
        .withTarget(query(q.received(), "{{host}} in"))
        .withTarget(query(q.sent(), "{{host}} out", "B")),
    )
    .withPanel(
      timeseries({
        title: "Sent again",
        description:
          "Share of TCP segments that had to be sent again. Above 1 %: a bad line, and models come late over it.",
        unit: "percentunit",
        empty: SILENT,
      })
        .min(0)
        .withTarget(query(q.resent(), "{{host}}")),
    )
    .withRow(row("Disks"))
    .withPanel(
      timeseries({
        title: "Space used",
        description:
          "Share of each file system. Full: checkpoints and logs are lost, and Flower's database stops. Remove old results, or grow it.",
        unit: "percentunit",
        empty: SILENT,
      })
        .min(0)
        .max(1)
        .thresholds(full)
        .thresholdsStyle(lines())
        .withTarget(query(q.diskBy(), "{{host}} {{mountpoint}}")),
    )
    .withPanel(
      timeseries({
        title: "Inodes used",
        description:
          "Share of the files that a file system can have. Full of small files it is full although there is space.",
        unit: "percentunit",
        empty: "No file system tells its inodes",
      })
        .min(0)
        .max(1)
        .thresholds(above(1 - hostInodesFreeShare))
        .thresholdsStyle(lines())
        .withTarget(query(q.inodes(), "{{host}} {{mountpoint}}")),
    )
    .withPanel(
      timeseries({
        title: "Read and written",
        description: "Bytes a second, all disks of a host.",
        unit: "Bps",
        empty: SILENT,
      })
        .withTarget(query(q.diskRead(), "{{host}} read"))
        .withTarget(query(q.diskWritten(), "{{host}} written", "B")),
    )
    .withPanel(
      timeseries({
        title: "Disks busy",
        description:
          "Share of the time in which a disk was at work. At 1 for long it is the brake, unless it is an SSD, which does several things at once.",
        unit: "percentunit",
        empty: SILENT,
      })
        .min(0)
        .withTarget(query(q.diskBusy(), "{{host}} {{device}}")),
    )
    .withRow(row("As deployed"));
  for (const panel of deployedPanels(context)) board.withPanel(panel);
  return board.build();
}
