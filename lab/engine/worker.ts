/**
 * One engine operation in a process of its own: the program is loaded fresh, and the process can be
 * interrupted or killed as a user's `pulumi up` can.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { operate, programOf } from "../../runner/engine/operate";
import type { Outcome } from "../../runner/engine/outcome";
import { recover } from "../../runner/engine/recover";
import { run } from "../../runner/run";
import type { Message, Request } from "./protocol";

const PASSWORD_KEY = "flower-monitoring:grafanaAdminPassword";

function tell(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function openStack({ stack, projectDir }: Request): Promise<Stack> {
  const [program, options] = programOf(stack, projectDir);
  const secretsProvider = "passphrase";
  return LocalWorkspace.createOrSelectStack(program, { ...options, secretsProvider });
}

/**
 * The password of a stack that has Grafana goes over standard input: a command line can be read by
 * everybody on the machine.
 */
async function setPassword(request: Request, password: string): Promise<void> {
  const file = join(request.projectDir, `Pulumi.${request.stack}.yaml`);
  const text = await readFile(file, "utf8");
  if (text.includes(PASSWORD_KEY) || text.includes("flower-monitoring:scope: fleet\n")) return;
  await run("pulumi", ["config", "set", "--secret", "--stack", request.stack, PASSWORD_KEY], {
    cwd: request.projectDir,
    input: password,
  });
}

async function main(request: Request): Promise<Outcome> {
  try {
    const stack = await openStack(request);
    const password = await readFile(request.grafanaPasswordFile, "utf8");
    await setPassword(request, password);
    await recover(stack, password);
    return await operate(stack, request.operation, {
      onStep: (step) => tell({ type: "step", step }),
      onOutput: (text) => void process.stderr.write(text),
    });
  } catch (caught) {
    const error = caught instanceof Error ? caught.message : String(caught);
    const nothing = { steps: [], failures: {}, diagnostics: [], outputs: {}, seconds: 0 };
    return { ok: false, ...nothing, error };
  }
}

const request = JSON.parse(process.argv[2] ?? "{}") as Request;
void main(request).then((outcome) => {
  tell({ type: "outcome", outcome });
  process.exitCode = outcome.ok ? 0 : 1;
});
