/** A mistake of the caller's: one line that says what it is, what it got, what is allowed, what to do. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** How a command ends; the same numbers for all of them. */
export const EXIT = {
  /** Done, and nothing stands. */
  ok: 0,
  /** Done as far as it goes: a fault stands, a host was left out, something is unhealthy. */
  fault: 1,
  /** Not begun: wrong arguments, a wrong config, no such stack. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
