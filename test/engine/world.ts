import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  engine,
  projectEnv,
  projectOf,
  start,
  type Edit,
  type EngineOptions,
  type Operation,
  type Outcome,
  type Step,
} from "../../lab/engine";
import { hostOf, scriptOnHost, startHosts } from "../../lab/hosts";
import { images } from "../../lab/images";
import { labOf, type Lab } from "../../lab/layout";
import { eventually, query } from "../../lab/observe";
import { run } from "../../runner/run";
import { toolchain, type Toolchain } from "../../lab/toolchain";

/** The engine tests' own lab: it never touches the lab of `make up`. */
export interface World {
  lab: Lab;
  tools: Toolchain;
}

/** The third SuperNode's host is there from the start; the stack names it only when a test does. */
const SUPERNODE_HOSTS = 3;

/** Builds what is missing and starts the hosts and the federation on them; deploys nothing. */
export async function makeWorld(): Promise<World> {
  const tools = await toolchain();
  const lab = labOf("test", SUPERNODE_HOSTS);
  await startHosts(lab, await images(tools));
  return { lab, tools };
}

/** Alertmanager's pauses, cut short: what is tested is the delivery, not the waiting. */
const fast =
  (edit?: Edit): Edit =>
  (config) => {
    config["alerting"] = {
      ...(config["alerting"] as object),
      groupWait: "1s",
      groupInterval: "5s",
    };
    edit?.(config);
  };

/** Runs an operation with the example's config, changed by `edit`. */
export function operate(
  { lab, tools }: World,
  operation: Operation,
  edit?: Edit,
  options?: EngineOptions,
): Promise<Outcome> {
  return engine(lab, tools, operation, { ...options, edit: fast(edit) });
}

/** `up` that must succeed; the error shows what the engine said. */
export async function up(world: World, edit?: Edit, options?: EngineOptions): Promise<Outcome> {
  return succeeded(await operate(world, "up", edit, options));
}

/** `destroy` that must succeed, likewise. */
export async function destroy(world: World, edit?: Edit, options?: EngineOptions): Promise<void> {
  succeeded(await operate(world, "destroy", edit, options));
}

function succeeded(outcome: Outcome): Outcome {
  if (outcome.error !== undefined) throw new Error(report(outcome));
  return outcome;
}

/**
 * Starts an operation and, once a step (`op name`) matches, sends the engine and all that it started a
 * signal.
 *
 * @throws when no step matched
 */
export async function interrupt(
  { lab, tools }: World,
  operation: Operation,
  signal: NodeJS.Signals,
  at: RegExp,
  { edit, ...options }: EngineOptions = {},
): Promise<void> {
  const seen: string[] = [];
  let sent = false;
  const running = await start(lab, tools, operation, {
    ...options,
    edit: fast(edit),
    onStep: ({ op, name }) => {
      seen.push(`${op} ${name}`);
      if (sent || !at.test(`${op} ${name}`)) return;
      sent = true;
      running.signal(signal);
    },
  });
  await running.outcome;
  if (!sent) throw new Error(`${operation} had no step ${at.source}: ${seen.join(", ")}`);
}

/** Everything that went wrong, for an assertion's message. */
export function report(outcome: Outcome): string {
  const failures = Object.entries(outcome.failures).map(([name, why]) => `${name}: ${why}`);
  const said = outcome.diagnostics.map(({ severity, message }) => `${severity}: ${message}`);
  return [outcome.error ?? "", ...failures, ...said].join("\n");
}

/** `op name` of each step, sorted: what a reviewer reads in a preview. */
export function told(steps: Step[]): string[] {
  return steps.map(({ op, name }) => `${op} ${name}`).sort();
}

/** Runs a script as an operator does in another terminal: in the project's directory, with its Pulumi. */
export async function inTerminal({ lab, tools }: World, script: string): Promise<void> {
  const project = projectOf(lab);
  await run("sh", ["-euc", script], { cwd: project.dir, env: projectEnv(project, tools) });
}

/** The third SuperNode, as one entry of the list. */
export const withThird: Edit = (config) => {
  const address = "172.31.78.23";
  config["supernodes"] = [
    ...(config["supernodes"] as object[]),
    { name: "supernode-3", address, labels: { site: "hospital-3" } },
  ];
};

/** Waits until Prometheus scrapes that many targets, all of them up. */
export async function everyTargetUp({ lab }: World, count: number): Promise<void> {
  await eventually(
    `${count} targets, all up`,
    60,
    () => query(lab, "up"),
    (samples) => samples.length === count && samples.every(({ value }) => value === 1),
  );
}

/** Ids and start times of the VM's containers: equal before and after means nothing restarted. */
export function containerStarts({ lab }: World): Promise<string> {
  return scriptOnHost(
    hostOf(lab, "monitor"),
    "docker ps --all --quiet --no-trunc | sort | " +
      "xargs -r docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}}'\n",
  );
}

/**
 * What a host has: every file with type, mode, owner and, for files, content; users, groups, units,
 * containers, volumes, networks. Left out is what changes by itself: logs, caches, Flower's own data,
 * and the copies that useradd keeps of the files it changes.
 */
export function listing({ lab }: World, host: string): Promise<string> {
  return scriptOnHost(
    hostOf(lab, host),
    `export LC_ALL=C
# The first call starts the engine, which leaves files of its own.
docker info >/dev/null
for root in /etc /opt /root /srv /usr/local /var /home /tmp; do
  find "$root" -xdev \\
    \\( -path /var/log -o -path /var/cache -o -path /var/lib/docker -o -path /var/lib/containerd \\
      -o -path /var/lib/flower -o -path /var/lib/systemd -o -path /opt/flower -o -path /var/tmp \\
      -o -path /tmp/systemd-private-\\* -o -path /var/lib/dbus \\
      -o -name __pycache__ \\) -prune -o -type f ! -path '/etc/*-' -exec sha256sum {} + \\
    -o ! -path '/etc/*-' -printf '%y %m %u:%g %p %l\\n'
done | sort
find /etc /opt /usr/local /root -xdev -type f ! -path '/etc/*-' ! -path '/opt/flower/*' -printf '%m %u:%g %p\\n' | sort
# Flower's own files may change by themselves; ours among them are to go.
find /opt/flower -name 'flower*monitoring*'
getent passwd | sort
getent group | sort
systemctl list-unit-files --no-legend --no-pager | sort
docker ps --all --format '{{.Names}} {{.Image}}' | sort
docker volume ls --quiet | sort
docker network ls --format '{{.Name}}' | sort
docker images --format '{{.Repository}}:{{.Tag}}' | sort
`,
  );
}

/** Lines that only one of two listings has; none when the host is as it was. */
export function difference(before: string | undefined, after: string): string[] {
  const [old, now] = [new Set((before ?? "").split("\n")), new Set(after.split("\n"))];
  return [
    ...[...old].filter((line) => !now.has(line)).map((line) => `gone: ${line}`),
    ...[...now].filter((line) => !old.has(line)).map((line) => `left: ${line}`),
  ];
}

/** A stack's state, as it lies on the disk. */
export function stateText({ lab }: World, stack = lab.stack): Promise<string> {
  return readFile(
    join(lab.dir, "state", ".pulumi", "stacks", "flower-monitoring", `${stack}.json`),
    "utf8",
  );
}
