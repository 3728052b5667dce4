import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { once, type OnceOptions } from "../cache";
import { note } from "../../runner/progress";
import type { Rung } from "./types";

/** One way to get a tool: fills the directory, or throws to say why it cannot. */
export interface Way {
  rung: Exclude<Rung, "path">;
  /** What it does, "official release", "Go module". */
  name: string;
  fill: (dir: string, say: (detail: string) => void) => Promise<void>;
}

/** What a cached tool is, and which rung brought it. */
export interface Cached {
  dir: string;
  rung: Rung;
}

const RUNG_FILE = ".rung";

/**
 * A cached tool directory, made by the first way that works.
 * @throws when none works, with the reason of each
 */
export async function climb(
  key: string,
  ways: readonly Way[],
  options: OnceOptions,
): Promise<Cached> {
  const dir = await once(key, (tmp, say) => tryEach(tmp, say, options.label, ways), options);
  const rung = (await readFile(join(dir, RUNG_FILE), "utf8")).trim();
  return { dir, rung: rung === "download" ? "download" : "registry" };
}

async function tryEach(
  dir: string,
  say: (detail: string) => void,
  label: string,
  ways: readonly Way[],
) {
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      say(way.name);
      await way.fill(dir, say);
      await writeFile(join(dir, RUNG_FILE), `${way.rung}\n`);
      note(`${label}: ${way.name}${reasons.length > 0 ? `, as ${reasons.join("; ")}` : ""}`);
      return;
    } catch (error) {
      reasons.push(`${way.name}: ${error instanceof Error ? error.message : String(error)}`);
      await empty(dir);
    }
  }
  throw new Error(`${label} cannot be had:\n- ${reasons.join("\n- ")}`);
}

/** Half an archive from one way must not end up in the result of the next. */
async function empty(dir: string) {
  for (const name of await readdir(dir)) {
    await rm(join(dir, name), { recursive: true, force: true });
  }
}
