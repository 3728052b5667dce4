import { grown, type Counted } from "../counted";
import type { Alert, AlertGroup, Inventory } from "../rule";

/** Labels of Prometheus' own target. */
const TARGET = ["federation", "host", "instance", "job"];

/** What fails when a sample is not made safe: after a crash it is gone. */
const WAL: Counted[] = [
  { metric: "prometheus_tsdb_wal_writes_failed_total", what: "write to the WAL" },
  { metric: "prometheus_tsdb_wal_corruptions_total", what: "read of a damaged WAL" },
  { metric: "prometheus_tsdb_wal_truncations_failed_total", what: "truncation of the WAL" },
  { metric: "prometheus_tsdb_checkpoint_creations_failed_total", what: "checkpoint of the WAL" },
  { metric: "prometheus_tsdb_head_truncations_failed_total", what: "truncation of the head" },
];

/** What fails while samples are safe, but take more and more room. */
const BLOCKS: Counted[] = [
  { metric: "prometheus_tsdb_compactions_failed_total", what: "compaction" },
  { metric: "prometheus_tsdb_reloads_failures_total", what: "reload of blocks" },
];

/** Why samples are refused, or a whole scrape. */
const REFUSED: Counted[] = [
  { metric: "prometheus_target_scrapes_sample_out_of_order_total", what: "out of order" },
  {
    metric: "prometheus_target_scrapes_sample_duplicate_timestamp_total",
    what: "another value for the same time",
  },
  { metric: "prometheus_target_scrapes_sample_out_of_bounds_total", what: "too old or too new" },
  { metric: "prometheus_target_scrapes_exceeded_sample_limit_total", what: "over sample_limit" },
  {
    metric: "prometheus_target_scrapes_exceeded_body_size_limit_total",
    what: "over body_size_limit",
  },
  {
    metric: "prometheus_target_scrape_pool_exceeded_target_limit_total",
    what: "over target_limit",
  },
  {
    metric: "prometheus_target_scrape_pool_exceeded_label_limits_total",
    what: "over label limits",
  },
];

/** What keeps Prometheus from knowing its targets. */
const DISCOVERY: Counted[] = [
  { metric: "prometheus_sd_file_read_errors_total", what: "read of a target file" },
  { metric: "prometheus_target_sync_failed_total", what: "use of a target" },
  { metric: "prometheus_target_scrape_pools_failed_total", what: "start of a job" },
];

/** GiB in bytes. */
const GIB = 1024 ** 3;

/**
 * Alerts on Prometheus, by what it tells of itself. Its end is told by nobody but the dead man's switch,
 * and by Grafana where that evaluates the alerts: a query that fails is an alert there.
 */
