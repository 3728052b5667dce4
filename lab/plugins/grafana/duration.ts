import { unknown, type Value } from "../kit/property";

const unitSeconds: Record<string, number> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
  w: 604800,
};

/** Seconds of "90s", "1m30s", "1d", "0"; undefined when the text is no duration. */
export function seconds(text: string): number | undefined {
  if (text === "0" || text === "") return 0;
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(count) * (unitSeconds[unit] ?? 0);
  }
  return total;
}

/** Go's form of a duration, in which the server keeps it: "1m30s". */
export function goDuration(text: string): string {
  const total = seconds(text) ?? 0;
  const [h, m, s] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}

/** For a schema: durations are compared by what they say, and must say something. */
export const duration = {
  normal: (value: Value): Value => (typeof value === "string" ? (seconds(value) ?? value) : value),
  valid: (value: Value): string | undefined =>
    value === unknown || (typeof value === "string" && seconds(value) !== undefined)
      ? undefined
      : "must be a duration such as 30s, 5m or 1d.",
};
