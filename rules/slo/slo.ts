import type { Inventory } from "../rule";
import type { ThresholdName } from "../thresholds";

/**
 * A promise: of all events, or of all slices of time, this share is good, over this window. What
 * has no event says nothing of it, and what is not measured is not known: neither counts as good.
 */
export interface Slo {
  /** Value of the label `slo`. */
  name: string;
  /** What is promised, in one line for people. */
  promise: string;
  /** Threshold with the share that has to be good. */
  objective: ThresholdName;
  /** Threshold with the time over which it has to be. */
  window: ThresholdName;
  /**
   * Whether somebody is woken when the budget goes fast: where no alert on the cause wakes anybody, and
   * waiting until the morning costs what cannot be made good.
   */
  pages: boolean;
  /** Job that it is measured by: while that is down, nobody has to hear that data are missing. */
  job: string;
  /** PromQL with one series for the federation as long as the promise is measured at all. */
  known: string;
  measure: Slices | Events;
}

/** Time, minute by minute: for what is there or not. */
export interface Slices {
  kind: "slices";
  /** PromQL: how good this moment is, 0 to 1, by federation; no series where there is nothing to judge. */
  good: string;
}

/** Things that happen, where each of them counts the same. */
export interface Events {
  kind: "events";
  /** PromQL: how many were bad within a range, by federation. */
  bad: (range: string) => string;
  /** PromQL: how many there were within a range. */
  total: (range: string) => string;
  /** How many there have to be before anything is said of them. */
  minimum: number;
  /** Seconds in which one of them should happen: no window is shorter, or alerts would end between two. */
  rhythm: number;
}

/** Promises for what is deployed. */
export type SloFamily = (inventory: Inventory) => Slo[];