export function prometheusAlerts({ thresholds }: Inventory): AlertGroup {
  const { stackFaultFor, stackFaultWindow } = thresholds;
  const average = (metric: string): string =>
    `avg_over_time(${metric}[${thresholds.storageSizeWindow}])`;
  return {
    name: "prometheus",
    alerts: [
      {
        alert: "PrometheusConfigReloadFailed",
        // The program puts the old release back when a reload fails: that is over within seconds.
        expr: "prometheus_config_last_reload_successful == 0",
        for: stackFaultFor,
        severity: "warning",
        summary: "Prometheus refused its configuration",
        description:
          "The last reload of Prometheus on {{ $labels.host }} failed: it works on with the configuration before, " +
          "and does not know what was changed since. A restart would end it. Likely: a file in its volume was " +
          "edited by hand, or an up was killed in the middle.",
        dashboard: "stack",
      },
      rulesFail(stackFaultWindow, stackFaultFor),
      rulesLate(stackFaultWindow, stackFaultFor, thresholds.ruleGroupMissedShare),
      {
        alert: "PrometheusWalFailing",
        expr: grown(WAL, { by: TARGET, range: thresholds.storageFaultWindow, label: "operation" }),
        for: stackFaultFor,
        severity: "critical",
        summary: "Prometheus loses samples: {{ $labels.operation }} fails",
        description:
          'Prometheus on {{ $labels.host }} failed {{ printf "%.0f" $value }} times within ' +
          `${thresholds.storageFaultWindow}: {{ $labels.operation }}. What it scrapes may not be kept, and alerts ` +
          "may miss what they look for. Likely: the disk of the monitoring VM is full, read-only or broken.",
        dashboard: "stack",
      },
      {
        alert: "PrometheusCompactionFailing",
        expr: grown(BLOCKS, {
          by: TARGET,
          range: thresholds.storageFaultWindow,
          label: "operation",
        }),
        for: stackFaultFor,
        severity: "warning",
        summary: "Prometheus cannot tidy up its storage: {{ $labels.operation }} fails",
        description:
          'Prometheus on {{ $labels.host }} failed {{ printf "%.0f" $value }} times within ' +
          `${thresholds.storageFaultWindow}: {{ $labels.operation }}. Nothing is lost yet, but its data grow until ` +
          "the disk is full. Likely: no room for the new block, or a damaged block.",
        dashboard: "stack",
      },
      {
        alert: "PrometheusStorageLarge",
        expr: [
          `  ${average("prometheus_tsdb_storage_blocks_bytes")}`,
          `    + ${average("prometheus_tsdb_wal_storage_size_bytes")}`,
          `    + ${average("prometheus_tsdb_head_chunks_storage_size_bytes")}`,
          `    > ${thresholds.prometheusStorageGib * GIB}`,
        ].join("\n"),
        for: stackFaultFor,
        severity: "warning",
        summary: "Prometheus keeps {{ $value | humanize1024 }}B of samples",
        description:
          `Prometheus on {{ $labels.host }} uses {{ $value | humanize1024 }}B, more than the ` +
          `${thresholds.prometheusStorageGib} GiB that the stack gives it; how full the disk is, it cannot tell. ` +
          "Likely: more hosts or series than before, or a longer retention.",
        dashboard: "stack",
      },
      {
        alert: "PrometheusNotificationsFailing",
        expr: [
          `  sum by (${TARGET.join(", ")}) (increase(prometheus_notifications_dropped_total[${stackFaultWindow}]))`,
          "    / (",
          `      sum by (${TARGET.join(", ")}) (increase(prometheus_notifications_dropped_total[${stackFaultWindow}]))`,
          `      + sum by (${TARGET.join(", ")}) (increase(prometheus_notifications_sent_total[${stackFaultWindow}]))`,
          "    )",
          `    > ${thresholds.notificationLostShare}`,
        ].join("\n"),
        for: stackFaultFor,
        severity: "critical",
        summary: "Prometheus loses {{ $value | humanizePercentage }} of its alerts",
        description:
          "Of the alerts that Prometheus on {{ $labels.host }} sent to Alertmanager, " +
          "{{ $value | humanizePercentage }} were lost. Somebody may not be called. Likely: Alertmanager restarts " +
          "again and again, refuses them or is overloaded.",
        dashboard: "stack",
      },
      {
        alert: "PrometheusWithoutAlertmanager",
        expr: "prometheus_notifications_alertmanagers_discovered < 1",
        for: stackFaultFor,
        severity: "critical",
        summary: "Prometheus knows no Alertmanager",
        description:
          "Prometheus on {{ $labels.host }} has {{ $value }} Alertmanagers to send alerts to. What it evaluates " +
          "reaches nobody. Likely: its configuration is not the stack's.",
        dashboard: "stack",
      },
      {
        alert: "PrometheusSamplesRefused",
        expr: grown(REFUSED, { by: TARGET, range: stackFaultWindow, label: "cause" }),
        for: thresholds.samplesRefusedFor,
        severity: "warning",
        summary: "Prometheus refuses what it scrapes: {{ $labels.cause }}",
        description:
          'Prometheus on {{ $labels.host }} refused {{ printf "%.0f" $value }} samples or scrapes within ' +
          `${stackFaultWindow}: {{ $labels.cause }}. Some series have gaps. Likely: two targets with the same ` +
          "labels, an exporter with times of its own, or a clock that jumped.",
        dashboard: "stack",
      },
      {
        alert: "PrometheusDiscoveryFailing",
        expr: grown(DISCOVERY, { by: TARGET, range: stackFaultWindow, label: "operation" }),
        for: stackFaultFor,
        severity: "warning",
        summary: "Prometheus does not learn of its targets: {{ $labels.operation }} fails",
        description:
          'Prometheus on {{ $labels.host }} failed {{ printf "%.0f" $value }} times within ' +
          `${stackFaultWindow}: {{ $labels.operation }}. It goes on with the targets that it knew; new hosts are ` +
          "not watched. Likely: a target file was edited by hand, or is not readable.",
        dashboard: "stack",
      },
    ],
  };
}

function rulesFail(window: string, pause: string): Alert {
  const by = [...TARGET, "rule_group"].join(", ");
  return {
    alert: "PrometheusRuleFailures",
    expr: `sum by (${by}) (increase(prometheus_rule_evaluation_failures_total[${window}])) > 0`,
    for: pause,
    severity: "warning",
    summary: "Rules fail in Prometheus: {{ $labels.rule_group }}",
    description:
      '{{ printf "%.0f" $value }} evaluations of rules in {{ $labels.rule_group }} failed within ' +
      `${window}: what they compute or watch for is unknown. Likely: two series where a rule expects one ` +
      "(a host that is scraped twice), a rule of your own, or a query that needs too much.",
    dashboard: "stack",
  };
}

function rulesLate(window: string, pause: string, share: number): Alert {
  const grew = (metric: string): string =>
    `sum by (${[...TARGET, "rule_group"].join(", ")}) (increase(${metric}[${window}]))`;
  return {
    alert: "PrometheusRuleGroupsMissed",
    expr: [
      `  ${grew("prometheus_rule_group_iterations_missed_total")}`,
      `    / ${grew("prometheus_rule_group_iterations_total")}`,
      `    > ${share}`,
    ].join("\n"),
    for: pause,
    severity: "warning",
    summary: "Prometheus is late with the rules of {{ $labels.rule_group }}",
    description:
      "{{ $value | humanizePercentage }} of the evaluations of {{ $labels.rule_group }} were left out, since the " +
      "ones before took too long: alerts come late. Likely: the monitoring VM is overloaded, or a rule of your " +
      "own looks at too much.",
    dashboard: "stack",
  };
}
