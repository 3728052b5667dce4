/** A stack of a real engine, on hosts that are sshds of loopback, and the runner's commands on it. */
import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { run } from "../../runner/run";
import { toolchain } from "../../lab/toolchain";
import { startSshd, type Sshd } from "../support/sshd";
import type { Raw } from "../unit/config-fixture";

const REPO = resolve(__dirname, "../..");
const PLUGINS = join(REPO, "lab", "plugins", "bin");

/**
 * 127.0.0.`octet` as the resolver of this machine reads it. The config takes it for a name: loopback
 * addresses it refuses, since no other machine reaches them.
 */
export const addressOf = (octet: number): string => `0x7f00000${octet}`;

/** What none of the stack's secrets may be missing, so that it can be looked for. */
export const CANARY = /canary-[a-z]+/g;

/** How a command ended. */
export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

export class RunnerWorld {
  private constructor(
    readonly sshd: Sshd,
    readonly directory: string,
    private readonly pulumi: string,
  ) {}

  /** @param octets of the sshds' addresses, all on one port */
  static async start(octets: number[]): Promise<RunnerWorld> {
    const pulumi = (await toolchain()).pulumi.path;
    const sshd = await startSshd({ addresses: octets.map((octet) => `127.0.0.${octet}`) });
    const directory = mkdtempSync(join(tmpdir(), "flower-monitoring-runner-"));
    const project = { name: "flower-monitoring", runtime: "nodejs", main: REPO };
    writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(project));
    return new RunnerWorld(sshd, directory, pulumi);
  }

  private env(): NodeJS.ProcessEnv {
    return {
      PATH: [dirname(this.pulumi), PLUGINS, process.env["PATH"]].join(delimiter),
      PULUMI_BACKEND_URL: `file://${this.directory}`,
      PULUMI_HOME: join(this.directory, "home"),
      PULUMI_CONFIG_PASSPHRASE: "canary-passphrase",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      FLOWER_MONITORING_CACHE: join(this.directory, "cache"),
      FLOWER_MONITORING_NODE: process.execPath,
    };
  }

  /** What known_hosts pins: a host's octet to its key, and the port where it is another. */
  pin(keys: [octet: number, key: string, port?: number][]): void {
    const lines = keys.map(
      ([octet, key, port = this.sshd.port]) => `[${addressOf(octet)}]:${port} ${key}\n`,
    );
    writeFileSync(join(this.directory, "known_hosts"), lines.join(""));
  }

  /** Makes the stack with these values, the secrets encrypted as `pulumi config set --secret` does. */
  async make(stack: string, values: Raw, secrets: Record<string, string>): Promise<void> {
    const options = { cwd: this.directory, env: this.env() };
    await run(this.pulumi, ["stack", "init", "--stack", stack], options);
    const file = join(this.directory, `Pulumi.${stack}.yaml`);
    for (const [key, input] of Object.entries(secrets)) {
      const args = ["config", "set", "--stack", stack, "--secret", `flower-monitoring:${key}`];
      await run(this.pulumi, args, { ...options, input });
    }
    if (Object.keys(secrets).length === 0) appendFileSync(file, "config:\n");
    for (const [key, value] of Object.entries(values)) {
      appendFileSync(file, `  flower-monitoring:${key}: ${JSON.stringify(value)}\n`);
    }
  }

  /** `npm run <args>`, but for npm. */
  command(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Said> {
    return new Promise((done, failed) => {
      const words = ["--import", "tsx", "runner/main.ts", ...args, "--cwd", this.directory];
      const child = spawn(process.execPath, words, {
        cwd: REPO,
        env: { ...process.env, ...this.env(), ...more },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const said = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
      child.on("error", failed);
      child.on("close", (code) => done({ code, ...said }));
    });
  }

  /** The same, and every process's arguments meanwhile. */
  async watched(args: string[]): Promise<Said & { processes: string }> {
    const look = "while :; do ps -eo args; sleep 0.1; done";
    const watch = spawn("sh", ["-c", look], { detached: true, env: { PATH: process.env["PATH"] } });
    let processes = "";
    watch.stdout.on("data", (chunk: Buffer) => (processes += chunk.toString()));
    try {
      return { ...(await this.command(args)), processes };
    } finally {
      process.kill(-(watch.pid ?? 0), "SIGKILL");
    }
  }

  async remove(): Promise<void> {
    await this.sshd.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
