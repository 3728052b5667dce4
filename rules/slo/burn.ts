import { durationSeconds, durationText } from "../../components/config/durations";
import type { Inventory } from "../rule";
import type { Slo } from "./slo";

/** Seconds between two slices of time; also how often everything about SLOs is evaluated. */
export const SLICE_SECONDS = 60;

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The window for which the factors and windows below are made, and by which others are scaled. */
const REFERENCE = 30 * DAY;

/** Until here a window is short: a scaled tier would look at minutes, in which little happens. */
const SHORT_WINDOW = DAY;

/** A pair of windows in which the budget burns too fast. */
export interface Tier {
  /** How many times as fast as the objective allows. */
  factor: number;
  /** Seconds over which it has to, so that a moment is none. */
  long: number;
  /** Seconds over which it still has to, so that the alert ends soon after the fault does. */
  short: number;
}

/** Seconds of an SLO's window: what a stack asks for, or all that Prometheus remembers if that is less. */
export function windowSeconds(
  { window }: Slo,
  { thresholds, retentionSeconds }: Inventory,
): number {
  return Math.min(durationSeconds(String(thresholds[window])) ?? 0, retentionSeconds);
}

export function objectiveOf({ objective }: Slo, { thresholds }: Inventory): number {
  return Number(thresholds[objective]);
}

/**
 * The tiers of an SLO. For windows over a day those of the Google SRE workbook: its windows belong to
 * 30 days and are scaled, so that each tier stands for the same share of the budget (2, 5, 10 and 10 %).
 * For a day or less two long windows are left: a quarter of it, for a fast burn, and the whole, in
 * which a factor of 1 says that the promise is being broken. A factor that no error can reach, since
 * everything is bad before, is left out.
 */
export function tiersOf(slo: Slo, inventory: Inventory): Tier[] {
  const window = windowSeconds(slo, inventory);
  const { sloFactorHour, sloFactorSixHours, sloFactorDay, sloFactorThreeDays } =
    inventory.thresholds;
  const tier = (factor: number, long: number, short: number): Tier => ({
    factor,
    long: atLeast(long, 2 * shortest(slo, inventory)),
    short: atLeast(short, shortest(slo, inventory)),
  });
  const scaled = (factor: number, hours: number): Tier => {
    const long = (hours * HOUR * window) / REFERENCE;
    return tier(factor, long, long / 12);
  };
  const tiers =
    window > SHORT_WINDOW
      ? [
          scaled(sloFactorHour, 1),
          scaled(sloFactorSixHours, 6),
          scaled(sloFactorDay, 24),
          scaled(sloFactorThreeDays, 72),
        ]
      : [
          tier(sloFactorSixHours, window / 4, window / 12),
          tier(sloFactorDay, window / 4, window / 12),
          tier(sloFactorThreeDays, window, window / 4),
        ];
  const budget = 1 - objectiveOf(slo, inventory);
  return tiers.filter(({ factor }) => factor * budget < 1);
}

/** Seconds of the shortest window in which there is something to see: two slices, four scrapes, an event. */
function shortest({ measure }: Slo, { scrapeIntervalSeconds }: Inventory): number {
  const rhythm = measure.kind === "events" ? measure.rhythm : 2 * SLICE_SECONDS;
  return Math.max(rhythm, 4 * scrapeIntervalSeconds);
}

/** Whole slices, and no fewer than that. */
function atLeast(seconds: number, least: number): number {
  return Math.max(Math.ceil(seconds / SLICE_SECONDS) * SLICE_SECONDS, least);
}

/** A window as PromQL and the label `window` have it. */
export function windowText(seconds: number): string {
  return durationText(seconds);
}

/** Everything that an SLO's share is recorded over, shortest first. */
export function windowsOf(slo: Slo, inventory: Inventory): number[] {
  const all = tiersOf(slo, inventory).flatMap(({ long, short }) => [long, short]);
  return [...new Set([...all, windowSeconds(slo, inventory)])].sort((a, b) => a - b);
}
