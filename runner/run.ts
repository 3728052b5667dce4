import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

/** How one command is run. */
export interface RunOptions {
  /** Working directory; default is the caller's. */
  cwd?: string;
  /** Added to the caller's environment; a value of undefined takes the variable away. */
  env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is then closed; default is an empty input. */
  input?: string | Buffer;
  /** Milliseconds until the command is ended (SIGTERM, 5 s later SIGKILL); default is no limit. */
  timeoutMs?: number;
  /** Called with each line of standard output and standard error as it comes. */
  onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** File to which both streams are appended. */
  logFile?: string;
}

/** Both streams of a command that ended with 0. */
export interface RunResult {
  stdout: string;
  stderr: string;
}

/** A command that did not start, failed, or ran too long. */
export class CommandError extends Error {
  constructor(
    message: string,
    /** Exit code; undefined when it never started or a signal ended it. */
    readonly code: number | undefined,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(message);
    this.name = "CommandError";
  }
}

const TAIL_LINES = 20;

/**
 * Runs one command without a shell and waits for it.
 * @throws {CommandError} naming the command, how it ended and the last 20 lines that it printed.
 */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...options.env };
    const child = spawn(command, args, { cwd: options.cwd, env, stdio: "pipe" });
    const said = { stdout: "", stderr: "" };
    const tail: string[] = [];
    let timedOut = false;

    const lines = (["stdout", "stderr"] as const).map((stream) => {
      const splitter = new LineSplitter((line) => {
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        options.onLine?.(line, stream);
      });
      child[stream].setEncoding("utf8");
      child[stream].on("data", (chunk: string) => {
        said[stream] += chunk;
        appendLog(options.logFile, chunk);
        splitter.add(chunk);
      });
      return splitter;
    });

    const killers: NodeJS.Timeout[] = [];
    if (options.timeoutMs !== undefined) {
      const stop = () => {
        timedOut = true;
        child.kill("SIGTERM");
        killers.push(setTimeout(() => child.kill("SIGKILL"), 5_000));
      };
      killers.push(setTimeout(stop, options.timeoutMs));
      // A grandchild can hold the pipes open after the child is gone, and "close" would never come.
      child.on("exit", () => {
        if (!timedOut) return;
        child.stdout.destroy();
        child.stderr.destroy();
      });
    }

    const fail = (how: string, code?: number) => {
      const output = tail.length === 0 ? "It printed nothing." : tail.join("\n");
      const text = `${[command, ...args].join(" ")}: ${how}\n${output}`;
      reject(new CommandError(text, code, said.stdout, said.stderr));
    };
    const done = () => {
      killers.forEach(clearTimeout);
      lines.forEach((splitter) => splitter.end());
    };
    child.on("error", (error) => {
      done();
      fail(`did not start: ${error.message}`);
    });
    child.on("close", (code, signal) => {
      done();
      if (timedOut) fail(`took more than ${(options.timeoutMs ?? 0) / 1000} s and was ended`);
      else if (code === 0) resolve({ stdout: said.stdout, stderr: said.stderr });
      else if (code === null) fail(`was ended by ${signal ?? "a signal"}`);
      else fail(`exit code ${code}`, code);
    });

    // A command that does not read its input closes the pipe early; its exit code says what matters.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input);
  });
}

/** Written at once, so that the log is whole when a failure points at it. */
function appendLog(file: string | undefined, text: string) {
  if (file === undefined) return;
  try {
    appendFileSync(file, text);
  } catch {
    // A full disk under the log must not end the command that is being logged.
  }
}

/** Cuts a stream into lines; a carriage return counts too, as progress bars print it. */
class LineSplitter {
  private rest = "";
  constructor(private readonly emit: (line: string) => void) {}

  add(chunk: string) {
    const parts = (this.rest + chunk).split(/\r\n|[\r\n]/);
    this.rest = parts.pop() ?? "";
    for (const part of parts) if (part !== "") this.emit(part);
  }

  end() {
    if (this.rest !== "") this.emit(this.rest);
    this.rest = "";
  }
}
