import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPO } from "./engine/project";
import { step } from "../runner/progress";
import { run } from "../runner/run";
import { thresholdsPage } from "../rules/thresholds-page";
import { requireCommand } from "./toolchain/apt";
import { docker } from "./toolchain/docker";
import { flowerVersions, pythonTools } from "./toolchain/python";

/** Stages of the suite, in the order in which they run. */
export type Stage = "check" | "fast" | "engine";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

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

/** Pages of docs/ that are made from the code, and what makes them. */
const GENERATED_DOCS: Record<string, () => string | Promise<string>> = {
  "metrics.md": () => printed("flower_monitoring.exporter.docs"),
  "events.md": () => printed("flower_monitoring.events.docs"),
  "thresholds.md": thresholdsPage,
};

const docPath = (name: string) => join(REPO, "docs", name);

async function docsChecks(): Promise<void> {
  for (const [name, generate] of Object.entries(GENERATED_DOCS)) {
    if ((await generate()) !== (await readFile(docPath(name), "utf8"))) {
      throw new Error(`docs/${name} differs from the code: write it again with \`make docs\``);
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
  for (const [name, generate] of Object.entries(GENERATED_DOCS)) {
    await writeFile(docPath(name), await generate());
  }
  return true;
}

async function checks(): Promise<Count> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await step(`check ${name}`, check);
      count.passed++;
    } catch (error) {
      process.stdout.write(`${(error as Error).message}\n`);
      count.failed++;
    }
  }
  return count;
}

/** Runs vitest projects and counts from its JSON report: its exit code alone cannot tell 0 tests. */
async function vitest(...projects: string[]): Promise<Count> {
  const report = join(REPO, "test", "reports", `${projects.join("-")}.json`);
  await rm(report, { force: true });
  await node(
    "vitest/vitest.mjs",
    "run",
    ...projects.flatMap((project) => ["--project", project]),
    ...["--reporter", "default", "--reporter", "json", "--outputFile.json", report],
  ).catch(() => undefined);
  const result = JSON.parse(await readFile(report, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numFailedTestSuites: number;
    success: boolean;
  };
  // A file that cannot be loaded fails without a failed test.
  const failed = Math.max(result.numFailedTests, result.success ? 0 : 1);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests };
}

async function pytest(): Promise<Count> {
  // Processes that wait for Flower more than they compute: more of them than cores.
  const parallel = ["-n", "6", "--dist", "loadfile", "--no-loadscope-reorder"];
  const output = await run(await pythonTools(), ["-m", "pytest", "-q", "-rs", ...parallel, "."], {
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
  return { passed, failed: passed + failed === 0 ? 1 : failed, skipped: number("skipped") };
}

const STAGES: Record<Stage, () => Promise<Count[]>> = {
  check: async () => [await checks()],
  // Two lanes side by side: most of it waits for processes to start.
  fast: async () => {
    // Before the lanes: several suites use the engine, and one that waits for another to start it fails.
    await docker();
    const lanes = [
      async () => [await vitest("unit", "tools")],
      async () => [await pytest(), await vitest("hosts")],
    ];
    return (await Promise.all(lanes.map((lane) => lane()))).flat();
  },
  engine: async () => [await vitest("engine")],
};

/** What the tests use beside the lab's own toolchain: no test is left out for want of a package. */
async function requireTestTools(): Promise<void> {
  await requireCommand("shellcheck", ["shellcheck"], "to check scripts");
  await requireCommand("sshd", ["openssh-server"], "to test SSH against");
  await requireCommand("busybox", ["busybox-static"], "to test scripts under its shell");
}

/** Runs stages of the suite and prints one closing line; true when nothing failed. */
export async function runTests(stages: Stage[]): Promise<boolean> {
  await requireTestTools();
  await mkdir(join(REPO, "test", "reports"), { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const stage of stages) {
    for (const count of await STAGES[stage]()) {
      total.passed += count.passed;
      total.failed += count.failed;
      total.skipped += count.skipped;
    }
  }
  process.stdout.write(
    `\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
  );
  return total.failed === 0;
}
