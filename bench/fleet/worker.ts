/**
 * One run of the real engine on a fleet: a FederationHost for each host and nothing else, as an
 * inline program of the Automation API, in a process of its own as `pulumi up` is one.
 */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import { STACK, type Answer, type FleetProgram, type Request } from "./protocol";

const require = createRequire(__filename);

/** The program's defaults; the files are those of other components. */
const SSH = { user: "root", port: 22, waitSeconds: 60, knownHostsFile: "", controlDirectory: "" };

/** Loads the components when the engine asks for the program, as a language host would. */
function declare({ hosts, privateKeyFile, nodeExporter, flags = [] }: FleetProgram): void {
  const { FederationHost } =
    require("../../components/federation-host") as typeof import("../../components/federation-host");
  const { nodeExporterFlags } =
    require("../../components/render/host-units") as typeof import("../../components/render/host-units");
  // Flags are code here, not config: a change of one is an edit of that list.
  nodeExporterFlags.push(...flags);
  const artifacts = nodeExporter === undefined ? {} : { nodeExporter };
  const ssh = { ...SSH, privateKeyFile };
  const config = { federation: "bench", context: CONTEXT_DEFAULTS, artifacts, ssh };
  for (const host of hosts) new FederationHost(host.name, { host, config, secrets: { ssh: {} } });
}

/** When the CLI's process of this operation ended: what comes after only reads the stack's outputs. */
function watchCli(operation: string): { endedAt: number } {
  const watched = { endedAt: 0 };
  subscribe("child_process", (message) => {
    const { process: child } = message as { process: ChildProcess };
    child.once("exit", () => {
      if (child.spawnargs[1] === operation) watched.endedAt = Date.now();
    });
  });
  return watched;
}

async function main({ operation, program, projectDir, parallel }: Request): Promise<Answer> {
  const cli = watchCli(operation);
  const stack = await LocalWorkspace.selectStack(
    {
      stackName: STACK,
      projectName: "flower-monitoring-bench",
      // eslint-disable-next-line @typescript-eslint/require-await -- the API wants a promise
      program: async () => declare(program),
    },
    { workDir: projectDir },
  );
  const options = {
    parallel,
    color: "never" as const,
    onOutput: (text: string) => void process.stderr.write(text),
  };
  const { summary } = operation === "up" ? await stack.up(options) : await stack.destroy(options);
  return { endedAt: cli.endedAt, changes: { ...summary.resourceChanges } };
}

const request = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Request;
void main(request)
  .catch((error: unknown): Answer => ({ endedAt: 0, changes: {}, error: String(error) }))
  .then((answer) => void process.stdout.write(JSON.stringify(answer)));
