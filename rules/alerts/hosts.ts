import { anyOf } from "../promql";
import {
  hostsWith,
  type Alert,
  type AlertGroup,
  type Inventory,
  type RecordingGroup,
} from "../rule";
import type { Thresholds } from "../thresholds";
import { certificateAlerts } from "./certificates";
import { hostDiskAlerts } from "./host-disks";
import { hostLoadAlerts } from "./host-load";
import { hostStateAlerts, hostStateRecords } from "./host-state";

/** A series for each host that is scraped, with the bundle that it should run as label `hash`. */
const WANTED = "host:flower_monitoring_bundle_info:wanted";

/**
 * The stack's wanted bundles, one rule for each hash, whoever evaluates the alerts: as series they have
 * a past, so that an `up` which is still at work can be told from a host that was left behind.
 */
function bundleRecords({ bundles }: Inventory): RecordingGroup[] {
  const rules = bundles.map(({ hash, hosts }) => ({
    record: WANTED,
    expr: `group without () (up{job="node", host=~"${anyOf(hosts)}"})`,
    labels: ["instance", "job", "federation", "host", "role", "hash"],
    add: { hash },
  }));
  return rules.length === 0 ? [] : [{ name: "hosts-records", rules }];
}

/** What Prometheus computes about hosts. */
export function hostRecords(inventory: Inventory): RecordingGroup[] {
  return [
    ...bundleRecords(inventory),
    ...(hostsWith(inventory, "node").length === 0 ? [] : [hostStateRecords()]),
  ];
}

/** Hosts that run another bundle than the stack wants, or none, although it is wanted for long enough. */
const otherBundle = ({ bundleLateAfter }: Thresholds): string[] => [
  `${WANTED}`,
  `  and ${WANTED} offset ${bundleLateAfter}`,
  '  and on (host) up{job="node"} == 1',
  "  unless on (host, hash) flower_monitoring_bundle_info",
];

/** Hosts that run it and tell nothing of themselves any more, by their own clock. */
const silentFacts = ({ factsAgeSeconds }: Thresholds): string[] => [
  `${WANTED}`,
  "  and on (host, hash) flower_monitoring_bundle_info",
  "  unless on (host) (",
  "    flower_monitoring_facts_timestamp_seconds",
  `      > node_time_seconds - ${factsAgeSeconds}`,
  "  )",
];

/** Adds the labels that what the host itself found has. */
function about(part: string, reason: string, expr: string[]): string {
  const inner = expr.map((line) => `    ${line}`).join("\n");
  const withReason = `  label_replace(\n${inner},\n    "reason", "${reason}", "", ""\n  )`;
  return `label_replace(\n${withReason},\n  "part", "${part}", "", ""\n)`;
}

/** What else differs in a part. */
const CHANGED = 'flower_monitoring_host_drift{reason!="reload-needed"}';

function drift(thresholds: Thresholds): string {
  return [
    // systemd asks for a reload because of the file that was edited: that is one thing to tell.
    `${CHANGED} > 0`,
    `(flower_monitoring_host_drift > 0 unless on (instance, part) ${CHANGED})`,
    about("bundle", "other-bundle", otherBundle(thresholds)),
    about("facts", "silent", silentFacts(thresholds)),
  ].join("\nor\n");
}

function hostDrift(thresholds: Thresholds): Alert {
  return {
    alert: "HostDrift",
    expr: drift(thresholds),
    for: thresholds.hostDriftFor,
    severity: "warning",
    summary: "{{ $labels.part }} on {{ $labels.host }} is not as deployed: {{ $labels.reason }}",
    description:
      "Host {{ $labels.host }} differs from the stack in {{ $labels.part }}: {{ $labels.reason }}." +
      "{{ if $labels.hash }} It should run bundle {{ $labels.hash }}.{{ end }} Likely: somebody changed " +
      "or stopped it by hand, or the last up did not reach the host. An up with repair puts it right.",
    dashboard: "hosts",
  };
}

/** Alerts on the hosts of the federation, by their node_exporter and by what they tell of themselves. */
export function hostAlerts(inventory: Inventory): AlertGroup {
  const { bundles, thresholds } = inventory;
  const measured = hostsWith(inventory, "node").length > 0;
  return {
    name: "hosts",
    alerts: [
      ...(bundles.length === 0 ? [] : [hostDrift(thresholds)]),
      ...(measured
        ? [hostStateAlerts, hostLoadAlerts, hostDiskAlerts, certificateAlerts].flatMap((alerts) =>
            alerts(inventory),
          )
        : []),
    ],
  };
}
