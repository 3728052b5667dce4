/** What Pulumi would do, asked where a backend is configured. */
import { join } from "node:path";
import { CommandError, run } from "../runner/run";
import { wordsOf } from "./checkout";
import { type Plan, planOf } from "./plan";
import { type Redact, redactor } from "./secrets";

/** What the engine said. */
export interface Asked {
  plan?: Plan;
  failed?: string;
  /** Knows the stack's secrets. */
  redact: Redact;
}

export function isConfigured(env: NodeJS.ProcessEnv = process.env): boolean {
  return [env["PULUMI_BACKEND_URL"], env["PULUMI_ACCESS_TOKEN"]].some(
    (value) => value !== undefined && value !== "",
  );
}

/** Secrets stay in memory: neither they nor what the engine printed is written anywhere. */
export async function asked(stack: string, repo: string): Promise<Asked> {
  const secrets = await said(
    "pulumi",
    ["config", "--json", "--show-secrets", "--stack", stack],
    repo,
  );
  // Whose secrets cannot be read, of that nothing is told.
  if (secrets.failed !== undefined) {
    return {
      failed:
        "Pulumi was not asked: the stack's secrets cannot be read, and so could not be kept out of this comment. Is pulumi on PATH, and is it the stack's passphrase?",
      redact: nothing,
    };
  }
  const redact = redactor(secrets.stdout);
  const words = [
    "--import",
    "tsx",
    join("runner", "main.ts"),
    "preview",
    "--json",
    "--stack",
    stack,
  ];
  const { stdout, failed } = await said(process.execPath, words, repo);
  if (stdout.trim() !== "") return { plan: planOf(redact(stdout)), redact };
  return { failed: redact(failed ?? "It said nothing."), redact };
}

const nothing: Redact = (text) => text;

async function said(
  command: string,
  args: string[],
  cwd: string,
): Promise<{ stdout: string; failed?: string }> {
  try {
    return { stdout: (await run(command, args, { cwd })).stdout };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { stdout: error.stdout, failed: wordsOf(error) };
  }
}
