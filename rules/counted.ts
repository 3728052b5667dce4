/** Counters that only grow when something is wrong, of several kinds, as one expression. */

/** A counter, and what it counts in words that are a label's value. */
export interface Counted {
  metric: string;
  what: string;
}

/**
 * How much any of the counters grew, each kind with a label that says what it is.
 * @param by labels that are left, beside it
 * @param range Prometheus duration to look back over
 * @param label name of the label
 */
export function grown(
  counters: readonly Counted[],
  { by, range, label }: { by: readonly string[]; range: string; label: string },
): string {
  return counters
    .map(({ metric, what }) =>
      [
        "label_replace(",
        `  sum by (${by.join(", ")}) (increase(${metric}[${range}])) > 0,`,
        `  "${label}", "${what}", "", ""`,
        ")",
      ].join("\n"),
    )
    .join("\nor\n");
}
