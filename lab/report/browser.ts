/** A headless Chromium, run once for each thing that is wanted of it. */
import { userInfo } from "node:os";
import { CommandError, run } from "../../runner/run";
import { requireCommand } from "../toolchain/apt";
import { findOnPath } from "../toolchain/find";

/** Chrome first: where a machine has both, as GitHub's have, it is the one that may start its sandbox. */
export const BROWSERS = ["google-chrome", "chromium", "chromium-browser"] as const;

const WHY = "to make pictures of dashboards";

/** Milliseconds for one start; a page of ours takes one or two seconds. */
const LONGEST_MS = 120_000;

/**
 * The path of a browser.
 *
 * @param path directories to look in, as PATH has them
 * @throws Error in one line when there is none
 */
export function browserOnPath(path?: string): string {
  const found = BROWSERS.map((name) => findOnPath(name, [], path)).find(
    (file) => file !== undefined,
  );
  if (found !== undefined) return found;
  throw new Error(
    `no browser: none of ${BROWSERS.join(", ")} is on PATH; install one (in Debian: apt-get install chromium)`,
  );
}

/** The same; where there is none, Chromium from its Debian package. */
export async function requireBrowser(): Promise<string> {
  try {
    return browserOnPath();
  } catch {
    return requireCommand("chromium", ["chromium"], WHY);
  }
}

export interface Browser {
  /** What a page has in it after its scripts have run. */
  content(url: string, width: number): Promise<string>;
  /** A PNG of so many pixels. */
  picture(url: string, file: string, width: number, height: number): Promise<void>;
}

/** @param profile directory that it may fill; remove it afterwards */
export function browserAt(path: string, profile: string, uid = userInfo().uid): Browser {
  const start = (width: number, height: number, ...args: string[]) =>
    run(path, [...flags(profile, uid), `--window-size=${width},${height}`, ...args], {
      timeoutMs: LONGEST_MS,
    }).catch((error: unknown) => {
      throw error instanceof CommandError ? new Error(`${path}: ${reasonOf(error)}`) : error;
    });
  return {
    content: async (url, width) => (await start(width, 1000, "--dump-dom", url)).stdout,
    picture: async (url, file, width, height) => {
      await start(width, height, `--screenshot=${file}`, url);
    },
  };
}

/** What it died of, among all that a browser complains of where there is no desktop. */
function reasonOf({ message, stderr }: CommandError): string {
  const fatal = stderr.split("\n").find((line) => line.includes("FATAL"));
  const how = /: (took more than .*|was ended by .*|exit code \d+|did not start: .*)$/m.exec(
    message,
  );
  return fatal?.trim() ?? how?.[1] ?? message;
}

function flags(profile: string, uid: number): string[] {
  return [
    "--headless",
    // Chromium refuses to start its sandbox as root, as CI jobs in containers are.
    ...(uid === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu",
    // Containers have a /dev/shm of 64 MiB.
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--no-first-run",
    // The page needs nothing from anywhere, and the browser shall fetch nothing of its own.
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    `--user-data-dir=${profile}`,
  ];
}
