/** What the engine can be asked for. */
export type Operation = "up" | "preview" | "refresh" | "destroy";

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

/** Steps that change something: an up without any is a no-op. */
export function changes({ steps }: Pick<Outcome, "steps">): Step[] {
  return steps.filter(({ op }) => !["same", "read", "refresh"].includes(op));
}
