import type { AlertGroup, Inventory } from "../rule";

/**
 * SuperNodes that were online and are not. Three kinds of `fl_supernode_up == 0` are no fault: a node
 * that is registered and never came (it has no heartbeat age), a node that signed off in order (not
 * counted as offline), and a node that was unregistered (its series ends). The series come from the
 * SuperLink's exporter; `host` is made to say whose fault it is, the SuperNode's name, or nothing
 * where it has none, so that Alertmanager does not take it for a fault of the SuperLink's host.
 */
const offlineSuperNodes = [
  "label_replace(",
  "  fl_supernode_up == 0",
  "    and fl_supernode_heartbeat_age_seconds",
  '    and on (instance) fl_supernodes{status="offline"} > 0,',
  '  "host", "$1", "name", "(.*)"',
  ")",
].join("\n");

/** A SuperNode without a registered key has no name. */
const NODE = "{{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }}";

/** Alerts on Flower itself, from the Flower exporter's view of the SuperLink. */
export function federationAlerts({ hosts, thresholds }: Inventory): AlertGroup {
  return {
    name: "federation",
    alerts: hosts.every(({ role }) => role !== "supernode")
      ? []
      : [
          {
            alert: "SuperNodeOffline",
            expr: offlineSuperNodes,
            for: thresholds.superNodeOfflineFor,
            severity: "critical",
            summary: `SuperNode ${NODE} is offline`,
            description:
              `The SuperLink has no heartbeat from SuperNode ${NODE} (node id {{ $labels.node_id }}` +
              "{{ if $labels.location }}, location {{ $labels.location }}{{ end }}). Runs that need it wait without " +
              "a limit. Likely: its process or host is down, or its network to the SuperLink is cut.",
            dashboard: "federation",
          },
        ],
  };
}
