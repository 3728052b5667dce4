import { join } from "node:path";
import { REPO } from "./engine/project";
import { run } from "./run";
import { pythonTools } from "./toolchain/python";

/** Measures what monitoring costs on this machine and prints it as Markdown; about four minutes. */
export async function bench(): Promise<boolean> {
  await run(await pythonTools(), [join(REPO, "bench", "run.py")], {
    onLine: (line) => process.stdout.write(`${line}\n`),
  });
  return true;
}
