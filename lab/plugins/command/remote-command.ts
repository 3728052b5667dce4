import type { Operation } from "../kit/provider";
import { obj, required, type InputsOf } from "../kit/schema";
import { commandResource, type Printed } from "./command-resource";
import { connectionShape } from "./connection";
import { contextError, dial } from "./dial";
import { exec } from "./exec";
import { commandShape, Output, previousOutput } from "./output";

const inputs = { ...commandShape, connection: required(obj(connectionShape, { secret: true })) };

type Inputs = InputsOf<typeof inputs>;
type State = Inputs & Partial<Printed>;

/**
 * command:remote:Command. Unlike the official one, it closes its connection after the command, and a
 * cancel ends the wait.
 */
export const remoteCommand = commandResource<State>(inputs, run);

async function run(state: State, command: string, op: Operation): Promise<Printed> {
  const connection = await dial(state.connection, op);
  const stop = (): void => connection.close();
  op.signal.addEventListener("abort", stop, { once: true });
  try {
    const output = new Output(state.logging, op.log);
    const env = environment(state);
    const refused: string[] = [];
    const channel = await exec(connection.client, command, env, (name) => refused.push(name));
    reportRefused(refused, state, op);
    channel.on("data", (chunk: Buffer) => output.add("stdout", chunk));
    channel.stderr.on("data", (chunk: Buffer) => output.add("stderr", chunk));
    const ended = new Promise<string | undefined>((resolve) => {
      let reason: string | undefined =
        "wait: remote command exited without exit status or exit signal";
      channel.on("exit", (code: number | null, signal?: string) => {
        if (code === 0) reason = undefined;
        else if (code !== null) reason = `Process exited with status ${code}`;
        else reason = `Process exited from signal ${signal?.replace(/^SIG/, "") ?? "unknown"}`;
      });
      channel.on("close", () => resolve(reason));
    });
    // A command that ends without reading its stdin closes the pipe under us; that is no error.
    channel.on("error", () => undefined);
    channel.end(state.stdin ?? "");
    const reason = await ended;
    if (op.signal.aborted) throw contextError(op.signal);
    if (reason !== undefined) throw output.failure(reason, command);
    return { stdout: output.stdout, stderr: output.stderr };
  } finally {
    op.signal.removeEventListener("abort", stop);
    connection.close();
  }
}

function environment(state: State): Record<string, string> {
  const previous = state.addPreviousOutputInEnv === false ? [] : previousOutput(state);
  return { ...state.environment, ...Object.fromEntries(previous) };
}

/** A refused variable of the program's fails the command; one of ours is only worth a warning. */
function reportRefused(refused: readonly string[], state: State, op: Operation): void {
  for (const name of refused) {
    const message =
      `Unable to set '${name}'. This only works if your SSH server is configured to accept these ` +
      "variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote " +
      "host, you could prefix the command itself with the variables in the form 'VAR=value command'";
    if (state.environment?.[name] === undefined) {
      op.log.warn(message);
      continue;
    }
    op.log.error(message);
    throw new Error(`could not set environment variable "${name}": ssh: setenv failed`);
  }
}
