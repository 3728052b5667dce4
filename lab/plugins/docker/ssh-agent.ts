import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import * as http from "node:http";
import { Duplex } from "node:stream";

/** Where an ssh:// URL points. */
export interface SshTarget {
  host: string;
  user?: string;
  port?: string;
}

/** Reads ssh://[user@]host[:port]; a password or a path in it is an error, as in Docker's own. */
export function sshTarget(url: string): SshTarget {
  const parsed = new URL(url);
  if (parsed.password !== "")
    throw new Error("ssh:// host: a password in the URL is not supported");
  if (parsed.pathname !== "" && parsed.pathname !== "/") {
    throw new Error(`ssh:// host: a path is not supported, got "${parsed.pathname}"`);
  }
  if (parsed.hostname === "") throw new Error("ssh:// host: no host specified");
  const target: SshTarget = { host: parsed.hostname.replace(/^\[|\]$/g, "") };
  if (parsed.username !== "") target.user = decodeURIComponent(parsed.username);
  if (parsed.port !== "") target.port = parsed.port;
  return target;
}

/** The command line of one connection; `-T` and `--` keep a host name from being an option. */
export function sshArgs(target: SshTarget, options: readonly string[]): string[] {
  const args = [...options, "-o", "ConnectTimeout=30", "-T"];
  if (target.user !== undefined) args.push("-l", target.user);
  if (target.port !== undefined) args.push("-p", target.port);
  return [...args, "--", target.host, "docker", "system", "dial-stdio"];
}

/**
 * HTTP connections to a remote daemon: each is a local `ssh` that runs `docker system dial-stdio`
 * there, so keys, host keys and jump hosts follow ssh's own rules.
 */
export class SshAgent extends http.Agent {
  constructor(
    private readonly target: SshTarget,
    private readonly options: readonly string[],
  ) {
    super({ keepAlive: true });
  }

  override createConnection(): Duplex {
    const args = sshArgs(this.target, this.options);
    return new StdioSocket(spawn("ssh", args, { stdio: "pipe" }), args);
  }
}

/** A child's stdin and stdout as one socket; its stderr and exit become the socket's error. */
class StdioSocket extends Duplex {
  private stderr = "";

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    args: readonly string[],
  ) {
    super();
    child.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    // Writing to an ssh that has ended fails with EPIPE; its exit tells the reason.
    child.stdin.on("error", () => undefined);
    child.on("error", (error) => this.destroy(error));
    child.on("close", (code) => {
      if (code === 0) this.push(null);
      else this.destroy(new Error(exitMessage(args, code, this.stderr)));
    });
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.child.kill();
    done(error);
  }

  // What http.Agent asks of a socket that it keeps for the next request.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    this.child.ref();
    return this;
  }
  unref(): this {
    this.child.unref();
    return this;
  }
}

function exitMessage(args: readonly string[], code: number | null, stderr: string): string {
  return (
    `command [ssh ${args.join(" ")}] has exited with ${code === null ? "a signal" : `exit status ${code}`}, ` +
    "make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: " +
    `stderr=${stderr.trim()}`
  );
}
