import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stackFileSchema } from "../components/config/json-schema";
import { REPO } from "./engine/project";
import { requireBrowser } from "./report/browser";
import { step } from "../runner/progress";
import { run } from "../runner/run";
import { configurationPage } from "../components/config/configuration-page";
import { portsPage } from "../components/config/ports-page";
import { dashboardsPage } from "../dashboards/page";
import { thresholdsPage } from "../rules/thresholds-page";
import { images } from "./images";
import { vitestCount, type Count, type VitestReport } from "./test-report";
import { toolchain } from "./toolchain";
import { requireCommand } from "./toolchain/apt";
import { flowerVersions, pythonTools } from "./toolchain/python";

/** Stages of the suite, in the order in which they run. */
export type Stage = "check" | "fast" | "engine";

/** A program of ours or of node_modules, run with the Node that runs us. */
function node(script: string, ...args: string[]): Promise<unknown> {
  return run(process.execPath, [join(REPO, "node_modules", script), ...args], {
    cwd: REPO,
    onLine: (line) => process.stdout.write(`${line}\n`),
  });
}

/** Formatting, lint, types, generated documents; each is one check that passes or fails. */
const CHECKS: Record<string, () => Promise<unknown>> = {
  format: () => node("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."),
  lint: () => node("eslint/bin/eslint.js", "."),
  types: () => node("typescript/bin/tsc", "--project", "."),
  shell: () => shellcheck(),
  python: () => pythonChecks(),
  docs: () => docsChecks(),
};

/** Shell scripts, also those that may not have a name of their own. */
const SCRIPTS = ["*.sh", ".ci/run", "lab/plugins/bin/*", "lab/dcgm/dcgm-fault", "lab/dcgm/host/*"];

async function shellcheck(): Promise<unknown> {
  const { stdout } = await run("git", ["ls-files", ...SCRIPTS], {
    cwd: REPO,
  });
  const files = stdout.split("\n").filter((file) => file !== "");
  return run("shellcheck", ["--shell=sh", "--external-sources", ...files], { cwd: REPO });
}

async function pythonChecks(): Promise<void> {
  const python = await pythonTools();
  const cwd = join(REPO, "python");
  await run(python, ["-m", "ruff", "check", ".", "../bench"], { cwd });
  await run(python, ["-m", "ruff", "format", "--check", ".", "../bench"], { cwd });
  await run(python, ["-m", "mypy"], { cwd });
}

/** Files that are made from the code, and what makes them. */
const GENERATED: Record<string, () => string | Promise<string>> = {
  "docs/metrics.md": () => printed("flower_monitoring.exporter.docs"),
  "docs/events.md": () => printed("flower_monitoring.events.docs"),
  "docs/thresholds.md": thresholdsPage,
  "docs/ports.md": portsPage,
  "docs/dashboards.md": dashboardsPage,
  "docs/configuration.md": async () =>
    configurationPage(await readFile(join(REPO, "Pulumi.dev.yaml"), "utf8")),
  "schema/stack.schema.json": () => `${JSON.stringify(stackFileSchema(), null, 2)}\n`,
};

async function docsChecks(): Promise<void> {
  for (const [name, generate] of Object.entries(GENERATED)) {
    if ((await generate()) !== (await readFile(join(REPO, name), "utf8"))) {
      throw new Error(`${name} differs from the code: write it again with \`make docs\``);
    }
  }
}

/** What a module of our Python prints. */
async function printed(module: string): Promise<string> {
  const { stdout } = await run(await pythonTools(), ["-m", module], {
    env: { PYTHONPATH: join(REPO, "python", "src") },
  });
  return stdout;
}

/** Writes every generated document again. */
export async function writeDocs(): Promise<boolean> {
  for (const [name, generate] of Object.entries(GENERATED)) {
    await writeFile(join(REPO, name), await generate());
  }
  return true;
}

