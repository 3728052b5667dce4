/** How alerts read the Flower exporter's series. Pure text. */
import { lines } from "../promql";
import type { Thresholds } from "../thresholds";

/** Labels that tell a SuperNode, and none that says where the exporter is. */
export const NODE = "federation, node_id, name, location";

/** Labels that tell a run. */
export const RUN = "federation, run_id";

/** A SuperNode in a text: one without a registered key has no name. */
export const NODE_NAME =
  "{{ if $labels.name }}{{ $labels.name }}{{ else }}{{ $labels.node_id }}{{ end }}";

/** The last value, also while the exporter is started again. */
export function last(selector: string, { flowerGap }: Thresholds, offset = ""): string {
  const back = offset === "" ? "" : ` offset ${offset}`;
  return `last_over_time(${selector}[${flowerGap}]${back})`;
}

/** A run's value: one series for each run, and for each value of `more`, labels to be kept. */
export function ofRun(selector: string, thresholds: Thresholds, more: string[] = []): string {
  return `max by (${[RUN, ...more].join(", ")}) (${last(selector, thresholds)})`;
}

/** A SuperNode's value: one series for each, and for each value of `more`. */
export function ofNode(selector: string, thresholds: Thresholds, more: string[] = []): string {
  return `max by (${[NODE, ...more].join(", ")}) (${last(selector, thresholds)})`;
}

/** The runs that are running. */
export function running(thresholds: Thresholds): string {
  return `${ofRun('fl_training_status{run_id!=""}', thresholds)} == 1`;
}

/** Federations of which the exporter knows how they are now: only there may time alone decide. */
export function seen(thresholds: Thresholds): string {
  const age = last("fl_exporter_up_to_date_seconds", thresholds);
  return `max by (federation) (${age}) < ${thresholds.exporterBlindSeconds}`;
}

/**
 * By how much counters grew in a window. `increase` would not see the first failure of a kind, with
 * which its series begins: a series that was not there before counts from 0, if the exporter was. Then
 * it is new; otherwise it is only newly seen, and counts from its first value. What was before is looked
 * for as far back again, so that a pause of the exporter makes nothing new.
 */
export function grown(
  by: string,
  selector: string,
  window: string,
  thresholds: Thresholds,
): string {
  const now = `sum by (${by}) (${last(selector, thresholds)})`;
  const before = (metric: string): string =>
    `last_over_time(${metric}[${window}] offset ${window})`;
  return lines(
    "(",
    `  ${now} - (`,
    `    sum by (${by}) (${before(selector)})`,
    `    or (0 * ${now} and on (federation) ${before("fl_exporter_start_time_seconds")})`,
    `    or sum by (${by}) (min_over_time(${selector}[${window}]))`,
    "  )",
    ")",
  );
}

/** A share of one in percent, for texts. */
export function percent(share: number): number {
  return Math.round(share * 1000) / 10;
}
