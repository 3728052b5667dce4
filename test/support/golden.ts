import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect } from "vitest";

const ROOT = resolve(__dirname, "../golden");

/**
 * Compares a rendered text with the committed one in test/golden. `UPDATE_GOLDEN=1` writes it
 * instead; the diff is then for the reviewer to read.
 */
export function expectGolden(name: string, text: string): void {
  const path = join(ROOT, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  const golden = existsSync(path) ? readFileSync(path, "utf8") : "";
  const shown = relative(process.cwd(), path);
  expect(
    text,
    `${shown} is not what the code renders now. If the change is meant: ` +
      "UPDATE_GOLDEN=1 npx vitest run --project unit, then read the diff.",
  ).toBe(golden);
}
