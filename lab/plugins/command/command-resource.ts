import { randomBytes } from "node:crypto";
import { inputDiff } from "../kit/diff";
import { compact, type Props } from "../kit/property";
import type { Operation, ResourceType } from "../kit/provider";
import type { InputsOf, Shape } from "../kit/schema";
import { commandShape } from "./output";

/** What a command has printed, each stream less one newline at its end. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** A command's state: its inputs and what it printed last. */
export type CommandState = InputsOf<typeof commandShape> & Partial<Printed>;

/**
 * The life of a command, local or remote. Any changed input runs `update` or else `create`; changed
 * triggers replace; nothing is read back; a failed create leaves nothing in the state.
 */
export function commandResource<State extends CommandState>(
  inputs: Shape,
  run: (state: State, command: string, op: Operation) => Promise<Printed>,
): ResourceType {
  // Only ever called with properties that passed `check` against `inputs`.
  const asState = (props: Props): State => props as unknown as State;
  const runAndKeep = async (
    state: State,
    command: string | undefined,
    op: Operation,
  ): Promise<Props> => {
    const { stdout = "", stderr = "" } = state;
    const printed = command === undefined ? { stdout, stderr } : await run(state, command, op);
    return compact({ ...state, ...printed });
  };
  return {
    inputs,
    outputs: ["stdout", "stderr"],
    changing: ["stdout", "stderr"],
    diff: (old, wanted) => ({
      changes: inputDiff(inputs, old.inputs, wanted),
      deleteBeforeReplace: false,
    }),
    async create(props, op) {
      const state = asState(props);
      const id = op.name + randomBytes(4).toString("hex");
      return { id, state: await runAndKeep(state, state.create, op) };
    },
    update(_id, old, props, op) {
      const { stdout = "", stderr = "" } = asState(old);
      const state = { ...asState(props), stdout, stderr };
      return runAndKeep(state, state.update ?? state.create, op);
    },
    async delete(_id, props, op) {
      const state = asState(props);
      if (state.delete !== undefined) await run(state, state.delete, op);
    },
  };
}
