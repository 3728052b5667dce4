/**
 * One engine operation in a process of its own: the program is loaded fresh, and the process can be
 * interrupted or killed as a user's `pulumi up` can. The program is the repository's index.ts, run
 * as an inline program of the Automation API, which needs no language host.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { LocalWorkspace, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { run } from "../run";
import { clearDeadLock, dropPendingCreates } from "./recover";
import { EventLog } from "./events";
import type { Message, Outcome, Request } from "./protocol";

const PASSWORD_KEY = "flower-monitoring:grafanaAdminPassword";
const require = createRequire(__filename);

function tell(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function openStack(request: Request): Promise<Stack> {
  return LocalWorkspace.createOrSelectStack(
    {
      stackName: request.stack,
      projectName: "flower-monitoring",
      program: () => (require("../../index") as typeof import("../../index"))(),
    },
    { workDir: request.projectDir, secretsProvider: "passphrase" },
  );
}

/**
 * The password of a stack that has Grafana goes over standard input: a command line can be read by
 * everybody on the machine.
 */
async function setPassword(request: Request): Promise<void> {
  const file = join(request.projectDir, `Pulumi.${request.stack}.yaml`);
  const text = await readFile(file, "utf8");
  if (text.includes(PASSWORD_KEY) || text.includes("flower-monitoring:scope: fleet\n")) return;
  await run("pulumi", ["config", "set", "--secret", "--stack", request.stack, PASSWORD_KEY], {
    cwd: request.projectDir,
    input: await readFile(request.grafanaPasswordFile, "utf8"),
  });
}

async function operate(stack: Stack, request: Request, log: EventLog): Promise<void> {
  const onEvent = (event: EngineEvent): void => {
    const step = log.add(event);
    if (step !== undefined) tell({ type: "step", step });
  };
  const onOutput = (text: string): void => void process.stderr.write(text);
  const options = { onEvent, onOutput, color: "never" as const };
  switch (request.operation) {
    case "up":
      await stack.up({ ...options, continueOnError: true });
      return;
    case "preview":
      await stack.preview({ ...options, diff: true });
      return;
    case "refresh":
      await stack.refresh({ ...options, runProgram: true });
      return;
    case "destroy":
      await stack.destroy({ ...options, continueOnError: true });
      return;
  }
}

async function main(request: Request): Promise<Outcome> {
  const started = performance.now();
  const log = new EventLog();
  let stack: Stack | undefined;
  let error: string | undefined;
  try {
    stack = await openStack(request);
    await setPassword(request);
    await clearDeadLock(stack);
    await dropPendingCreates(stack, request.grafanaPasswordFile);
    await operate(stack, request, log);
  } catch (caught) {
    error = caught instanceof Error ? caught.message : String(caught);
  }
  const seconds = (performance.now() - started) / 1000;
  const outputs = stack === undefined ? {} : await stack.outputs().catch(() => ({}));
  return {
    ok: error === undefined,
    ...log.result(),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([key, { value, secret }]) => [
        key,
        secret ? "[secret]" : (value as unknown),
      ]),
    ),
    seconds,
    ...(error === undefined ? {} : { error }),
  };
}

const request = JSON.parse(process.argv[2] ?? "{}") as Request;
void main(request).then((outcome) => {
  tell({ type: "outcome", outcome });
  process.exitCode = outcome.ok ? 0 : 1;
});
