import type { FederationHostConfig } from "../../components/config/schema";

/** What a run of the engine is asked for. */
export type Operation = "up" | "destroy";

/** The fleet as one run sees it. */
export interface FleetProgram {
  hosts: FederationHostConfig[];
  /** Path of the operator's private key. */
  privateKeyFile: string;
  /** Path of a node_exporter to carry; without it the bundle names a download. */
  nodeExporter?: string;
  /** Flags of node_exporter beside those of the program. @default [] */
  flags?: string[];
}

/** One run, as the driver asks a process of its own for it. */
export interface Request {
  operation: Operation;
  program: FleetProgram;
  /** Folder of Pulumi.yaml; the stack is selected there. */
  projectDir: string;
  /** How many resources the engine works on at once. */
  parallel: number;
}

/** How a run ended. */
export interface Answer {
  /** Milliseconds since the epoch at which the process of `pulumi up` or `pulumi destroy` ended. */
  endedAt: number;
  /** Resources by what happened to them, the stack and providers included. */
  changes: Record<string, number>;
  error?: string;
}

export const STACK = "bench";
