import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "../../lab/progress";
import { toolchain } from "../../lab/toolchain";
import { markdown, ratio, spread } from "../table";
import { ansible } from "./ansible";
import { withMachines, type Machine } from "./machines";
import { ours } from "./ours";
import type { Side } from "./side";
import { verify } from "./verify";

/** How many times faster than Ansible this program should be. */
const GOAL = 5;

/** The collector that the one change switches off; both sides have it on by default. */
const CHANGE = ["xfs"];

const PHASES = [
  { name: "first install", disabled: [], changes: true },
  { name: "no change", disabled: [], changes: false },
  { name: "one flag changed", disabled: CHANGE, changes: true },
];

/** Seconds by number of hosts, then by phase, then by side. */
interface Row {
  hosts: number;
  phase: string;
  seconds: Record<string, number[]>;
}

/** Installs node_exporter on container hosts with Ansible and with this program, in turns. */
export async function hosts(options: { hosts: number[]; runs: number }): Promise<void> {
  const tools = await toolchain();
  const most = Math.max(...options.hosts);
  const dir = await mkdtemp(join(tmpdir(), "fm-bench-"));
  try {
    await withMachines(most, tools, async ({ all, keys }) => {
      const sides = [
        await ansible(join(dir, "ansible"), tools, keys),
        await ours(dir, tools, keys, most),
      ];
      const rows: Row[] = [];
      for (const count of options.hosts) {
        rows.push(...(await measure(sides, all.slice(0, count), options.runs)));
      }
      report(sides, rows, options.runs);
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measure(sides: Side[], machines: Machine[], runs: number): Promise<Row[]> {
  const rows = PHASES.map(({ name }): Row => ({
    hosts: machines.length,
    phase: name,
    seconds: {},
  }));
  for (let round = 1; round <= runs; round++) {
    for (const side of sides) {
      for (const [index, phase] of PHASES.entries()) {
        const label = `${machines.length} hosts, run ${round}: ${side.name}, ${phase.name}`;
        const took = await step(label, () => side.apply(machines, phase.disabled));
        if (took.changed > 0 !== phase.changes) {
          throw new Error(`${label}: ${took.changed} changes`);
        }
        await verify(machines, CHANGE, phase.disabled);
        (rows[index]!.seconds[side.name] ??= []).push(took.seconds);
      }
      await step(`${side.name} cleared away`, () => side.clear(machines));
    }
  }
  return rows;
}

function report(sides: Side[], rows: Row[], runs: number): void {
  const cells = rows.map(({ hosts, phase, seconds }) => {
    const [theirs = [], own = []] = sides.map(({ name }) => seconds[name] ?? []);
    return [phase, String(hosts), spread(theirs), spread(own), ratio(theirs, own).toFixed(1)];
  });
  const about = sides.map((side) => `${side.name}: ${side.about}.\n`).join("");
  const head = ["seconds, least / median", "hosts", ...sides.map(({ name }) => name), "ratio"];
  const met = cells.filter((row) => Number(row.at(-1)) >= GOAL).length;
  process.stdout.write(
    `${cpus().length} cores, ${runs} runs in turns.\n${about}\n${markdown(head, cells)}\n` +
      `Goal: a ratio of ${GOAL}; met in ${met} of ${cells.length} rows.\n`,
  );
}
