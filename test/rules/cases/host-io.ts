import type { AlertCases } from "../alert-case";
import { pressure } from "./pressure";
import { node, of } from "./scraped";
import { tells } from "./tells";

type Series = Record<string, string>;
const on = of(node);

/** Packets and errors a second of an interface, in both directions together. */
const network = (packets: number, errors: string): Series => {
  const device = { device: "eth0" };
  return {
    [on("node_network_receive_packets_total", device)]: `0+${packets * 30}x120`,
    [on("node_network_transmit_packets_total", device)]: `0+${packets * 30}x120`,
    [on("node_network_receive_errs_total", device)]: errors,
    [on("node_network_transmit_errs_total", device)]: "0x120",
  };
};

const hostNetworkErrors: AlertCases = {
  fires: [
    {
      name: "a cable is bent for an hour",
      interval: "1m",
      series: network(100, "0x19 0+300x60 18000x60"),
      expect: {
        "34m": [],
        "40m": [tells("HostNetworkErrors", { ...node, device: "eth0" }, "5%")],
        "1h19m": [tells("HostNetworkErrors", { ...node, device: "eth0" }, "5%")],
        "1h35m": [],
      },
    },
  ],
  silent: [
    {
      name: "a link without errors",
      interval: "1m",
      series: network(100, "0x120"),
      expect: { "40m": [], "1h19m": [] },
    },
    {
      name: "one error on an interface that is next to idle",
      interval: "1m",
      series: network(0.05, "0x19 1x100"),
      expect: { "25m": [], "40m": [] },
    },
    {
      name: "one packet in ten thousand is broken",
      interval: "1m",
      series: network(10_000, "0+60x120"),
      expect: { "40m": [], "1h19m": [] },
    },
  ],
};

const hostDiskSlow: AlertCases = {
  fires: [
    {
      name: "everything waits for a disk that fails, for an hour",
      interval: "1m",
      series: pressure("node_pressure_io_stalled_seconds_total", 45),
      expect: {
        "49m": [],
        "55m": [tells("HostDiskSlow", node, "75%")],
        "1h29m": [tells("HostDiskSlow", node, "75%")],
        "1h40m": [],
      },
    },
  ],
  silent: [
    {
      name: "training reads its data and computes meanwhile",
      interval: "1m",
      series: pressure("node_pressure_io_stalled_seconds_total", 12),
      expect: { "55m": [], "1h29m": [] },
    },
    {
      name: "a backup of ten minutes",
      interval: "1m",
      series: { [on("node_pressure_io_stalled_seconds_total")]: "0+0x29 0+45x10 450x60" },
      expect: { "40m": [], "45m": [], "1h": [] },
    },
  ],
};

export const hostIoCases: Record<string, AlertCases> = {
  HostNetworkErrors: hostNetworkErrors,
  HostDiskSlow: hostDiskSlow,
};
