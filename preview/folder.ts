/** An export as a comment reads it (docs/export.md). */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import type { ExportedHost } from "../runner/export/hosts";
import type { ExportedStack } from "../runner/export/render";

/** Files of an export by their paths, with forward slashes. */
export type Folder = ReadonlyMap<string, string>;

/** @returns no files where there is no such directory */
export function readFolder(directory: string): Folder {
  const files = new Map<string, string>();
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else files.set(relative(directory, path).replaceAll("\\", "/"), readFileSync(path, "utf8"));
    }
  };
  try {
    walk(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return files;
}

/** Files below a directory of it, by the rest of their paths. */
export function below(folder: Folder, directory: string): Map<string, string> {
  const own = [...folder].filter(([path]) => path.startsWith(`${directory}/`));
  return new Map(own.map(([path, content]) => [path.slice(directory.length + 1), content]));
}

/** A JSON or YAML file; undefined where there is none. */
export function parsed<T>(folder: Folder, path: string): T | undefined {
  const content = folder.get(path);
  if (content === undefined) return undefined;
  return (path.endsWith(".json") ? JSON.parse(content) : parse(content)) as T;
}

export function stackOf(folder: Folder): ExportedStack | undefined {
  return parsed<ExportedStack>(folder, "stack.json");
}

export function hostsOf(folder: Folder): Map<string, ExportedHost> {
  return new Map(Object.entries(parsed<Record<string, ExportedHost>>(folder, "hosts.json") ?? {}));
}
