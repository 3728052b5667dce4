/** The kinds of thresholds: what they may be, and whether a value is right. */
import { durationSeconds } from "../components/config/durations";
import { EVALUATION_SECONDS } from "./evaluation";

/** One number that decides when somebody is called. */
export interface Threshold<T extends string | number = string | number> {
  default: T;
  /** Why it is this number and no other. */
  why: string;
  /** What it may be, in words. */
  allowed: string;
  /** `Prometheus duration`, or the unit of the number; empty for a count or a share. */
  unit: string;
  accepts: (value: unknown) => boolean;
}

/** A Prometheus duration: a range, an offset. */
export function duration(
  value: string,
  { from, to }: { from: string; to: string },
  why: string,
): Threshold<string> {
  return {
    default: value,
    why,
    allowed: `a Prometheus duration from ${from} to ${to}`,
    unit: "duration",
    accepts: (given) => between(seconds(given), seconds(from), seconds(to)),
  };
}

/** How long a condition holds before an alert fires. */
export function pause(value: string, why: string): Threshold<string> {
  return {
    default: value,
    why,
    // Grafana refuses others, and both evaluators are to mean the same.
    allowed: `a Prometheus duration from ${EVALUATION_SECONDS}s to 7d, a multiple of ${EVALUATION_SECONDS}s`,
    unit: "duration",
    accepts: (given) =>
      between(seconds(given), EVALUATION_SECONDS, seconds("7d")) &&
      (seconds(given) ?? 0) % EVALUATION_SECONDS === 0,
  };
}

export function number(
  value: number,
  { from, to, unit = "" }: { from: number; to: number; unit?: string },
  why: string,
): Threshold<number> {
  return {
    default: value,
    why,
    allowed: `a number from ${from} to ${to}${unit === "" ? "" : ` ${unit}`}`,
    unit,
    accepts: (given) => typeof given === "number" && between(given, from, to),
  };
}

/** One of some numbers. */
export function choice(
  value: number,
  allowed: readonly number[],
  unit: string,
  why: string,
): Threshold<number> {
  return {
    default: value,
    why,
    allowed: `one of ${allowed.join(", ")}${unit === "" ? "" : ` ${unit}`}`,
    unit,
    accepts: (given) => typeof given === "number" && allowed.includes(given),
  };
}

function seconds(value: unknown): number | undefined {
  return typeof value === "string" ? durationSeconds(value) : undefined;
}

function between(
  value: number | undefined,
  from: number | undefined,
  to: number | undefined,
): boolean {
  return value !== undefined && value >= (from ?? value) && value <= (to ?? value);
}
