import type { Diff } from "./diff";
import type { Props } from "./property";
import type { Failure, Shape } from "./schema";

/** What an operation may use besides its properties. */
export interface Operation {
  urn: string;
  /** The last part of the URN: the name that the program gave. */
  name: string;
  /** Fires when the engine cancels or the resource's custom timeout has passed. */
  signal: AbortSignal;
  log: Logger;
}

/** Messages to the engine's console. `status` ones show beside the resource and are not kept. */
export interface Logger {
  status(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** One resource type. Properties reach it as plain values: secrets are put back around its answers. */
export interface ResourceType {
  inputs: Shape;
  /** Outputs that the program does not set, unknown in the preview of a create. */
  outputs: readonly string[];
  /** Of those, the ones that an update may change: unknown in the preview of an update. */
  changing?: readonly string[];
  /** After types and names: further failures, or inputs to be filled in (a generated name). */
  normalise?(inputs: Props, old: Props, op: Pick<Operation, "name">): Failure[];
  diff(old: { state: Props; inputs: Props }, wanted: Props): Diff;
  create(inputs: Props, op: Operation): Promise<{ id: string; state: Props }>;
  /** The state and inputs as they are now, undefined when the thing is gone. Absent: unchanged. */
  read?(
    id: string,
    old: { state: Props; inputs: Props },
    op: Operation,
  ): Promise<{ id?: string; state: Props; inputs: Props } | undefined>;
  update?(id: string, old: Props, inputs: Props, op: Operation): Promise<Props>;
  delete(id: string, state: Props, op: Operation): Promise<void>;
}

/** One plugin. */
export interface Provider {
  name: string;
  config: Shape;
  resources: Readonly<Record<string, ResourceType>>;
  /** Called once, before the first operation, with plain values. */
  configure(config: Props): void | Promise<void>;
}

/**
 * The thing was made (or changed) but did not come up. The engine keeps `state` and the reasons; the
 * next update tries again.
 */
export class InitError extends Error {
  constructor(
    readonly id: string,
    readonly state: Props,
    readonly reasons: string[],
  ) {
    super(reasons.join("\n"));
    this.name = "InitError";
  }
}
