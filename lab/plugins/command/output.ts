import type { Logger } from "../kit/provider";
import { any, bool, list, map, str } from "../kit/schema";

/** The inputs that local and remote commands share. */
export const commandShape = {
  create: str(),
  update: str(),
  delete: str(),
  // The official docs promise an update; the plugin replaces.
  triggers: list(any(), { forceNew: true }),
  stdin: str(),
  logging: str({ oneOf: ["stdout", "stderr", "stdoutAndStderr", "none"] }),
  environment: map(str()),
  addPreviousOutputInEnv: bool(),
};

/** Collects what a command prints: each stream, and both in order of arrival for error messages. */
export class Output {
  private readonly streams = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  private readonly both: Buffer[] = [];
  private readonly rest = { stdout: "", stderr: "" };

  constructor(
    private readonly logging: string | undefined,
    private readonly log: Logger,
  ) {}

  add(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.streams[stream].push(chunk);
    this.both.push(chunk);
    if (!this.shows(stream)) return;
    const lines = (this.rest[stream] + chunk.toString()).split("\n");
    this.rest[stream] = lines.pop() ?? "";
    for (const line of lines) this.log.status(line);
  }

  /** Output less one newline at the end, as the official plugin stores it. */
  get stdout(): string {
    return text(this.streams.stdout);
  }

  get stderr(): string {
    return text(this.streams.stderr);
  }

  /** The official error text: the reason, the whole command, then all it printed. Never stdin. */
  failure(reason: string, command: string): Error {
    const printed = Buffer.concat(this.both).toString();
    return new Error(`${reason}: running ${JSON.stringify(command)}:\n${printed}`);
  }

  private shows(stream: "stdout" | "stderr"): boolean {
    const logging = this.logging ?? "stdoutAndStderr";
    return logging === "stdoutAndStderr" || logging === stream;
  }
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString().replace(/\n$/, "");
}

/** What the previous run printed, as environment for the next. */
export function previousOutput(state: { stdout?: string; stderr?: string }): [string, string][] {
  const vars: [string, string][] = [];
  if (state.stdout !== undefined && state.stdout !== "") {
    vars.push(["PULUMI_COMMAND_STDOUT", state.stdout]);
  }
  if (state.stderr !== undefined && state.stderr !== "") {
    vars.push(["PULUMI_COMMAND_STDERR", state.stderr]);
  }
  return vars;
}
