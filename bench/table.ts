/** Numbers of a benchmark as text. Pure. */

/** A Markdown table, its columns as wide as their widest cell; the first is text, the rest numbers. */
export function markdown(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? "", width, column)).join(" | ")} |\n`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [head, rule, ...rows].map(line).join("");
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** The middle value; of an even number of values the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half];
  if (upper === undefined) throw new Error("median: no values");
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** Seconds of several runs: `least / median`. */
export function spread(seconds: readonly number[]): string {
  return `${Math.min(...seconds).toFixed(1)} / ${median(seconds).toFixed(1)}`;
}

/** How many times longer the first takes, by the medians. */
export function ratio(slow: readonly number[], fast: readonly number[]): number {
  const base = median(fast);
  if (base <= 0) throw new Error(`ratio: ${base} s cannot be compared with`);
  return median(slow) / base;
}
