import { lines, recent } from "../promql";
import type { Alert, Inventory } from "../rule";

/**
 * File systems that somebody fills. Images and memory are not; /boot is full by design, and what is
 * mounted over the network or by a user is another machine's or that user's.
 */
const DISKS =
  '{fstype!~"tmpfs|ramfs|squashfs|iso9660|udf|vfat|nfs.*|cifs|fuse.*",mountpoint!~"/boot.*"}';

const avail = `node_filesystem_avail_bytes${DISKS}`;

/** Share of a file system that is free for everybody. */
function freeShare(inventory: Inventory): string {
  return `${recent(avail, inventory)} / ${recent(`node_filesystem_size_bytes${DISKS}`, inventory)}`;
}

const writable = (inventory: Inventory): string =>
  `${recent(`node_filesystem_readonly${DISKS}`, inventory)} == 0`;

function full(inventory: Inventory): Alert {
  const { hostDiskFreeShare, hostDiskFreeGib, hostDiskFullFor } = inventory.thresholds;
  return {
    alert: "HostDiskFull",
    expr: lines(
      `${freeShare(inventory)} < ${hostDiskFreeShare}`,
      // 5 % of a disk of 10 TB is room for weeks.
      `and ${recent(avail, inventory)} < ${hostDiskFreeGib * 1024 ** 3}`,
      `and ${writable(inventory)}`,
    ),
    for: hostDiskFullFor,
    severity: "critical",
    summary:
      "{{ $labels.mountpoint }} on {{ $labels.host }} has {{ $value | humanizePercentage }} left",
    description:
      "File system {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.host }} ({{ $labels.role }}) has " +
      "{{ $value | humanizePercentage }} left. Checkpoints, the SuperLink's database and logs stop when it is full. " +
      "Likely: old checkpoints, data sets, container images or logs.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function willFill(inventory: Inventory): Alert {
  const { hostDiskFillHours, hostDiskFillShare, hostDiskFillFor } = inventory.thresholds;
  return {
    alert: "HostDiskWillFill",
    expr: lines(
      `${freeShare(inventory)} < ${hostDiskFillShare}`,
      ...["6h", "3h"].map(
        (range) => `and predict_linear(${avail}[${range}], ${hostDiskFillHours * 3600}) < 0`,
      ),
      // What is written and removed every day was as low yesterday; the first day is downloads.
      `and ${recent(avail, inventory)} < min_over_time(${avail}[1d] offset 6h)`,
      `and ${avail} offset 1d`,
      `and ${writable(inventory)}`,
    ),
    for: hostDiskFillFor,
    severity: "warning",
    summary: `{{ $labels.mountpoint }} on {{ $labels.host }} will be full within ${hostDiskFillHours} h`,
    description:
      "File system {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.host }} has {{ $value | humanizePercentage }} left, less " +
      `than at any time of the day before, and is full within ${hostDiskFillHours} h if it goes on as in the last six. ` +
      "Likely: checkpoints or logs that nobody removes.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function inodesFull(inventory: Inventory): Alert {
  const { hostInodesFreeShare, hostDiskFullFor } = inventory.thresholds;
  const free = recent(`node_filesystem_files_free${DISKS}`, inventory);
  // Of some file systems, such as btrfs, there is no number.
  const all = `(${recent(`node_filesystem_files${DISKS}`, inventory)} > 0)`;
  return {
    alert: "HostInodesFull",
    expr: lines(`${free} / ${all} < ${hostInodesFreeShare}`, `and ${writable(inventory)}`),
    for: hostDiskFullFor,
    severity: "warning",
    summary: "{{ $labels.mountpoint }} on {{ $labels.host }} has inodes for few files more",
    description:
      "File system {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.host }} has {{ $value | humanizePercentage }} of its " +
      "inodes left. Then no file can be made, whatever df says. Likely: a data set of small files, a cache, or sessions that nobody removes.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function readOnly(inventory: Inventory): Alert {
  const { hostReadOnlyFor, hostReadOnlyRemembered } = inventory.thresholds;
  const readonly = `node_filesystem_readonly${DISKS}`;
  return {
    alert: "HostReadOnlyFilesystem",
    // Some are read-only on purpose: told is one that was not so lately.
    expr: lines(
      `${recent(readonly, inventory)} == 1`,
      `and min_over_time(${readonly}[${hostReadOnlyRemembered}:1h]) == 0`,
    ),
    for: hostReadOnlyFor,
    severity: "critical",
    summary: "{{ $labels.mountpoint }} on {{ $labels.host }} can no longer be written",
    description:
      "File system {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.host }} ({{ $labels.role }}) has become read-only. " +
      "Nothing is saved there any more. Likely: the kernel found an error on the disk and stopped writing to it.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function diskErrors(inventory: Inventory): Alert {
  // node_exporter is no root: what it may not look at is no fault.
  const error = 'node_filesystem_device_error{device_error!="permission denied"}';
  return {
    alert: "HostDiskErrors",
    expr: `${recent(error, inventory)} == 1`,
    for: inventory.thresholds.hostDiskErrorsFor,
    severity: "warning",
    summary:
      "{{ $labels.mountpoint }} on {{ $labels.host }} does not answer: {{ $labels.device_error }}",
    description:
      "The kernel of {{ $labels.host }} cannot say how full {{ $labels.mountpoint }} ({{ $labels.device }}) is: {{ $labels.device_error }}. Who reads " +
      "training data from there hangs or fails. Likely: a server of files that is away, or a disk that fails.",
    dashboard: "hosts",
    link: ["host"],
  };
}

/** Alerts on the file systems of hosts. */
export function hostDiskAlerts(inventory: Inventory): Alert[] {
  return [
    full(inventory),
    willFill(inventory),
    inodesFull(inventory),
    readOnly(inventory),
    diskErrors(inventory),
  ];
}
