import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { cacheRoot } from "../cache";

/**
 * The first executable of that name on PATH, or undefined. What lies in the cache or in `ignore`
 * does not count: the question is what the machine itself has.
 */
export function findOnPath(
  name: string,
  ignore: readonly string[] = [],
  path = process.env["PATH"] ?? "",
): string | undefined {
  const ours = [cacheRoot(), ...ignore].map((dir) => real(dir) + sep);
  for (const dir of path.split(delimiter)) {
    if (dir === "") continue;
    const file = join(dir, name);
    if (isExecutable(file) && !ours.some((prefix) => (real(dir) + sep).startsWith(prefix))) {
      return file;
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function real(dir: string): string {
  try {
    return realpathSync(dir);
  } catch {
    return dir;
  }
}
