import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "../../runner/progress";
import { toolchain } from "../../lab/toolchain";
import { machineLine } from "../machine";
import { ansible } from "./ansible";
import { withMachines, type Machine } from "./machines";
import { ours } from "./ours";
import { comparison, type Row } from "./report";
import type { Side } from "./side";
import { verify } from "./verify";

/** The collector that the one change switches off; both sides have it on by default. */
const CHANGE = ["xfs"];

const PHASES = [
  { name: "first install", disabled: [], changes: true },
  { name: "no change", disabled: [], changes: false },
  { name: "one flag changed", disabled: CHANGE, changes: true },
];

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
      const machine = machineLine();
      const rows: Row[] = [];
      for (const count of options.hosts) {
        rows.push(...(await measure(sides, all.slice(0, count), options.runs)));
      }
      const about = sides.map((side) => `${side.name}: ${side.about}.\n`).join("");
      print(`${machine}; ${options.runs} runs, in turns.\n${about}`);
      print(comparison(sides.map(({ name }) => name) as [string, string], rows));
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

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
