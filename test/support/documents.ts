/** The repository's documents, and the files that they may speak of. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join, normalize, resolve } from "node:path";
import { readMarkdown, type MarkdownPage } from "./markdown";

export const REPO = resolve(__dirname, "../..");

/** Every file that is, or is about to be, in the repository. */
export const FILES: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard"],
  { cwd: REPO, encoding: "utf8", maxBuffer: 1 << 26 },
)
  .split("\n")
  .filter((file) => file !== "");

const files = new Set(FILES);
const names = new Set(FILES.map((file) => basename(file)));

/** Directories that have a file, however deep below. */
const directories = new Set(FILES.flatMap((file) => parents(file)));

function parents(file: string): string[] {
  const parent = dirname(file);
  return parent === "." ? [] : [parent, ...parents(parent)];
}

export const text = (file: string): string => readFileSync(join(REPO, file), "utf8");

/** Each document by its path. */
export const PAGES: ReadonlyMap<string, MarkdownPage> = new Map(
  FILES.filter((file) => file.endsWith(".md")).map((file) => [file, readMarkdown(text(file))]),
);

/** A path from the repository's root is a file or a directory. */
export function exists(path: string): boolean {
  const clean = normalize(path).replace(/\/$/, "");
  return files.has(clean) || directories.has(clean);
}

/** Some file has this name. */
export const nameExists = (name: string): boolean => names.has(name);

/** Whether a path with `*`, `<x>` or `{a,b}` in it is that of some file or directory. */
export function patternExists(pattern: string): boolean {
  const expression = pattern
    .replace(/\/$/, "")
    .replace(/[.+?^$()|[\]\\]/g, "\\$&")
    .replace(/<[^>]*>|\*+/g, "[^/]+")
    .replace(/\{([^}]*)\}/g, (_, list: string) => `(${list.replaceAll(",", "|")})`);
  const matcher = new RegExp(`^${expression}$`);
  return [...files, ...directories].some((path) => matcher.test(path));
}

/** Directories at the root, whose names begin the paths that documents write. */
export const ROOMS = [...directories].filter(
  (directory) => !directory.includes("/") && !directory.startsWith("."),
);
