/** Pieces of PromQL that several alerts share. */
import type { Inventory } from "./rule";

/** Scrapes in a row that may be missing without an alert's end. */
const SCRAPES = 3;

/** Shortest look back, in seconds: an exporter restarts within it. */
const SHORTEST = 120;

/**
 * The last value of a series, although a scrape or two are missing. Plain PromQL loses a series with the
 * first scrape that fails, and an alert would end and fire anew each time that an exporter restarts.
 */
export function recent(selector: string, inventory: Scraped): string {
  return `last_over_time(${selector}[${moment(inventory)}])`;
}

type Scraped = Pick<Inventory, "scrapeIntervalSeconds">;

/** The range that counts as now: some scrapes, and an exporter's restart. */
export function moment({ scrapeIntervalSeconds }: Scraped): string {
  return `${Math.max(SHORTEST, Math.ceil(SCRAPES * scrapeIntervalSeconds))}s`;
}

/**
 * Series of a counter that grew, or that appeared within the range with a value: the first error makes
 * some series, and that one is no increase. By how much, as a whole number.
 */
export function grew(selector: string, range: string): string {
  return [
    `round(increase(${selector}[${range}])) > 0`,
    `or (${selector} > 0 unless max_over_time(${selector}[${range}] offset ${range}))`,
  ].join("\n");
}

/** The lines of an expression, one step further to the right. */
export function indent(expr: string): string {
  return expr.replaceAll(/^/gm, "  ");
}

/** Several expressions as one, each line by itself. */
export function lines(...parts: string[]): string {
  return parts.join("\n");
}

/** A host's name in a regular expression: of what it may have, only the dot means something there. */
export function literally(name: string): string {
  return name.replaceAll(".", "\\\\.");
}

/** Value of a matcher `=~` for all of the names. */
export function anyOf(names: readonly string[]): string {
  return names.map(literally).join("|");
}
