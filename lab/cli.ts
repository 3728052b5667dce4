import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { delimiter, dirname } from "node:path";
import { bench } from "./bench";
import { cacheRoot } from "./cache";
import { drill } from "./drill";
import { changes, engine, projectEnv, type Outcome } from "./engine";
import { REPO, writeProject } from "./engine/project";
import { removeHosts, startHosts } from "./hosts";
import { images } from "./images";
import { labOf, type Lab } from "./layout";
import { isConfigured } from "../preview/engine";
import { note, step } from "../runner/progress";
import { report } from "./report";
import { writeSbom } from "./sbom";
import { summary } from "./summary";
import { runTests, writeDocs } from "./tests";
import { stopDocker, toolchain } from "./toolchain";
import { findOnPath } from "./toolchain/find";
import { pulumi } from "./toolchain/pulumi";
import { upgrade } from "./upgrade";

const HELP = `The lab: a whole federation on this machine, monitored by the real program.

  up              toolchain, hosts, a training federation, and the program's "up" on it
  status          what is healthy and what is not
  down            removes everything that "up" made; keeps the cache of built tools
  down --cache    removes that too
  preview         what an "up" would change now, with the differences
  pulumi ...      the plain CLI on the lab's stack, such as: pulumi stack output urls
  sbom            what the program is made of and deploys, as sbom.cdx.json (CycloneDX)
  new-stack ...   writes the file of a stack of your own; --help tells the options
  run ...         the runner on the lab's stack, such as: run doctor, run up, run status --json
  report [...]    every dashboard as one HTML page, and as pictures, filled by a running Prometheus or by recorded
                  scrapes; "report --help"
  check           formatting, lint and types
  docs            writes the generated documents again
  export ...      the runner's export of any stack: needs no lab, no engine and no passphrase
  pull-request .. comments on what changed since a commit, by stack (docs/previews.md)
  post-comment .. puts them on the pull request of this CI job
  drill [...]     faults for real, each until its alert is told; about an hour and a half, --help has the names
  upgrade [...]   an earlier release deploys the lab, then this one does; nothing may be lost
  bench [...]     what monitoring costs on this machine, as tables; "bench help" lists them
  test [--quick]  the checks and all tests; --quick leaves out the engine tests

Environment:
  LAB_PLUGINS                 official | stand-in | auto (default): which Pulumi plugins run
  FLOWER_MONITORING_CACHE     cache directory (default ~/.cache/flower-monitoring)
`;

/** Runs the program's `up` and tells each change as it happens. */
async function deploy(lab: Lab): Promise<Outcome> {
  const tools = await toolchain();
  return step("pulumi up", async (say) => {
    const outcome = await engine(lab, tools, "up", {
      onStep: ({ op, name }) => say(`${op} ${name}`),
    });
    note(`${changes(outcome).length} resources changed in ${outcome.seconds.toFixed(1)} s`);
    for (const { severity, message } of outcome.diagnostics) {
      if (severity === "error") note(message);
    }
    return outcome;
  });
}

async function up(): Promise<boolean> {
  const lab = labOf();
  const tools = await toolchain();
  await startHosts(lab, await images(tools));
  const outcome = await deploy(lab);
  if (outcome.error !== undefined && outcome.steps.length === 0) note(outcome.error);
  return summary(lab, tools, outcome);
}

async function down(everything: boolean): Promise<boolean> {
  await step("hosts, network and files of the lab", () => removeHosts(labOf()));
  await stopDocker();
  if (everything) {
    await step("cache", () => rm(cacheRoot(), { recursive: true, force: true }));
  }
  return true;
}

/** The program's preview, as the engine prints it. */
async function preview(): Promise<boolean> {
  const tools = await toolchain();
  const outcome = await engine(labOf(), tools, "preview", { echo: true });
  if (outcome.error !== undefined && outcome.steps.length === 0) note(outcome.error);
  return outcome.ok;
}

