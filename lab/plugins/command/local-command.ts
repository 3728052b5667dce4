import { spawn } from "node:child_process";
import type { Operation } from "../kit/provider";
import { list, str, type InputsOf } from "../kit/schema";
import { commandResource, type Printed } from "./command-resource";
import { commandShape, Output, previousOutput } from "./output";

const inputs = { ...commandShape, dir: str(), interpreter: list(str()) };

type Inputs = InputsOf<typeof inputs>;
type State = Inputs & Partial<Printed>;

/** command:local:Command, without the official one's asset and archive globs. */
export const localCommand = commandResource<State>(inputs, run);

/** Go's words for an operation that was cancelled or ran out of its custom timeout. */
function contextError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  const timedOut = reason instanceof Error && reason.name === "TimeoutError";
  return new Error(timedOut ? "context deadline exceeded" : "context canceled");
}

async function run(state: State, command: string, op: Operation): Promise<Printed> {
  const chosen = state.interpreter ?? [];
  const [program = "/bin/sh", ...args] = chosen.length > 0 ? chosen : ["/bin/sh", "-c"];
  const previous = state.addPreviousOutputInEnv === false ? [] : previousOutput(state);
  const child = spawn(program, [...args, command], {
    cwd: state.dir ?? process.cwd(),
    env: { ...process.env, ...state.environment, ...Object.fromEntries(previous) },
    signal: op.signal,
    killSignal: "SIGKILL",
  });
  const output = new Output(state.logging, op.log);
  child.stdout.on("data", (chunk: Buffer) => output.add("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => output.add("stderr", chunk));
  // A command that ends without reading its stdin closes the pipe under us; that is no error.
  child.stdin.on("error", () => undefined);
  child.stdin.end(state.stdin ?? "");
  const reason = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === "ENOENT" ? `fork/exec ${program}: no such file or directory` : error.message,
      ),
    );
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `signal: ${signal ?? "unknown"}` : `exit status ${code}`);
    });
  });
  if (op.signal.aborted) throw contextError(op.signal);
  if (reason !== undefined) throw output.failure(reason, command);
  return { stdout: output.stdout, stderr: output.stderr };
}
