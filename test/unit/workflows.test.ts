/** What can be known of the workflows without GitHub. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { billOfMaterials } from "../../lab/sbom";
import { versions } from "../../components/versions";
import { run } from "../../runner/run";

const ROOT = resolve(__dirname, "../..");
const FOLDER = join(ROOT, ".github/workflows");

interface Step {
  uses?: string;
  run?: string;
}

interface Workflow {
  permissions?: object;
  jobs: Record<string, { "timeout-minutes"?: number; steps: Step[] }>;
}

const files = readdirSync(FOLDER);
const textOf = (file: string): string => readFileSync(join(FOLDER, file), "utf8");
const targets = [...readFileSync(join(ROOT, "Makefile"), "utf8").matchAll(/^([a-z-]+):/gm)].map(
  ([, name]) => name,
);

describe.each(files)("%s", (file) => {
  const workflow = parse(textOf(file)) as Workflow;
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  test("names actions by commit, with the version beside it", () => {
    const uses = textOf(file)
      .split("\n")
      .filter((line) => /^\s*-?\s*uses:/.test(line));
    expect(uses.length).toBe(steps.filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("says what it may do, and when it ends at the latest", () => {
    expect(workflow.permissions).toBeDefined();
    for (const job of jobs) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  test("calls make targets that there are", () => {
    const called = steps.flatMap(({ run: script = "" }) =>
      [...script.matchAll(/\bmake ([a-z-]+)/g)].map(([, name]) => name),
    );
    expect(targets).toEqual(expect.arrayContaining(called));
  });

  test("puts nothing of a pull request's into a script", () => {
    for (const { run: script = "" } of steps) expect(script).not.toContain("${{");
  });
});

describe("a release's notes", () => {
  const notes = (version: string): Promise<unknown> =>
    run("sh", ["lab/release-notes.sh", version], { cwd: ROOT });

  test("are refused for another version than package.json's", async () => {
    await expect(notes("99.0.0")).rejects.toThrow(/version: got 99\.0\.0; allowed: /);
  });
});

test("the bill of materials has what runs here and what is deployed", async () => {
  const { components } = await billOfMaterials();
  const found = components.map(({ name, version }) => `${name} ${version}`);
  expect(found).toEqual(
    expect.arrayContaining([
      `@pulumi/pulumi ${versions.pulumi}`,
      `node_exporter ${versions.nodeExporter}`,
      `prometheus v${versions.prometheus}`,
      `grafana ${versions.grafana}`,
    ]),
  );
  expect(found.filter((name) => name.startsWith("vitest"))).toEqual([]);
});
