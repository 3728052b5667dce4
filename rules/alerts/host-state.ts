import { indent, lines, recent } from "../promql";
import { hostsWith, type Alert, type Inventory, type RecordingGroup } from "../rule";
import { onItsHost } from "../supernode-host";

/** How far a host's clock is ahead of Prometheus', in seconds. */
export const CLOCK_SKEW = "host:clock_skew_seconds:last";

/** What the alerts on hosts share with the panels. */
export function hostStateRecords(): RecordingGroup {
  return {
    name: "host-state-records",
    rules: [
      {
        record: CLOCK_SKEW,
        // The exporter reads its clock when it is scraped, and Prometheus notes that moment by its own.
        expr: "node_time_seconds - timestamp(node_time_seconds)",
        labels: ["instance", "job", "federation", "host", "role"],
      },
    ],
  };
}

/**
 * Hosts of which no exporter answers. With a single exporter that may be the exporter alone: a SuperNode
 * that still has its heartbeat is the proof of it. Services of the monitoring VM have no role.
 */
function nothingAnswers(inventory: Inventory): string {
  const silent = 'max without (instance, job) (up{role!=""}) == 0';
  const alive = `unless on (federation, host) ${onItsHost("fl_supernode_up == 1")}`;
  return hostsWith(inventory, "flower").length > 0 ? lines(silent, alive) : silent;
}

function hostDown(inventory: Inventory): Alert {
  return {
    alert: "HostDown",
    expr: nothingAnswers(inventory),
    for: inventory.thresholds.hostDownFor,
    severity: "critical",
    summary: "Host {{ $labels.host }} does not answer",
    description:
      "None of the exporters on {{ $labels.host }} ({{ $labels.role }}) answers Prometheus, so nothing is known of " +
      "the host and what runs there. Likely: it is off, has crashed or restarts, or the network to it is cut.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function hostRebooted(inventory: Inventory): Alert {
  const { hostRebootSeconds } = inventory.thresholds;
  const boot = recent("node_boot_time_seconds", inventory);
  return {
    alert: "HostRebooted",
    expr: lines(
      `${recent("node_time_seconds", inventory)} - ${boot} < ${hostRebootSeconds}`,
      // A host that is new to the stack was never seen with another boot. A minute: clocks are set.
      `and ${boot} > min_over_time(node_boot_time_seconds[1d:10m]) + 60`,
    ),
    for: inventory.thresholds.hostRebootedFor,
    severity: "warning",
    summary: "Host {{ $labels.host }} has restarted {{ $value | humanizeDuration }} ago",
    description:
      "Host {{ $labels.host }} ({{ $labels.role }}) is up for {{ $value | humanizeDuration }} only. What it had " +
      "computed of a round is lost. Likely: an update, somebody, a kernel panic, or the power.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function hostClockSkew(inventory: Inventory): Alert {
  const { hostClockSkewSeconds, hostClockSkewFor } = inventory.thresholds;
  return {
    alert: "HostClockSkew",
    expr: `abs(${recent(CLOCK_SKEW, inventory)}) > ${hostClockSkewSeconds}`,
    for: hostClockSkewFor,
    severity: "warning",
    summary: "The clock of {{ $labels.host }} is {{ $value | humanizeDuration }} off",
    description:
      "The clock of {{ $labels.host }} and that of the monitoring VM differ by {{ $value | humanizeDuration }}. Times in " +
      "logs and events no longer fit together, and certificates may count as expired or not yet valid. Likely: no " +
      "time service runs there, or it reaches no server. When all hosts are told, the monitoring VM's is wrong.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function hostFactMissing(inventory: Inventory): Alert {
  return {
    alert: "HostFactMissing",
    // The reason changes while it lasts; as a label it would be another alert each time.
    expr: lines(
      "max without (reason) (",
      indent(recent("flower_monitoring_fact_missing", inventory)),
      ") > 0",
    ),
    for: inventory.thresholds.hostFactMissingFor,
    severity: "warning",
    summary: "Host {{ $labels.host }} cannot tell {{ $labels.fact }}",
    description:
      "The facts script on {{ $labels.host }} cannot find out {{ $labels.fact }}, so alerts on it would not fire. Likely, " +
      "for gpus: nvidia-smi fails or hangs, which is a driver in trouble; for a certificate: the file is gone or openssl is.",
    dashboard: "hosts",
    link: ["host"],
  };
}

/** Whether hosts are there, and what they tell of themselves. */
export function hostStateAlerts(inventory: Inventory): Alert[] {
  return [
    hostDown(inventory),
    hostRebooted(inventory),
    hostClockSkew(inventory),
    hostFactMissing(inventory),
  ];
}
