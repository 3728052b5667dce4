import { readdir, readFile } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import { note } from "../progress";
import { run } from "../run";
import { removeFromGrafana } from "./recover-grafana";

interface Lock {
  pid: number;
  hostname: string;
}

/** A killed process that nobody has reaped yet still has its pid, but no command line any more. */
async function isRunning(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes("pulumi");
}

/** Seconds that an interrupted engine gets to end the steps it is in; a container's start is one. */
const ENDING_SECONDS = 90;

/** Waits for an engine that is ending after Ctrl-C. */
async function hasEnded(pid: number): Promise<boolean> {
  for (let second = 0; await isRunning(pid); second++) {
    if (second === 0) note(`another engine (pid ${pid}) is at work on this stack: waiting`);
    if (second >= ENDING_SECONDS) return false;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return true;
}

/**
 * Clears up after an engine that was killed, on a self-managed backend on this machine's disk: only there
 * is it sure that nobody else is at work on the stack.
 */
export async function recover(stack: Stack, grafanaPassword: string | undefined): Promise<void> {
  const url = process.env["PULUMI_BACKEND_URL"] ?? (await stack.workspace.whoAmI()).url ?? "";
  if (!url.startsWith("file://")) return;
  const { name } = await stack.workspace.projectSettings();
  if (await clearDeadLock(stack, join(folderOf(url), ".pulumi", "locks"), name)) {
    await dropPendingCreates(stack, grafanaPassword);
  }
}

/** Of a backend on disk; `~` and options behind `?` as Pulumi takes them. */
function folderOf(url: string): string {
  const [path = ""] = url.slice("file://".length).split("?");
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

/**
 * The lock that a killed engine left names its process: when that is of this machine and gone, the lock
 * is taken away, as `pulumi cancel` would.
 * @returns whether the stack is nobody's now
 */
async function clearDeadLock(stack: Stack, locks: string, project: string): Promise<boolean> {
  const folder = join(locks, "organization", project, stack.name);
  // Beside each lock lies a file with its attributes.
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(".json"));
  const found = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as Lock),
  );
  if (found.length === 0) return true;
  for (const lock of found) {
    // Of another machine's processes nothing is known here.
    if (lock.hostname !== hostname() || !(await hasEnded(lock.pid))) return false;
  }
  note("an earlier run was killed: its lock on the stack is removed");
  await stack.cancel();
  return true;
}

interface PendingState {
  pending_operations?: {
    type: string;
    resource: { type: string; inputs?: { name?: string; uid?: string; folderUid?: string } };
  }[];
}

/**
 * What a killed engine was creating may exist without being in its state, and would be refused as
 * "already in use" now. Containers and networks are removed by name (their data is in volumes), and so
 * is what Grafana would not take twice; the rest (commands, volumes, images, dashboards) can simply be
 * done again.
 */
async function dropPendingCreates(
  stack: Stack,
  grafanaPassword: string | undefined,
): Promise<void> {
  const exported = await stack.exportStack();
  const deployment = exported.deployment as PendingState | undefined;
  const pending = deployment?.pending_operations ?? [];
  if (pending.length === 0) return;
  note(`an earlier run was killed amid ${pending.length} operations: they are done again`);
  const creating = pending
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => resource);
  const docker = dockerOf(exported);
  for (const { type, inputs } of creating) {
    const name = inputs?.name;
    if (name === undefined || docker === undefined) continue;
    if (type === "docker:index/container:Container") await docker("rm", "--force", name);
    if (type === "docker:index/network:Network") await docker("network", "rm", name);
  }
  const url = providerInputs(exported, "grafana")?.url;
  if (url !== undefined && grafanaPassword !== undefined) {
    await removeFromGrafana({ url, password: grafanaPassword }, creating);
  }
  await stack.importStack({
    ...exported,
    deployment: { ...deployment, pending_operations: [] },
  });
}

type Docker = (...args: string[]) => Promise<void>;

interface ProviderInputs {
  host?: string;
  sshOpts?: string;
  url?: string;
}

function providerInputs(exported: Deployment, name: string): ProviderInputs | undefined {
  const { resources = [] } = (exported.deployment ?? {}) as {
    resources?: { type: string; inputs?: ProviderInputs }[];
  };
  return resources.find(({ type }) => type === `pulumi:providers:${name}`)?.inputs;
}

/** The docker command on the engine that the stack's docker provider talks to. */
function dockerOf(exported: Deployment): Docker | undefined {
  const provider = providerInputs(exported, "docker");
  if (provider?.host === undefined) return undefined;
  const { host, sshOpts } = provider;
  const url = new URL(host);
  const command = (words: string[]): [string, string[]] =>
    url.protocol === "ssh:"
      ? [
          "ssh",
          [
            ...(JSON.parse(sshOpts ?? "[]") as string[]),
            ...(url.port === "" ? [] : ["-p", url.port]),
            `${url.username}@${url.hostname}`,
            `docker ${words.join(" ")}`,
          ],
        ]
      : ["docker", ["--host", host, ...words]];
  return async (...words) => {
    // Already gone is as good as removed; anything else shows in the operation that follows.
    await run(...command(words)).catch(() => undefined);
  };
}
