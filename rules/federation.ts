import type { AlertGroup, Inventory } from "./rule";
import { thresholds } from "./thresholds";

/** Alerts on Flower itself, from the Flower exporter's view of the SuperLink. */
export function federationAlerts(inventory: Inventory): AlertGroup {
  return {
    name: "federation",
    alerts:
      inventory.supernodes.length === 0
        ? []
        : [
            {
              alert: "SuperNodeOffline",
              // The exporter keeps a node that was there and left; a node never seen has no series.
              expr: "fl_supernode_up == 0",
              for: thresholds.superNodeOfflineFor,
              severity: "critical",
              summary: "SuperNode {{ $labels.name }} is offline",
              description:
                "The SuperLink has no heartbeat from SuperNode {{ $labels.name }} (node id {{ $labels.node_id }}, " +
                "location {{ $labels.location }}). Runs that need it wait without a limit. Likely: its process or host " +
                "is down, or its network to the SuperLink is cut.",
              dashboard: "federation",
            },
          ],
  };
}
