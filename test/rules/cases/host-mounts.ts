import type { AlertCases } from "../alert-case";
import { node, of, type Labels } from "./scraped";
import { tells } from "./tells";

type Series = Record<string, string>;
const on = of(node);

const root: Labels = { device: "/dev/vda", fstype: "ext4", mountpoint: "/" };
const data: Labels = { device: "/dev/vdb", fstype: "xfs", mountpoint: "/data" };

const readonly = (labels: Labels, values: string): Series => ({
  [on("node_filesystem_readonly", labels)]: values,
});
const stopped = tells("HostReadOnlyFilesystem", { ...node, ...data });

const hostReadOnlyFilesystem: AlertCases = {
  fires: [
    {
      name: "the kernel stops writing to a disk, until it is repaired",
      interval: "1m",
      series: readonly(data, "0x119 1x120 0x30"),
      expect: { "2h": [], "2h2m": [stopped], "4h": [stopped], "4h2m": [] },
    },
    {
      name: "it is not repaired for days",
      interval: "10m",
      series: readonly(data, "0x11 1x700"),
      expect: { "3h": [stopped], "96h": [stopped] },
    },
  ],
  silent: [
    {
      name: "every disk can be written",
      interval: "1m",
      series: { ...readonly(root, "0x240"), ...readonly(data, "0x240") },
      expect: { "2h2m": [], "4h": [] },
    },
    {
      name: "a disk that is read-only on purpose",
      interval: "1m",
      series: readonly(data, "1x240"),
      expect: { "2h2m": [], "4h": [] },
    },
  ],
};

const error = (labels: Labels, device_error: string, values: string): Series => ({
  [on("node_filesystem_device_error", { ...labels, device_error })]: values,
});
const nas: Labels = { device: "nas:/data", fstype: "nfs4", mountpoint: "/nas" };

const hostDiskErrors: AlertCases = {
  fires: [
    {
      name: "a server of files does not answer for twenty minutes",
      interval: "30s",
      series: {
        ...error(nas, "", "0x19 stale _x39 0x40"),
        ...error(nas, "mountpoint timeout", "_x20 1x39 stale"),
      },
      expect: {
        "14m30s": [],
        "15m": [tells("HostDiskErrors", { ...node, ...nas, device_error: "mountpoint timeout" })],
        "29m30s": [
          tells("HostDiskErrors", { ...node, ...nas, device_error: "mountpoint timeout" }),
        ],
        "32m30s": [],
      },
    },
  ],
  silent: [
    {
      name: "every file system answers",
      interval: "30s",
      series: { ...error(root, "", "0x100"), ...error(nas, "", "0x100") },
      expect: { "20m": [], "40m": [] },
    },
    {
      name: "a user's mount that node_exporter may not look at",
      interval: "30s",
      series: error({ ...nas, fstype: "fuse.sshfs" }, "permission denied", "1x100"),
      expect: { "20m": [], "40m": [] },
    },
    {
      name: "a server of files restarts",
      interval: "30s",
      series: error(nas, "mountpoint timeout", "_x20 1x3 stale"),
      expect: { "12m": [], "16m": [], "30m": [] },
    },
  ],
};

export const hostMountCases: Record<string, AlertCases> = {
  HostReadOnlyFilesystem: hostReadOnlyFilesystem,
  HostDiskErrors: hostDiskErrors,
};
