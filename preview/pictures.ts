/** Pictures of the dashboards that a change touches: made by the report of the change's own checkout. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CommandError, run } from "../runner/run";
import { withoutSecrets, wordsOf } from "./checkout";
import type { Picture } from "./dashboards";

export interface PictureFolder {
  directory: string;
  /** Where readers find that directory. */
  url?: string;
  /** What readers know that directory by, where it has no address. @default nothing before the name */
  path?: string;
  /** A page on which readers find it, where it has no address. */
  page?: string;
}

export function picturesIn({ directory, url, path, page }: PictureFolder): Picture {
  return (slug) => {
    const name = [`${slug}.png`, `flower-monitoring-${slug}.png`].find((file) =>
      existsSync(join(directory, file)),
    );
    if (name === undefined) return undefined;
    // Nothing else of a name may get into an address.
    if (url !== undefined && /^[\w.-]+$/.test(name)) {
      return { image: `${url.replace(/\/$/, "")}/${name}` };
    }
    const file = path === undefined ? name : `${path}/${name}`;
    return { file, ...(page === undefined ? {} : { page }) };
  };
}

/** Milliseconds: a download of Prometheus or a browser, a minute of scrapes, seconds a picture. */
const LONGEST_MS = 900_000;

/**
 * Makes pictures in each directory that has `base/` and `head/`, into its `pictures/`.
 *
 * @param installBrowser whether Chromium is installed where there is no browser
 * @returns why there are none; nothing where they are made
 */
export async function drawn(
  directories: string[],
  repo: string,
  installBrowser: boolean,
): Promise<string | undefined> {
  const args = [
    ...["--import", "tsx", join("lab", "report", "main.ts"), "--recorded"],
    ...directories.flatMap((directory) => ["--changes", directory]),
    ...(installBrowser ? ["--install-browser"] : []),
  ];
  try {
    await run(process.execPath, args, {
      cwd: repo,
      env: withoutSecrets(),
      timeoutMs: LONGEST_MS,
      onLine: (line, stream) => {
        if (stream === "stderr") process.stderr.write(`${line}\n`);
      },
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const lines = (wordsOf(error) || error.message).split("\n");
    // What crashed begins with the place; else the first line says it.
    return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? "";
  }
}
