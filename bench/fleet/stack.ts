import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { REPO } from "../../lab/engine/project";
import { run } from "../../runner/run";
import type { Toolchain } from "../../lab/toolchain";
import { STACK, type Answer, type FleetProgram, type Operation, type Request } from "./protocol";

const died: Answer = { endedAt: 0, changes: {}, error: "its process ended without an answer" };

const PROJECT = "flower-monitoring-bench";

/** How the engine is run. */
export interface EngineSettings {
  /** Resources worked on at once. */
  parallel: number;
  /** Save the state once, at the end (PULUMI_SKIP_CHECKPOINTS), not twice for each change. @default false */
  skipCheckpoints?: boolean;
}

/** What one run took and did. */
export interface Took {
  /** From the start of Node to the end of `pulumi up` or `pulumi destroy`. */
  seconds: number;
  /** Resources created, updated, deleted or replaced. */
  changed: number;
}

/** A stack of FederationHosts with a state of its own below a folder. */
export class FleetStack {
  private constructor(
    private readonly dir: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly parallel: number,
  ) {}

  static async create(
    dir: string,
    tools: Toolchain,
    settings: EngineSettings,
  ): Promise<FleetStack> {
    const env = {
      ...tools.env,
      PULUMI_BACKEND_URL: `file://${join(dir, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(dir, "passphrase"),
      FLOWER_MONITORING_NODE: process.execPath,
      ...(settings.skipCheckpoints === true ? { PULUMI_SKIP_CHECKPOINTS: "true" } : {}),
    };
    await mkdir(join(dir, "state"), { recursive: true });
    await writeFile(join(dir, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\nmain: ${REPO}\n`);
    await writeFile(join(dir, "passphrase"), randomBytes(24).toString("hex"), { mode: 0o600 });
    await run(tools.pulumi.path, ["stack", "init", STACK], { cwd: dir, env });
    return new FleetStack(dir, env, settings.parallel);
  }

  up(program: FleetProgram): Promise<Took> {
    return this.operate("up", program);
  }

  destroy(program: FleetProgram): Promise<Took> {
    return this.operate("destroy", program);
  }

  /** Size of the state, in bytes. */
  async stateBytes(): Promise<number> {
    const file = join(this.dir, "state", ".pulumi", "stacks", PROJECT, `${STACK}.json`);
    return (await stat(file)).size;
  }

  /** @throws naming the log, when the run failed */
  private async operate(operation: Operation, program: FleetProgram): Promise<Took> {
    const { dir, parallel } = this;
    const request: Request = { operation, program, projectDir: dir, parallel };
    const log = join(dir, "engine.log");
    // A thousand hosts are too much for an argument.
    const requestFile = join(dir, "request.json");
    await writeFile(requestFile, JSON.stringify(request));
    const loader = join(REPO, "node_modules/tsx/dist/loader.mjs");
    const startedAt = Date.now();
    const child = spawn(
      process.execPath,
      ["--import", loader, join(__dirname, "worker.ts"), requestFile],
      { cwd: REPO, env: this.env, stdio: ["ignore", "pipe", "pipe"] },
    );
    const said = child.stderr.pipe(createWriteStream(log, { flags: "a" }));
    const printed = await text(child.stdout);
    await finished(said);
    const answer = printed === "" ? died : (JSON.parse(printed) as Answer);
    if (answer.error !== undefined) {
      throw new Error(`pulumi ${operation}: ${answer.error}\nAll that it printed is in ${log}`);
    }
    const changed = Object.entries(answer.changes)
      .filter(([op]) => op !== "same")
      .reduce((sum, [, count]) => sum + count, 0);
    return { seconds: (answer.endedAt - startedAt) / 1000, changed };
  }
}
