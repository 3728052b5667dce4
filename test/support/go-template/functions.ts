/** Functions that texts of alerts may call: those that mean the same to Prometheus and to Grafana. */
import { general, print, printf } from "./format";

/** What a template computes with: a whole number in its text is an integer to Go, which is no float. */
export type Value = string | number | bigint | boolean | undefined;
type Call = (...args: Value[]) => Value;

/** What only one of them knows, or what means another thing to each; and why. */
export const ONLY_PROMETHEUS: Record<string, string> = {
  query: "gives nothing in Grafana",
  first: "is for query, which gives nothing in Grafana",
  value: "is for query, which gives nothing in Grafana",
  label: "is for query, which gives nothing in Grafana",
  strvalue: "is for query, which gives nothing in Grafana",
  sortByLabel: "is for query, which gives nothing in Grafana",
  tmpl: "is for consoles",
  safeHtml: "is for consoles",
  graphLink: "takes PromQL in Prometheus, a JSON text in Grafana",
  tableLink: "takes PromQL in Prometheus, a JSON text in Grafana",
  externalURL: "is Prometheus' address in one, Grafana's in the other",
  pathPrefix: "is Prometheus' path in one, Grafana's in the other",
  now: "is newer than some versions of Grafana",
  toDuration: "is newer than some versions of Grafana",
  urlQueryEscape: "is newer than some versions of Grafana; urlquery is in all",
};

const FACTORS = {
  up: ["k", "M", "G", "T", "P", "E", "Z", "Y"],
  down: ["m", "u", "n", "p", "f", "a", "z", "y"],
  binary: ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"],
};

/** A number with the first unit in which it is as wanted. */
function scaled(
  value: number,
  units: string[],
  by: (v: number) => number,
  done: (v: number) => boolean,
): string {
  let [rest, unit] = [value, ""];
  for (const next of units) {
    if (done(rest)) break;
    [rest, unit] = [by(rest), next];
  }
  return `${general(rest, 4)}${unit}`;
}

const small = (value: number): string =>
  scaled(
    value,
    FACTORS.down,
    (v) => v * 1000,
    (v) => Math.abs(v) >= 1,
  );

function number(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (Number.isNaN(parsed)) throw new Error(`${print(value)} is no number`);
  return parsed;
}

function text(value: Value): string {
  if (typeof value !== "string") throw new Error(`${print(value)} is no text`);
  return value;
}

function humanize(of: Value): string {
  const value = number(of);
  if (value === 0 || !Number.isFinite(value)) return general(value, 4);
  if (Math.abs(value) < 1) return small(value);
  return scaled(
    value,
    FACTORS.up,
    (v) => v / 1000,
    (v) => Math.abs(v) < 1000,
  );
}

function humanize1024(of: Value): string {
  const value = number(of);
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return general(value, 4);
  return scaled(
    value,
    FACTORS.binary,
    (v) => v / 1024,
    (v) => Math.abs(v) < 1024,
  );
}

function humanizeDuration(of: Value): string {
  const value = number(of);
  if (!Number.isFinite(value)) return general(value, 4);
  if (value === 0) return "0s";
  if (Math.abs(value) < 1) return `${small(value)}s`;
  const sign = value < 0 ? "-" : "";
  const whole = Math.trunc(Math.abs(value));
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ] as const;
  const from = parts.findIndex(([count]) => count !== 0);
  // Below a minute the seconds have four digits.
  if (from === 3) return `${sign}${general(Math.abs(value), 4)}s`;
  return (
    sign +
    parts
      .slice(from)
      .map(([count, unit]) => `${count}${unit}`)
      .join(" ")
  );
}

export const truthy = (value: Value): boolean =>
  value !== undefined && value !== "" && value !== 0 && value !== 0n && value !== false;

/** Go refuses to compare two kinds, but for what is missing: that equals nothing. */
function same(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return false;
  if (typeof a !== typeof b) throw new Error(`eq: ${print(a)} and ${print(b)} are of two kinds`);
  return a === b;
}

function less(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined || typeof a !== typeof b) {
    throw new Error(`${print(a)} and ${print(b)} cannot be compared`);
  }
  return a < b;
}

/** Everything but letters, digits and `-_.~`; a space is a plus. */
function queryEscape(value: string): string {
  const code = (one: string): string => `%${one.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(value)
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, code);
}

export const FUNCTIONS: Record<string, Call> = {
  and: (...args) => args.find((one) => !truthy(one)) ?? args.at(-1),
  or: (...args) => args.find(truthy) ?? args.at(-1),
  not: (value) => !truthy(value),
  eq: (first, ...others) => others.some((one) => same(first, one)),
  ne: (a, b) => !same(a, b),
  lt: less,
  le: (a, b) => less(a, b) || same(a, b),
  // Go has only "less" and "equal", so that NaN is greater than anything.
  gt: (a, b) => !(less(a, b) || same(a, b)),
  ge: (a, b) => !less(a, b),
  printf: (format, ...args) => printf(text(format), args),
  urlquery: (value) => queryEscape(print(value)),
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage: (value) => `${general(number(value) * 100, 4)}%`,
  toUpper: (value) => text(value).toUpperCase(),
  toLower: (value) => text(value).toLowerCase(),
};