async function checks(): Promise<Count> {
  const count: Count = { passed: 0, failed: 0, skipped: 0, remarks: [] };
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await step(`check ${name}`, check);
      count.passed++;
    } catch (error) {
      process.stdout.write(`${(error as Error).message}\n`);
      count.failed++;
      count.remarks.push(`failed: check ${name}`);
    }
  }
  return count;
}

/** Runs a vitest project and counts from its JSON report: its exit code alone cannot tell 0 tests. */
async function vitest(project: string, ...options: string[]): Promise<Count> {
  const report = join(REPO, "test", "reports", `${project}.json`);
  await rm(report, { force: true });
  await node(
    "vitest/vitest.mjs",
    ...["run", "--project", project, "--reporter", "json", "--outputFile.json", report, ...options],
  ).catch(() => undefined);
  return vitestCount(JSON.parse(await readFile(report, "utf8")) as VitestReport);
}

async function pytest(): Promise<Count> {
  // Processes that wait for Flower more than they compute: more of them than cores.
  const parallel = ["-n", "6", "--dist", "loadfile", "--no-loadscope-reorder"];
  const output = await run(await pythonTools(), ["-m", "pytest", "-q", "-rfEs", ...parallel, "."], {
    cwd: join(REPO, "python"),
    env: { FLOWER_VERSIONS: await flowerVersions() },
    onLine: (line) => process.stdout.write(`${line}\n`),
  }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? "",
  );
  const number = (word: string): number =>
    Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
  const failed = number("failed") + number("error");
  const passed = number("passed");
  const remarks = output.split("\n").filter((line) => /^(FAILED|ERROR|SKIPPED) /.test(line));
  const none = passed + failed === 0;
  return { passed, failed: none ? 1 : failed, skipped: number("skipped"), remarks };
}

/** Projects one after the other. */
async function lane(...projects: string[]): Promise<Count[]> {
  const counts: Count[] = [];
  for (const project of projects) counts.push(await vitest(project, "--reporter", "default"));
  return counts;
}

const STAGES: Record<Stage, () => Promise<Count[]>> = {
  check: async () => [await checks()],
  fast: async () => {
    await prepare();
    // Alone: it plays federations in which seconds matter, and takes every core.
    const python = await pytest();
    // Two lanes side by side: most of both waits for processes to start.
    const lanes = await Promise.all([lane("tools"), lane("hosts", "unit")]);
    return [python, ...lanes.flat()];
  },
  // One file of half an hour: a line for each claim as it ends. They build on each other, so where
  // some have failed the rest only waits.
  engine: async () => [await vitest("engine", "--reporter", "verbose", "--bail", "3")],
};

/** What tests run with, before them: a compiler beside them, or in their time, would fail them. */
async function prepare(): Promise<void> {
  await images(await toolchain());
  await flowerVersions();
}

/** What the tests use beside the lab's own toolchain: no test is left out for want of a package. */
async function requireTestTools(): Promise<void> {
  await requireCommand("shellcheck", ["shellcheck"], "to check scripts");
  await requireCommand("sshd", ["openssh-server"], "to test SSH against");
  await requireCommand("busybox", ["busybox-static"], "to test scripts under its shell");
  await requireBrowser();
  await requireCommand("jq", ["jq"], "to run what the documents tell to run");
}

/** Runs stages of the suite and prints one closing line; true when nothing failed. */
export async function runTests(stages: Stage[]): Promise<boolean> {
  await requireTestTools();
  await mkdir(join(REPO, "test", "reports"), { recursive: true });
  const counts: Count[] = [];
  for (const stage of stages) counts.push(...(await STAGES[stage]()));
  const sum = (kind: "passed" | "failed" | "skipped"): number =>
    counts.reduce((total, count) => total + count[kind], 0);
  const remarks = counts.flatMap((count) => count.remarks);
  process.stdout.write(
    `\n${remarks.map((line) => `${line}\n`).join("")}` +
      `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped\n`,
  );
  return sum("failed") === 0;
}
