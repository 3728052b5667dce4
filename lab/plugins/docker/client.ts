import Docker from "dockerode";
import type { Operation } from "../kit/provider";
import { bool, list, str, type InputsOf } from "../kit/schema";
import { SshAgent, sshTarget } from "./ssh-agent";

export const configShape = {
  host: str(),
  sshOpts: list(str()),
  disableDockerDaemonCheck: bool(),
};
export type DockerConfig = InputsOf<typeof configShape>;

/** Makes clients for the configured daemon: `unix://<socket>` or `ssh://[user@]host[:port]`. */
export class Daemon {
  private config: DockerConfig = {};

  /**
   * Takes the configuration and, as the official plugin does for a local socket, asks the daemon for a
   * sign of life: a preview too fails without one. Over SSH nothing is asked.
   */
  async configure(config: DockerConfig): Promise<void> {
    this.config = config;
    if (!this.host().startsWith("unix://") || config.disableDockerDaemonCheck === true) return;
    const signal = AbortSignal.timeout(30_000);
    await this.with({ signal }, (docker) => docker.ping()).catch((error: unknown) => {
      throw new Error(`failed to connect to any docker daemon: ${daemonWords(error)}`, {
        cause: error,
      });
    });
  }

  private host(): string {
    return this.config.host ?? process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  }

  /** Runs `fn` with a client of its own, as the official plugin does: over SSH, one handshake each. */
  async with<T>(op: Pick<Operation, "signal">, fn: (docker: Docker) => Promise<T>): Promise<T> {
    const host = this.host();
    if (host.startsWith("unix://")) {
      return guarded(op, () => fn(new Docker({ socketPath: host.slice("unix://".length) })));
    }
    if (host.startsWith("ssh://")) {
      const agent = new SshAgent(sshTarget(host), this.config.sshOpts ?? []);
      // The name is never looked up: the agent's connections go where ssh takes them.
      const options = { protocol: "http" as const, host: "docker", port: 80, agent };
      const docker = new Docker(options);
      return guarded(op, () => fn(docker)).finally(() => agent.destroy());
    }
    const shown = host.replace(/^([a-z]+:\/\/).*/, "$1...");
    throw new Error(
      `provider property "host": the stand-in speaks unix:// and ssh://, got "${shown}"`,
    );
  }
}

/** Ends the wait for `run` when the operation is cancelled. */
async function guarded<T>(op: Pick<Operation, "signal">, run: () => Promise<T>): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    // A wait that looks at the signal itself ends first and can still tell what it leaves behind.
    const giveUp = (): void => reject(new Error("context canceled"));
    onAbort = () => void setTimeout(giveUp, 2000).unref();
    if (op.signal.aborted) onAbort();
    else op.signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([run(), aborted]);
  } finally {
    if (onAbort !== undefined) op.signal.removeEventListener("abort", onAbort);
  }
}

/** The HTTP status of a daemon's refusal; undefined for other errors. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === "number" ? status : undefined;
}

/** The answer, or undefined when the daemon says that there is no such thing. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

const unreachable = ["ENOENT", "ECONNREFUSED", "EACCES"];

/** The daemon's own words, without the client library's prefix. */
export function daemonWords(error: unknown): string {
  const json = (error as { json?: { message?: unknown } } | null)?.json;
  const said = json?.message;
  if (typeof said === "string") return `Error response from daemon: ${said}`;
  const message = error instanceof Error ? error.message : String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && unreachable.includes(code)) {
    return `Cannot connect to the Docker daemon (${message}). Is the docker daemon running?`;
  }
  return message;
}