/** Commands of the CLI that run the program, for which it wants Node's language host. */
const RUNS_PROGRAM = ["up", "preview", "refresh", "watch"];

/** A plain CLI on the lab's stack: the same files, the same backend, the same passphrase. */
async function plainPulumi(args: string[]): Promise<boolean> {
  const lab = labOf();
  const tools = await toolchain();
  const project = await writeProject(lab, tools);
  const env = projectEnv(project, tools);
  const host = findOnPath("pulumi-language-nodejs", [], env["PATH"]);
  if (host === undefined && RUNS_PROGRAM.includes(args[0] ?? "")) {
    throw new Error(
      `pulumi ${args[0]}: needs pulumi-language-nodejs, which comes with the official download of ` +
        "Pulumi and is not on PATH. Install Pulumi from its own site, or use `make up` and " +
        "`lab/bootstrap.sh preview`, which run the same program without it.",
    );
  }
  // Not --stack: some commands, such as version, refuse it.
  return inTerminal(tools.pulumi.path, args, project.dir, { ...env, PULUMI_STACK: lab.stack });
}

/** How Node runs a TypeScript file of this repository. */
const SCRIPT = ["--import", "tsx"];

/** The commands of docs/runner.md on the lab's stack. */
async function runner(args: string[]): Promise<boolean> {
  const lab = labOf();
  const tools = await toolchain();
  const env = {
    ...projectEnv(await writeProject(lab, tools), tools),
    PULUMI_STACK: lab.stack,
    // Stand-in plugins run on it.
    FLOWER_MONITORING_NODE: process.execPath,
  };
  return inTerminal(process.execPath, [...SCRIPT, "runner/main.ts", ...args], REPO, env);
}

/** The comments of docs/previews.md; the pinned engine is fetched where there is one to ask. */
async function pullRequest(args: string[]): Promise<boolean> {
  const words = [...SCRIPT, "preview/pull-request.ts", ...args];
  if (!isConfigured()) return inTerminal(process.execPath, words, REPO);
  const engine = dirname((await pulumi()).path);
  const path = [engine, process.env["PATH"]].join(delimiter);
  return inTerminal(process.execPath, words, REPO, { ...process.env, PATH: path });
}

async function inTerminal(
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const child = spawn(command, args, { cwd, env, stdio: "inherit" });
  return new Promise((resolve) => child.on("close", (code) => resolve(code === 0)));
}

async function main([command = "help", ...args]: string[]): Promise<boolean> {
  switch (command) {
    case "up":
      return up();
    case "status":
      return summary(labOf(), await toolchain());
    case "down":
      return down(args.includes("--cache"));
    case "preview":
      return preview();
    case "pulumi":
      return plainPulumi(args);
    case "run":
      return runner(args);
    case "new-stack":
      return inTerminal(process.execPath, [...SCRIPT, "runner/new-stack/main.ts", ...args], REPO);
    case "export":
      return inTerminal(process.execPath, [...SCRIPT, "runner/main.ts", "export", ...args], REPO);
    case "report":
      return report(args);
    case "pull-request":
      return pullRequest(args);
    case "post-comment":
      return inTerminal(process.execPath, [...SCRIPT, "preview/post.ts", ...args], REPO);
    case "check":
      return runTests(["check"]);
    case "test":
      return runTests(args.includes("--quick") ? ["check", "fast"] : ["check", "fast", "engine"]);
    case "docs":
      return writeDocs();
    case "drill":
      return drill(args);
    case "upgrade":
      return upgrade(args);
    case "bench":
      return bench(args);
    case "sbom":
      return writeSbom();
    case "help":
      process.stdout.write(HELP);
      return true;
    default:
      process.stderr.write(`unknown command ${command}\n\n${HELP}`);
      return false;
  }
}

main(process.argv.slice(2)).then(
  (ok) => {
    process.exitCode = ok ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
