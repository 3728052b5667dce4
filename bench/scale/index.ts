import { toolchain } from "../../lab/toolchain";
import { simulateHosts } from "./hosts";
import { machineLine } from "../machine";
import { life, PARALLEL, type Life } from "./measure";
import { details, times } from "./report";

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
    const { kind, version } = tools.plugins.command;
    print(
      `${machineLine()}; command plugin ${version} (${kind}); simulated hosts, ${PARALLEL} at once.\n`,
    );
    print(times("state saved once", saveOnce));
    print(times("every checkpoint saved", saveAll));
    print(details([...saveOnce, ...saveAll]));
    print(`\nGoal: ten times the hosts take at most ${GOAL} times as long.\n`);
  } finally {
    await simulated.stop();
  }
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
