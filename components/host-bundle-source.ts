/** Files of this repository as files of a bundle. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { BundleFile } from "./render/host-tar";

export const repository = join(__dirname, "..");

export const mode = 0o644;

export function text(path: string, content: string): BundleFile {
  return { path, mode, content: Buffer.from(content) };
}

/** A file of `host/`, under the same path. */
export function source(path: string, fileMode: 0o644 | 0o755 = mode): BundleFile {
  return { path, mode: fileMode, content: readFileSync(join(repository, "host", path)) };
}

/** The text of a template of `host/`. */
export function template(path: string): string {
  return readFileSync(join(repository, "host", path), "utf8");
}

/** The files below a directory of the repository, without what Python leaves there. */
export function tree(directory: string, path: string): BundleFile[] {
  return readdirSync(join(repository, directory), { withFileTypes: true })
    .filter(({ name }) => name !== "__pycache__" && !name.startsWith("."))
    .flatMap((entry) => {
      const [from, to] = [`${directory}/${entry.name}`, `${path}/${entry.name}`];
      return entry.isDirectory()
        ? tree(from, to)
        : [{ path: to, mode, content: readFileSync(join(repository, from)) } satisfies BundleFile];
    });
}
