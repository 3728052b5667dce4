/** Puts an export into a folder: all of it, and nothing that an earlier one left. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ConfigFile } from "../../components/render/config-push";
import { UsageError } from "../errors";
import { STACK_JSON } from "./render";

/**
 * @param directory absolute; made where it is missing
 * @throws UsageError when something is there that is no export
 */
export function writeExport(directory: string, files: ConfigFile[]): void {
  if (!isOurs(directory)) {
    throw new UsageError(
      `--out: got ${directory}, which has files that are no export; allowed: a directory that is empty, not there, or an earlier export; do: name another one`,
    );
  }
  // Beside it, so that an export that fails leaves the one before.
  const made = join(dirname(directory), `.${basename(directory)}.${process.pid}.new`);
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(join(made, path)), { recursive: true });
      writeFileSync(join(made, path), content);
    }
    rmSync(directory, { recursive: true, force: true });
    renameSync(made, directory);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function isOurs(directory: string): boolean {
  if (!existsSync(directory)) return true;
  try {
    if (readdirSync(directory).length === 0) return true;
    const about = JSON.parse(readFileSync(join(directory, STACK_JSON), "utf8")) as object;
    return "version" in about && "federation" in about;
  } catch {
    return false;
  }
}
