import type { Operation, Outcome, Step } from "../../runner/engine/outcome";

/** One operation, as the driver asks the worker for it. */
export interface Request {
  operation: Operation;
  stack: string;
  projectDir: string;
  /** Bytes of the admin password are read from here and go to the engine over standard input. */
  grafanaPasswordFile: string;
}

/** Lines from worker to driver, one JSON object each. */
export type Message = { type: "step"; step: Step } | { type: "outcome"; outcome: Outcome };
