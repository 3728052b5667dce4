/** Runs index.ts, the whole program, over the example stack or a changed one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import type { Editable, Raw } from "../unit/config-fixture";
import { exampleRaw, writeExampleFiles } from "./example-stack";
import { record, type Registration, type Stacks } from "./mocks";

/** What the providers would compute and the program reads. */
const OUTPUTS = {
  "command:local:Command": { stdout: "ok host=h bundle=b changed=1", stderr: "" },
};

/** index.ts as an ES module sees it. */
interface Program {
  default: () => Promise<object>;
}

function known<T>(value: T): Promise<T> {
  return new Promise((resolve) => pulumi.output(value).apply((all) => resolve(all as T)));
}

export interface ProgramRun {
  registrations: Registration[];
  /** Stack outputs. */
  outputs: Record<string, unknown>;
}

/**
 * Runs the program with the example's config; the files that it names are on a disk of their own.
 *
 * @param stacks the other stacks that there are
 */
export async function runProgram(
  edit?: (raw: Editable) => void,
  secrets: Record<string, string> = {},
  stacks: Stacks = {},
): Promise<ProgramRun> {
  const home = mkdtempSync(join(tmpdir(), "flower-monitoring-program-"));
  writeExampleFiles(home);
  vi.stubEnv("HOME", home);
  vi.stubEnv("FLOWER_MONITORING_CACHE", join(home, "cache"));
  vi.stubEnv("FLOWER_MONITORING_PROJECT_DIR", resolve(__dirname, "../.."));
  vi.resetModules();
  try {
    let outputs: Record<string, unknown> = {};
    const registrations = await record(
      async () => {
        const values: Raw = { scrapeInterval: "15s", ...exampleRaw(edit), ...secrets };
        const entries = Object.entries(values).map(([key, value]) => [
          `flower-monitoring:${key}`,
          typeof value === "string" ? value : JSON.stringify(value),
        ]);
        pulumi.runtime.setAllConfig(
          Object.fromEntries(entries) as Record<string, string>,
          ["grafanaAdminPassword", ...Object.keys(secrets)].map(
            (key) => `flower-monitoring:${key}`,
          ),
        );
        const { default: program } = (await import("../../index.js")) as Program;
        outputs = { ...(await known(await program())) };
      },
      OUTPUTS,
      stacks,
    );
    return { registrations, outputs };
  } finally {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  }
}
