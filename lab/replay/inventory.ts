/** The stack whose rules are tested, and evaluated where recorded scrapes are played. */
import type { Signal } from "../../components/render/host-exporters";
import type { Inventory } from "../../rules";
import { thresholdsOf } from "../../rules/thresholds";

/** The bundle that all hosts should run. */
export const WANTED_HASH = "0123456789ab";

/** A stack with everything that an alert can be about. */
export const inventory: Inventory = {
  federation: "demo",
  hosts: [
    { name: "superlink", role: "superlink", signals: ["node", "flower", "cadvisor", "hook"] },
    ...["supernode-1", "supernode-2"].map((name) => ({
      name,
      role: "supernode" as const,
      signals: ["node", "dcgm", "cadvisor", "hook", "profiling"] as Signal[],
    })),
  ],
  bundles: [{ hash: WANTED_HASH, hosts: ["superlink", "supernode-1", "supernode-2"] }],
  platform: {
    api: {
      requests: "http_requests_total",
      statusLabel: "status",
      duration: "http_request_duration_seconds",
    },
    mongodb: true,
  },
  ownGrafana: true,
  evaluator: "grafana",
  scrapeIntervalSeconds: 15,
  // A month, as the longest window.
  retentionSeconds: 31 * 24 * 3600,
  thresholds: thresholdsOf(),
};

/** Where its alerts point to. */
export const links = {
  runbooks: "https://example.org/docs/runbooks.md",
  grafana: "http://172.31.77.10:3000",
};
