/** The command `export`: everything that the program renders, as files. Asks nobody, and needs no secret. */
import { relative, resolve } from "node:path";
import type { Options } from "../args";
import { EXIT, type ExitCode } from "../errors";
import { note } from "../progress";
import { exportStack } from "./render";
import { writeExport } from "./write";

export function exportCommand({ stack, projectDir, out, json }: Options): ExitCode {
  const { about, files } = exportStack({ stack, projectDir });
  const directory = resolve(out);
  writeExport(directory, files);
  for (const key of about.missing) {
    note(`${key} is not on this machine: hosts are shown as though they download it`);
  }
  const report = { version: 1, stack, out: directory, files: files.length, missing: about.missing };
  const shown = relative(process.cwd(), directory);
  process.stdout.write(
    json
      ? `${JSON.stringify(report, null, 2)}\n`
      : `${files.length} files of the stack ${stack} are in ${shown.startsWith("..") ? directory : shown}\n`,
  );
  return EXIT.ok;
}
