/**
 * Operations of the real engine on a stack. The program is the repository's index.ts, run as an inline
 * program of the Automation API: it needs no language host, and the plain `pulumi` works on the same stack.
 */
import { createRequire } from "node:module";
import {
  type EngineEvent,
  type InlineProgramArgs,
  LocalWorkspace,
  type LocalWorkspaceOptions,
  type Stack,
} from "@pulumi/pulumi/automation";
import { EventLog } from "./events";
import type { Operation, Outcome, Step } from "./outcome";

const require = createRequire(__filename);

export interface OperateOptions {
  /** Hears of each step as it begins. */
  onStep?: (step: Step) => void;
  /** Hears what the engine prints, secrets masked. */
  onOutput?: (text: string) => void;
  /** URNs, or patterns of them, that are left as they are. */
  exclude?: string[];
  /** Resources at once. @default the engine's own: four a core */
  parallel?: number;
}

/** What LocalWorkspace wants to open a stack with our program. */
export function programOf(
  stack: string,
  projectDir: string,
): [InlineProgramArgs, LocalWorkspaceOptions] {
  return [
    {
      stackName: stack,
      projectName: "flower-monitoring",
      program: () => (require("../../index") as typeof import("../../index"))(),
    },
    { workDir: projectDir },
  ];
}

/** Opens a stack that is there. */
export function openStack(stack: string, projectDir: string): Promise<Stack> {
  return LocalWorkspace.selectStack(...programOf(stack, projectDir));
}

/** Runs an operation to its end. A failed one is an outcome, not an exception. */
export async function operate(
  stack: Stack,
  operation: Operation,
  options: OperateOptions = {},
): Promise<Outcome> {
  const started = performance.now();
  const log = new EventLog();
  const error = await perform(stack, operation, options, log).then(
    () => undefined,
    (caught: unknown) => (caught instanceof Error ? caught.message : String(caught)),
  );
  const seconds = (performance.now() - started) / 1000;
  const outputs = await stack.outputs().catch(() => ({}));
  return {
    ok: error === undefined,
    ...log.result(),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([key, { value, secret }]) => [
        key,
        secret ? "[secret]" : (value as unknown),
      ]),
    ),
    seconds,
    ...(error === undefined ? {} : { error }),
  };
}

async function perform(
  stack: Stack,
  operation: Operation,
  { onStep, onOutput, exclude = [], parallel }: OperateOptions,
  log: EventLog,
): Promise<void> {
  const onEvent = (event: EngineEvent): void => {
    const step = log.add(event);
    if (step !== undefined) onStep?.(step);
  };
  const options = {
    onEvent,
    color: "never" as const,
    ...(onOutput === undefined ? {} : { onOutput }),
    ...(parallel === undefined ? {} : { parallel }),
  };
  switch (operation) {
    case "up":
      await stack.up({ ...options, exclude, continueOnError: true });
      return;
    case "preview":
      await stack.preview({ ...options, diff: true });
      return;
    case "refresh":
      await stack.refresh({ ...options, runProgram: true });
      return;
    case "destroy":
      await stack.destroy({ ...options, continueOnError: true });
      return;
  }
}
