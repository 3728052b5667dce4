import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { COLOURS } from "./palette";
import { above, lines, query, timeseries, words } from "./panels";
import { hostQueries as q } from "./queries/hosts";
import { table } from "./table";
import type { Builder } from "./variables";

const SILENT = "No answer of node_exporter on the chosen hosts";
const YES = words({ 0: ["no", COLOURS.good], 1: ["yes", COLOURS.bad] });

/** The machines' file systems and disks. */
export function diskPanels({ thresholds }: DashboardContext): Builder<Panel>[] {
  const { hostDiskFreeShare, hostInodesFreeShare, hostIoStalledShare } = thresholds;
  return [
    timeseries({
      title: "Space used",
      description:
        "Share of each file system. Full: checkpoints and logs are lost, and Flower's database stops. Remove old results, or grow it.",
      unit: "percentunit",
      empty: SILENT,
    })
      .min(0)
      .max(1)
      .thresholds(above(1 - hostDiskFreeShare))
      .thresholdsStyle(lines())
      .withTarget(query(q.diskBy(), "{{host}} {{mountpoint}}")),
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
    timeseries({
      title: "Read and written",
      description: "Bytes a second, all disks of a host.",
      unit: "Bps",
      empty: SILENT,
    })
      .withTarget(query(q.diskRead(), "{{host}} read"))
      .withTarget(query(q.diskWritten(), "{{host}} written", "B")),
    timeseries({
      title: "Disks busy",
      description:
        "Share of the time in which a disk was at work. At 1 for long it is the brake, unless it is an SSD, which does several things at once.",
      unit: "percentunit",
      empty: SILENT,
    })
      .min(0)
      .withTarget(query(q.diskBusy(), "{{host}} {{device}}")),
    timeseries({
      title: "Stalled by disks",
      description:
        "Share of the time in which nothing could go on before a disk answered. High while training: the data loader is the brake.",
      unit: "percentunit",
      empty: "The kernels have no pressure stall information",
    })
      .min(0)
      .thresholds(above(hostIoStalledShare))
      .thresholdsStyle(lines())
      .withTarget(query(q.stalledByDisks(), "{{host}}")),
    table(
      {
        title: "File systems",
        description:
          "Read-only that was not so: the kernel found an error and stopped writing, look at dmesg. Not readable: a server of files that is away.",
        empty: SILENT,
      },
      [
        { label: "host", title: "Host" },
        { label: "mountpoint", title: "Where" },
      ],
      [
        { title: "Read-only", expr: q.readOnly(), unit: "short", words: YES },
        { title: "Not readable", expr: q.unreadable(), unit: "short", words: YES },
      ],
      [{ label: "federation", title: "Federation" }],
      { by: "Read-only", descending: true },
    ).span(12),
  ];
}
