/** Alerts on how Flower is seen: by its exporter, and by the hook. */
import { hostsWith, type Alert, type AlertGroup, type Inventory } from "../rule";
import type { Thresholds } from "../thresholds";
import { last, ofRun, RUN, running, seen } from "./flower-series";
import { lines } from "../promql";

/** Flower releases that CI runs; docs/compatibility.md has the table, python/pyproject.toml the range. */
export const TESTED_FLOWER = "1\\\\.(40|41|42)\\\\..*";

function blind(thresholds: Thresholds): Alert {
  const { exporterBlindSeconds, flowerGap } = thresholds;
  return {
    alert: "FlowerExporterBlind",
    // An exporter that is started again counts from 0: the greatest age of late bridges that.
    expr: `max by (federation) (max_over_time(fl_exporter_up_to_date_seconds[${flowerGap}])) > ${exporterBlindSeconds}`,
    for: thresholds.exporterBlindFor,
    severity: "critical",
    summary: "The SuperLink of {{ $labels.federation }} does not answer",
    description:
      "The Flower exporter has had no answer from the SuperLink of federation {{ $labels.federation }} for " +
      "{{ $value | humanizeDuration }}; what is shown of SuperNodes and runs is that old. Likely: the SuperLink is " +
      "down or hangs, and training with it; or its certificate or address has changed.",
    dashboard: "federation",
  };
}

function replaying(thresholds: Thresholds): Alert {
  return {
    alert: "FlowerExporterReplaying",
    expr: lines(
      `max by (federation) (${last("fl_exporter_replayed", thresholds)}) == 0`,
      `  and on (federation) ${seen(thresholds)}`,
    ),
    for: thresholds.exporterReplayingFor,
    severity: "warning",
    summary: "The Flower exporter of {{ $labels.federation }} is still reading old runs",
    description:
      "The Flower exporter of federation {{ $labels.federation }} has not read every run of the SuperLink yet " +
      "(fl_exporter_replayed is {{ $value }}). Until then its counters over all runs are missing, and alerts on " +
      "failures of clients are silent. Likely: thousands of runs, a slow SuperLink, or a run that cannot be read.",
    dashboard: "system",
  };
}

/** Value: how many. */
function seriesDropped(thresholds: Thresholds): Alert {
  return {
    alert: "FlowerExporterSeriesDropped",
    expr: `max by (federation, kind) (${last("fl_exporter_series_dropped", thresholds)}) > 0`,
    for: thresholds.exporterSeriesDroppedFor,
    severity: "warning",
    summary: "{{ $value }} of kind {{ $labels.kind }} have no series",
    description:
      "The Flower exporter of federation {{ $labels.federation }} has reached a limit: {{ $value }} of kind " +
      "{{ $labels.kind }} (supernode, run or app_metric) have no series of their own, so no alert tells of them. " +
      "Likely: a larger federation than the limit was made for, or an app with a metric for each client.",
    dashboard: "system",
  };
}

/** Flower of the exporter's environment, and of every host that tells it. */
function untested(thresholds: Thresholds): Alert {
  const matcher = (label: string): string => `${label}!~"${TESTED_FLOWER}|"`;
  return {
    alert: "FlowerVersionUntested",
    expr: lines(
      "group by (federation, host, version) (",
      `  ${last(`flower_monitoring_flower_info{${matcher("version")}}`, thresholds)}`,
      "  or",
      "  label_replace(",
      `    ${last(`fl_exporter_build_info{${matcher("flower_version")}}`, thresholds)},`,
      '    "version", "$1", "flower_version", "(.*)"',
      "  )",
      ")",
    ),
    for: thresholds.versionUntestedFor,
    severity: "warning",
    summary: "Flower {{ $labels.version }} on {{ $labels.host }} is not a tested version",
    description:
      "Host {{ $labels.host }} has Flower {{ $labels.version }}; 1.40 to 1.42 are tested. Training is not touched by " +
      "that. Metrics may be missing, and Flower itself asks for like versions of SuperLink and SuperNodes. Likely: " +
      "an upgrade of Flower before one of this program.",
    dashboard: "system",
  };
}

/** Running runs of which the hook should tell and does not. */
function hookMissing(thresholds: Thresholds): Alert {
  const from = (source: string): string =>
    `${ofRun(`fl_run_source{source="${source}"}`, thresholds, ["source"])} == 1`;
  const start = ofRun("fl_run_start_time_seconds", thresholds);
  return {
    alert: "HookMissing",
    expr: lines(
      "(",
      `  ${from("logs")}`,
      "  or",
      `  ${from("none")}`,
      `    and on (${RUN}) time() - ${start} > ${thresholds.hookSilentSeconds}`,
      ")",
      `  and on (${RUN}) ${running(thresholds)}`,
      `  and on (federation) ${seen(thresholds)}`,
    ),
    for: thresholds.hookMissingFor,
    severity: "warning",
    summary: "The hook tells nothing of run {{ $labels.run_id }}",
    description:
      "The hook is deployed on the SuperLink's host, and run {{ $labels.run_id }} is known from {{ $labels.source }} " +
      "alone: no durations, no bytes, no checkpoints. Likely: its ServerApp runs in another environment than the " +
      "stack's flower.python, FL_MONITORING_HOOK is off, or the hook was cleaned away.",
    dashboard: "run-explorer",
    link: ["run_id"],
  };
}

/** What the hook reports at a run's end. */
function hookReports(thresholds: Thresholds): Alert[] {
  const { hookReportWindow: window } = thresholds;
  const reported = (metric: string): string =>
    `max by (federation) (max_over_time(${metric}[${window}]))`;
  return [
    {
      alert: "HookNamesMoved",
      expr: `${reported("fl_hook_names_moved")} > 0`,
      for: thresholds.hookReportFor,
      severity: "warning",
      summary: "The hook does not find {{ $value }} names of Flower's",
      description:
        `In runs of the last ${window} the hook did not find {{ $value }} names where Flower had them: some metrics ` +
        "of federation {{ $labels.federation }} are missing. Training is not touched. Likely: a Flower that is newer " +
        "than this program, or one that was patched.",
      dashboard: "run-explorer",
    },
    {
      alert: "HookFailing",
      expr: lines(
        `${reported("fl_hook_errors")}`,
        `  + on (federation) ${reported("fl_hook_events_dropped")} > 0`,
      ),
      for: thresholds.hookReportFor,
      severity: "warning",
      summary: "The hook swallowed errors or dropped events",
      description:
        `In a run of the last ${window} the hook of federation {{ $labels.federation }} had {{ $value }} errors and ` +
        "events that it could not send. Metrics of that run are incomplete; training is not touched. Likely: a " +
        "SuperLink that refuses or delays events, or a fault in the hook.",
      dashboard: "run-explorer",
    },
  ];
}

export function flowerExporterAlerts(inventory: Inventory): AlertGroup {
  const { hosts, thresholds } = inventory;
  if (hostsWith(inventory, "flower").length === 0) return { name: "flower-exporter", alerts: [] };
  const hooked = hostsWith(inventory, "hook");
  const ofServerApps = hosts.some(
    ({ name, role }) => role === "superlink" && hooked.includes(name),
  );
  return {
    name: "flower-exporter",
    alerts: [
      blind(thresholds),
      replaying(thresholds),
      seriesDropped(thresholds),
      untested(thresholds),
      ...(ofServerApps ? [hookMissing(thresholds)] : []),
      ...(hooked.length > 0 ? hookReports(thresholds) : []),
    ],
  };
}
