import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * A key of everything that goes into an image: 12 hex digits that change when an input does and
 * never else.
 * @param values versions, package names, flags
 * @param files paths whose content counts, in a fixed order
 */
export function imageKey(values: readonly string[], files: readonly string[] = []): string {
  const hash = createHash("sha256").update(JSON.stringify(values));
  for (const file of files) {
    // A length before each file: without it, moving bytes between two files keeps the key.
    const content = readFileSync(file);
    hash.update(`\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}
