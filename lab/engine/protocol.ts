/** What the engine can be asked for. */
export type Operation = "up" | "preview" | "refresh" | "destroy";

/** One operation, as the driver asks the worker for it. */
export interface Request {
  operation: Operation;
  stack: string;
  projectDir: string;
  /** Bytes of the admin password are read from here and go to the engine over standard input. */
  grafanaPasswordFile: string;
}

/** One resource step of the engine. */
export interface Step {
  /** same, create, update, replace, create-replacement, delete-replaced, delete, refresh, ... */
  op: string;
  urn: string;
  type: string;
  /** Last part of the URN. */
  name: string;
  /** Property paths that differ. */
  diffs: string[];
}

/** What an operation ended with. */
export interface Outcome {
  ok: boolean;
  /** All steps but those of the stack and of providers. */
  steps: Step[];
  /** Steps that failed: resource name to the provider's words. */
  failures: Record<string, string>;
  /** Errors and warnings of the engine and the program, in order. */
  diagnostics: { severity: string; message: string }[];
  /** Stack outputs, secrets masked. */
  outputs: Record<string, unknown>;
  seconds: number;
  error?: string;
}

/** Lines from worker to driver, one JSON object each. */
export type Message = { type: "step"; step: Step } | { type: "outcome"; outcome: Outcome };

/** Steps that change something: an up without any is a no-op. */
export function changes(outcome: Outcome): Step[] {
  return outcome.steps.filter(({ op }) => !["same", "read", "refresh"].includes(op));
}
