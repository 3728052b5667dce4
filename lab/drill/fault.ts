import type { Lab } from "../layout";

/** Something that goes wrong in the lab, and what somebody is told of it. */
export interface Fault {
  /** As in the command line. */
  name: string;
  /** The alert that is told, with labels that it has. */
  alert: string;
  labels?: Record<string, string>;
  /** Faults of a lane come one after the other, two lanes at a time; "alone" are after both. */
  lane: "hosts" | "training" | "alone";
  /** Seconds from the fault to the message, at the latest. */
  tells: number;
  /** Seconds from the repair to the message that it is over, at the latest. */
  ends: number;
  /**
   * For an alert that is always told: seconds without it that count as its message, as for who waits
   * at the dead man's switch. It is over when it is heard again.
   */
  silence?: number;
  /** The next fault of its lane does not wait for its end. @default false */
  endsSlowly?: true;
  inject: (lab: Lab) => Promise<unknown>;
  heal: (lab: Lab) => Promise<unknown>;
  /** Other alerts that say something true of the same fault, and do not speak for it. @default none */
  also?: string[];
}
