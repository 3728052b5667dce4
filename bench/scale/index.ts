import { cpus } from "node:os";
import { toolchain } from "../../lab/toolchain";
import { markdown } from "../table";
import { simulateHosts } from "./hosts";
import { life, type Life } from "./measure";

/** Ten times the hosts may take this many times as long. */
const GOAL = 12;

/** Sizes of fleets. */
export interface ScaleSizes {
  /** With the state saved once. @default [100, 1000] */
  hosts: number[];
  /** With every checkpoint saved, as the engine does by itself. @default [100, 200] */
  checkpointed: number[];
}

/** Measures how time grows with the number of hosts, and prints it as Markdown. */
export async function scale({ hosts, checkpointed }: ScaleSizes): Promise<void> {
  const tools = await toolchain();
  const simulated = await simulateHosts(Math.max(...hosts, ...checkpointed) + 1);
  try {
    const saveOnce: Life[] = [];
    for (const count of hosts) saveOnce.push(await life(simulated, tools, count, true));
    const saveAll: Life[] = [];
    for (const count of checkpointed) saveAll.push(await life(simulated, tools, count, false));
    print(`${cpus().length} cores, ${plugin(tools.plugins.command)}; hosts are simulated\n`);
    print(times("state saved once", saveOnce));
    print(times("every checkpoint saved", saveAll));
    print(details([...saveOnce, ...saveAll]));
    print(`\nGoal: ten times the hosts take at most ${GOAL} times as long.\n`);
  } finally {
    await simulated.stop();
  }
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

function plugin({ kind, version }: { kind: string; version: string }): string {
  return `command plugin ${version} (${kind})`;
}

const PHASES = ["first", "noop", "destroy"] as const;
const NAMES = { first: "first `up`", noop: "`up` without a change", destroy: "`destroy`" };

/** Seconds by phase and size; the last column compares the last size with the first. */
export function times(title: string, lives: Life[]): string {
  const least = lives[0];
  const most = lives.at(-1);
  if (least === undefined || most === undefined) return "";
  const sizes = lives.map(({ hosts }) => `${hosts.toLocaleString("en")} hosts`);
  const rows = PHASES.map((phase) => [
    NAMES[phase],
    ...lives.map((life) => `${life[phase].toFixed(1)} s`),
    (most[phase] / least[phase]).toFixed(1),
  ]);
  return markdown([title, ...sizes, "times"], rows);
}

/** SSH sessions and state, and what one host more costs. */
export function details(lives: Life[]): string {
  const rows = lives.map(({ hosts, sessions, stateBytes, more }) => [
    hosts.toLocaleString("en"),
    (sessions / hosts).toFixed(2),
    String(more.sessions),
    `${more.seconds.toFixed(1)} s`,
    `${Math.round(stateBytes / hosts).toLocaleString("en")} B`,
  ]);
  return markdown(
    ["hosts", "sessions a host", "sessions of one more", "one host more", "state a host"],
    rows,
  );
}
