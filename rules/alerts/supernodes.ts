import { durationSeconds } from "../../components/config/durations";
import { hostsWith, type Alert, type AlertGroup, type Inventory } from "../rule";
import { atItsSite } from "../supernode-host";
import type { Thresholds } from "../thresholds";
import { last, NODE, NODE_NAME, ofNode } from "./flower-series";
import { indent, lines } from "../promql";
import { workAlerts } from "./supernode-work";

/**
 * SuperNodes that were online and are not. Three kinds of `fl_supernode_up == 0` are no fault: a node
 * that is registered and never came (it has no heartbeat age), a node that signed off in order (not
 * counted as offline), and a node that was unregistered (its series ends).
 */
export function lostSuperNodes(thresholds: Thresholds): string {
  return lines(
    `${last("fl_supernode_up", thresholds)} == 0`,
    `  and ${last("fl_supernode_heartbeat_age_seconds", thresholds)}`,
    `  and on (instance) ${last('fl_supernodes{status="offline"}', thresholds)} > 0`,
  );
}

function offline(thresholds: Thresholds): Alert {
  return {
    alert: "SuperNodeOffline",
    // The series come from the SuperLink's exporter: `host` is made to be the SuperNode's, so that
    // Alertmanager does not take it for a fault of the SuperLink's host.
    expr: atItsSite(`max by (${NODE}) (\n${indent(lostSuperNodes(thresholds))}\n)`),
    for: thresholds.superNodeOfflineFor,
    severity: "critical",
    summary: `SuperNode ${NODE_NAME} is offline`,
    description:
      `The SuperLink has no heartbeat from SuperNode ${NODE_NAME} (node id {{ $labels.node_id }}` +
      "{{ if $labels.location }}, location {{ $labels.location }}{{ end }}). Runs that need it wait without " +
      "a limit. Likely: its process or host is down, or its network to the SuperLink is cut.",
    dashboard: "federation",
  };
}

/**
 * SuperNodes that fell silent, were given up, and are back before SuperNodeOffline would tell. One that
 * is stopped in order never misses a heartbeat while it is online, so its restart is not among them.
 */
function interrupted(thresholds: Thresholds): Alert {
  const {
    superNodeInterruptedWindow: window,
    heartbeatMissedSeconds,
    superNodeOfflineFor,
  } = thresholds;
  const silent = `fl_supernode_heartbeat_age_seconds > ${heartbeatMissedSeconds} and fl_supernode_up == 1`;
  const told = durationSeconds(superNodeOfflineFor) ?? 0;
  return {
    alert: "SuperNodeInterrupted",
    expr: atItsSite(
      lines(
        `${ofNode('fl_supernode_up{name!=""}', thresholds)} == 1`,
        `  and max by (${NODE}) (max_over_time((${silent})[${window}:15s]))`,
        `  and (0 < 15 * max by (${NODE}) (sum_over_time((fl_supernode_up == bool 0)[${window}:15s]))) <= ${told}`,
      ),
    ),
    for: thresholds.countedFor,
    severity: "warning",
    summary: `SuperNode ${NODE_NAME} was lost for a moment and is back`,
    description:
      `SuperNode ${NODE_NAME} (node id {{ $labels.node_id }}) missed heartbeats until Flower gave it up, and is ` +
      "online again. What it was working on is lost. Likely: its process crashed, and was refused at its " +
      "restart until its last heartbeat had run out; or its network was cut for a minute.",
    dashboard: "clients",
  };
}

function flapping(thresholds: Thresholds): Alert {
  const { superNodeFlapsWindow, superNodeFlaps } = thresholds;
  return {
    alert: "SuperNodeFlapping",
    expr: atItsSite(
      `max by (${NODE}) (changes(fl_supernode_up[${superNodeFlapsWindow}])) >= ${superNodeFlaps}`,
    ),
    for: thresholds.countedFor,
    severity: "warning",
    summary: `SuperNode ${NODE_NAME} comes and goes`,
    description:
      `SuperNode ${NODE_NAME} (node id {{ $labels.node_id }}) went offline or came back {{ $value }} times in ` +
      `${superNodeFlapsWindow}. Each time what it was working on is lost. Likely: its process is killed and ` +
      "started again (memory), its host sleeps, or its network is unstable.",
    dashboard: "clients",
  };
}

/** Alerts on SuperNodes, from the SuperLink's view of them. */
export function federationAlerts(inventory: Inventory): AlertGroup {
  const { hosts, thresholds } = inventory;
  const none =
    hostsWith(inventory, "flower").length === 0 || hosts.every(({ role }) => role !== "supernode");
  return {
    name: "federation",
    alerts: none
      ? []
      : [
          offline(thresholds),
          interrupted(thresholds),
          flapping(thresholds),
          ...workAlerts(inventory),
        ],
  };
}
