import { join } from "node:path";
import { parseArgs } from "node:util";
import { hosts } from "../bench/hosts";
import { scale } from "../bench/scale";
import { REPO } from "./engine/project";
import { run } from "../runner/run";
import { pythonTools } from "./toolchain/python";

const HELP = `Benchmarks of this machine, as Markdown on standard output:

  bench           what monitoring costs: the hook, the exporter; about four minutes
  bench hosts     node_exporter on container hosts, beside Ansible; about an hour
    --hosts 3,10,30       numbers of hosts
    --runs 3              how often each is measured
  bench scale     up, up without a change and destroy of many simulated hosts; about half an hour
    --hosts 100,1000      numbers of hosts, with the state saved once
    --checkpointed 100,200  the same with every checkpoint saved
`;

/** What monitoring costs the machines that are monitored. */
async function cost(): Promise<void> {
  await run(await pythonTools(), [join(REPO, "bench", "run.py")], {
    onLine: (line) => process.stdout.write(`${line}\n`),
  });
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`"${text}": allowed are whole numbers from 1`);
  }
  return value;
}

const numbers = (list: string): number[] => list.split(",").map(number);

const OPTIONS = {
  hosts: { type: "string" },
  runs: { type: "string", default: "3" },
  checkpointed: { type: "string", default: "100,200" },
} as const;

/** Runs one benchmark of the command line. */
export async function bench([what = "cost", ...args]: string[]): Promise<boolean> {
  const { values } = parseArgs({ args, options: OPTIONS });
  switch (what) {
    case "cost":
      await cost();
      return true;
    case "hosts":
      await hosts({ hosts: numbers(values.hosts ?? "3,10,30"), runs: number(values.runs) });
      return true;
    case "scale":
      await scale({
        hosts: numbers(values.hosts ?? "100,1000"),
        checkpointed: numbers(values.checkpointed),
      });
      return true;
    default:
      process.stderr.write(HELP);
      return what === "help";
  }
}
