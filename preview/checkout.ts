/** The version that a pull request is compared with: a work tree of its own, and its own program in it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../runner/errors";
import { CommandError, run } from "../runner/run";

/** Two versions side by side. An export that fails says why; one of a stack that is not there is none. */
export interface Checkout {
  /** Short names of the two commits. */
  commit: string;
  here: string;
  exported(stack: string, out: string): Promise<string | undefined>;
  exportedHere(stack: string, out: string): Promise<string | undefined>;
  remove(): Promise<void>;
}

/** Every stack with a file beside Pulumi.yaml, but for the examples. */
export function stacksOf(repo: string): string[] {
  return readdirSync(repo)
    .flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** @throws UsageError when there is no such commit here */
export async function checkedOut(ref: string, repo: string): Promise<Checkout> {
  const git = (...args: string[]): Promise<string> =>
    run("git", args, { cwd: repo }).then(({ stdout }) => stdout.trim());
  const commit = await git("rev-parse", "--short", "--verify", `${ref}^{commit}`).catch(() => {
    throw new UsageError(
      `--base: got ${ref}, which is no commit here; allowed: one that was fetched; do: git fetch --unshallow`,
    );
  });
  const parent = mkdtempSync(join(tmpdir(), "flower-monitoring-base-"));
  const directory = join(parent, "base");
  await git("worktree", "add", "--detach", "--force", directory, commit);
  const shared = sharePackages(repo, directory);
  const own = shared ? programOf(directory) : withPackages(directory);
  // A version that had no export yet is exported by ours.
  const program = existsSync(join(directory, "runner", "export")) ? own : programOf(repo);
  return {
    commit,
    here: await git("rev-parse", "--short", "HEAD"),
    exported: (stack, out) =>
      stacksOf(directory).includes(stack)
        ? exportBy(program, directory, stack, out)
        : Promise.resolve(undefined),
    exportedHere: (stack, out) => exportBy(programOf(repo), repo, stack, out),
    async remove() {
      await git("worktree", "remove", "--force", directory);
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/**
 * The same lock file means the same packages; any other version installs its own.
 * @returns whether they are shared
 */
function sharePackages(repo: string, directory: string): boolean {
  const lock = (where: string): string | undefined => {
    const file = join(where, "package-lock.json");
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  if (lock(repo) !== lock(directory) || !existsSync(join(repo, "node_modules"))) return false;
  symlinkSync(join(repo, "node_modules"), join(directory, "node_modules"));
  return true;
}

/** How a version's own program is started, so that changes of the code are seen too. */
interface Program {
  cwd: string;
  command: string;
  words: string[];
}

const RUNNER = ["--import", "tsx", join("runner", "main.ts")];

function programOf(cwd: string): Program {
  return { cwd, command: process.execPath, words: RUNNER };
}

/** Of a version with other packages: it installs them first. */
function withPackages(cwd: string): Program {
  return { cwd, command: "sh", words: [join("lab", "bootstrap.sh")] };
}

/** @returns why it failed; nothing where it is written, or where there is no such stack */
async function exportBy(
  { cwd, command, words }: Program,
  project: string,
  stack: string,
  out: string,
): Promise<string | undefined> {
  const args = [...words, "export", "--stack", stack, "--out", out, "--cwd", project];
  try {
    await run(command, args, { cwd, env: withoutSecrets() });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return wordsOf(error) || error.message;
  }
}

/** What a command of ours says of a fault; notes and progress start with a bracket. */
export function wordsOf({ stderr }: CommandError): string {
  const lines = stderr.split("\n").filter((line) => !line.startsWith("["));
  return lines.join("\n").trim();
}

/** A rendering needs none, and runs what a pull request brings. */
export function withoutSecrets(): NodeJS.ProcessEnv {
  const secret = /TOKEN|PASS|SECRET|KEY|CREDENTIAL|^(PULUMI|AWS|AZURE|GOOGLE|ACTIONS)_/i;
  const names = Object.keys(process.env).filter((name) => secret.test(name));
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), INIT_CWD: undefined };
}
