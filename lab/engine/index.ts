import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../layout";
import type { Toolchain } from "../toolchain";
import { projectEnv, REPO, writeProject, type Edit } from "./project";
import type { Operation, Outcome, Step } from "../../runner/engine/outcome";
import type { Message, Request } from "./protocol";

export { changes, type Operation, type Outcome, type Step } from "../../runner/engine/outcome";
export { projectEnv, projectOf, type Edit } from "./project";

/** An operation under way. */
export interface Running {
  outcome: Promise<Outcome>;
  /** Sends a signal to the engine and everything it started, as a terminal's Ctrl-C would. */
  signal(signal: NodeJS.Signals): void;
}

/** How an operation is run. */
export interface EngineOptions {
  /** Another stack of the lab's project, from the same example. @default the lab's own */
  stack?: string;
  /** Added to the engine's environment. */
  env?: NodeJS.ProcessEnv;
  /** Changes the example's config for this and, until the next write, later operations. */
  edit?: Edit;
  onStep?: (step: Step) => void;
  /** Show what the engine prints, beside writing it to the lab's log. */
  echo?: boolean;
}

/** Starts an operation of the real engine on a stack of the lab. */
export async function start(
  lab: Lab,
  tools: Toolchain,
  operation: Operation,
  options: EngineOptions = {},
): Promise<Running> {
  const { stack = lab.stack, edit } = options;
  const project = await writeProject(lab, tools, { stack, edit });
  const request: Request = {
    operation,
    stack,
    projectDir: project.dir,
    grafanaPasswordFile: project.grafanaPasswordFile,
  };
  mkdirSync(join(lab.dir, "log"), { recursive: true });
  const log = createWriteStream(join(lab.dir, "log", "engine.log"), { flags: "a" });
  const child = spawn(
    process.execPath,
    [
      "--import",
      join(REPO, "node_modules/tsx/dist/loader.mjs"),
      join(__dirname, "worker.ts"),
      JSON.stringify(request),
    ],
    {
      cwd: REPO,
      env: {
        ...projectEnv(project, tools),
        FLOWER_MONITORING_NODE: process.execPath,
        ...options.env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that a signal reaches the engine and its plugins too.
      detached: true,
    },
  );
  child.stderr.pipe(log);
  if (options.echo === true) child.stderr.pipe(process.stdout);
  let last: Outcome | undefined;
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    log.write(`${line}\n`);
    if (!line.startsWith("{")) return;
    const message = JSON.parse(line) as Message;
    if (message.type === "step") options.onStep?.(message.step);
    else last = message.outcome;
  });
  const outcome = new Promise<Outcome>((resolve) => {
    child.on("close", (code, signal) => {
      resolve(last ?? died(`the engine's process ended with ${signal ?? code}`));
    });
  });
  return {
    outcome,
    signal: (name) => {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    },
  };
}

function died(error: string): Outcome {
  const nothing = { steps: [], failures: {}, diagnostics: [], outputs: {}, seconds: 0 };
  return { ok: false, ...nothing, error };
}

/** Runs an operation to its end. A failed one is an outcome, not an exception. */
export async function engine(
  lab: Lab,
  tools: Toolchain,
  operation: Operation,
  options: EngineOptions = {},
): Promise<Outcome> {
  const running = await start(lab, tools, operation, options);
  // The engine is in a process group of its own: Ctrl-C has to be handed on.
  const forward = (): void => running.signal("SIGINT");
  process.on("SIGINT", forward);
  try {
    return await running.outcome;
  } finally {
    process.off("SIGINT", forward);
  }
}
