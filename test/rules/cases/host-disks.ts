import type { AlertCases } from "../alert-case";
import { node, of, type Labels } from "./scraped";
import { tells } from "./tells";

type Series = Record<string, string>;
const on = of(node);

const root: Labels = { device: "/dev/vda", fstype: "ext4", mountpoint: "/" };
const data: Labels = { device: "/dev/vdb", fstype: "xfs", mountpoint: "/data" };

/** A file system of so many bytes, what of it is available over time, and whether it is read-only. */
function disk(labels: Labels, size: string, avail: string, readonly = "0x300"): Series {
  return {
    [on("node_filesystem_size_bytes", labels)]: `${size}x300`,
    [on("node_filesystem_avail_bytes", labels)]: avail,
    [on("node_filesystem_readonly", labels)]: readonly,
  };
}

const full = tells("HostDiskFull", { ...node, ...root }, "2%");

const hostDiskFull: AlertCases = {
  fires: [
    {
      name: "2 GB of 100 are left, until somebody tidies up; a restart of the exporter changes nothing",
      interval: "30s",
      series: disk(root, "100e9", "50e9x19 2e9x19 _x2 2e9x17 50e9x40"),
      expect: {
        "14m30s": [],
        "15m": [full],
        "20m30s": [full],
        "29m30s": [full],
        "31m": [],
      },
    },
  ],
  silent: [
    {
      name: "half of each disk is free",
      interval: "30s",
      series: { ...disk(root, "100e9", "50e9x100"), ...disk(data, "4e12", "2e12x100") },
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "a disk of 10 TB has 3 % left, which are 300 GB",
      interval: "30s",
      series: disk(data, "10e12", "300e9x100"),
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "what is full by design: an image, a boot partition, memory, somebody else's server",
      interval: "30s",
      series: {
        ...disk(
          { device: "/dev/loop0", fstype: "squashfs", mountpoint: "/snap/x" },
          "1e9",
          "0x100",
          "1x300",
        ),
        ...disk({ device: "/dev/vda1", fstype: "ext4", mountpoint: "/boot" }, "5e8", "1e7x100"),
        ...disk({ device: "/dev/vda2", fstype: "vfat", mountpoint: "/boot/efi" }, "1e8", "1e6x100"),
        ...disk({ device: "tmpfs", fstype: "tmpfs", mountpoint: "/scratch" }, "1e9", "1e6x100"),
        ...disk({ device: "nas:/data", fstype: "nfs4", mountpoint: "/nas" }, "1e10", "1e8x100"),
        ...disk({ device: "/dev/sr0", fstype: "ext4", mountpoint: "/cd" }, "1e9", "0x100", "1x300"),
      },
      expect: { "10m": [], "40m": [] },
    },
    {
      name: "a temporary file fills the disk for two minutes",
      interval: "30s",
      series: disk(root, "100e9", "50e9x19 1e9x3 50e9x60"),
      expect: { "12m": [], "16m": [], "30m": [] },
    },
  ],
};

/** GB that are free at each of a number of steps of ten minutes. */
const free = (count: number, at: (hours: number) => number): string =>
  Array.from({ length: count }, (_, step) => String(Math.round(at(step / 6) * 1e9))).join(" ");

const hostDiskWillFill: AlertCases = {
  fires: [
    {
      name: "a log grows by 2 GB an hour on a disk with 20 GB left, until it is removed",
      interval: "10m",
      series: disk(
        root,
        "100e9",
        free(300, (hours) =>
          hours < 30 ? 50 - hours / 2 : hours < 41 ? 35 - (hours - 30) * 2.5 : 60,
        ),
      ),
      expect: {
        "29h": [],
        "40h": [tells("HostDiskWillFill", { ...node, ...root }, "10%")],
        "42h": [],
      },
    },
  ],
  silent: [
    {
      name: "a disk that nobody fills",
      interval: "10m",
      series: disk(
        root,
        "100e9",
        free(300, () => 20),
      ),
      expect: { "8h": [], "40h": [] },
    },
    {
      // From midnight on, 3 GB an hour for four hours, and all of it removed at six.
      name: "a job writes 12 GB every night and removes them in the morning",
      interval: "10m",
      series: disk(
        root,
        "100e9",
        free(300, (hours) => {
          const clock = hours % 24;
          return clock < 4 ? 20 - clock * 3 : clock < 6 ? 8 : 20;
        }),
      ),
      expect: { "27h40m": [], "28h": [], "29h": [], "49h": [] },
    },
    {
      name: "a disk that is half full is filled by a download",
      interval: "10m",
      series: disk(
        root,
        "1e12",
        free(300, (hours) => (hours < 36 ? 700 : 700 - (hours - 36) * 60)),
      ),
      expect: { "39h": [], "41h": [] },
    },
    {
      name: "a host is deployed while its data is downloaded",
      interval: "10m",
      series: disk(
        root,
        "100e9",
        free(60, (hours) => Math.max(25 - hours * 4, 5)),
      ),
      expect: { "2h": [], "4h": [], "9h": [] },
    },
  ],
};

/** A file system with room, of which so many inodes of a million are free. */
const inodes = (labels: Labels, count: string, freeFiles: string): Series => ({
  [on("node_filesystem_files", labels)]: count,
  [on("node_filesystem_files_free", labels)]: freeFiles,
  [on("node_filesystem_readonly", labels)]: "0x100",
});

const hostInodesFull: AlertCases = {
  fires: [
    {
      name: "a data set of small files leaves 10,000 inodes of a million",
      interval: "30s",
      series: inodes(data, "1e6x100", "5e5x19 1e4x39 5e5x40"),
      expect: {
        "14m30s": [],
        "15m": [tells("HostInodesFull", { ...node, ...data }, "1%")],
        "29m30s": [tells("HostInodesFull", { ...node, ...data }, "1%")],
        "31m": [],
      },
    },
  ],
  silent: [
    {
      name: "inodes for many files more",
      interval: "30s",
      series: inodes(data, "1e6x100", "5e5x100"),
      expect: { "20m": [], "40m": [] },
    },
    {
      name: "a file system without a number of inodes, such as btrfs",
      interval: "30s",
      series: inodes({ ...data, fstype: "btrfs" }, "0x100", "0x100"),
      expect: { "20m": [], "40m": [] },
    },
  ],
};

export const hostDiskCases: Record<string, AlertCases> = {
  HostDiskFull: hostDiskFull,
  HostDiskWillFill: hostDiskWillFill,
  HostInodesFull: hostInodesFull,
};
