import type { Alert } from "../rule";
import type { Thresholds } from "../thresholds";
import { ofRun, RUN } from "./flower-series";
import { lines } from "../promql";

/** Runs that failed, with the name of their app. */
function failed(cause: string, thresholds: Thresholds): string {
  return lines(
    ofRun(`fl_run_failed{${cause}}`, thresholds, ["cause"]),
    `  * on (${RUN}) group_left (app) ${ofRun("fl_run_info", thresholds, ["app"])}`,
  );
}

const WHICH = "{{ $labels.run_id }}{{ if $labels.app }} of {{ $labels.app }}{{ end }}";

/** The exporter tells of a failed run for 15 minutes; then these end by themselves. */
export function failureAlerts(thresholds: Thresholds): Alert[] {
  return [
    {
      alert: "ServerAppLost",
      expr: failed('cause="serverapp_lost"', thresholds),
      for: thresholds.runFailedFor,
      severity: "critical",
      summary: `The ServerApp of run ${WHICH} is lost`,
      description:
        `Run ${WHICH} failed since its ServerApp sent no heartbeats any more ({{ $labels.cause }}). What it had ` +
        "trained since its last checkpoint is lost. Likely: the process was killed (memory), or the SuperLink " +
        "or its host was started again.",
      dashboard: "run-explorer",
      link: ["run_id"],
    },
    {
      alert: "RunFailed",
      expr: failed('cause!="serverapp_lost"', thresholds),
      for: thresholds.runFailedFor,
      severity: "warning",
      summary: `Run ${WHICH} failed`,
      description:
        `Run ${WHICH} has ended as failed ({{ $labels.cause }}). Likely: an exception in the ServerApp, or what ` +
        "the app depends on could not be installed. Its log has the reason.",
      dashboard: "run-explorer",
      link: ["run_id"],
    },
  ];
}
