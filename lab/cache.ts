import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { lock } from "proper-lockfile";
import { step } from "../runner/progress";

/** What the builder of one cache entry should know. */
export interface OnceOptions {
  /** What is being made, for the progress lines and errors. */
  label: string;
  /** How long it takes when nothing is there yet, "about 4 min"; printed at the start. */
  expect?: string;
  /** Free disk space needed to start, in MiB; default 512. */
  needMiB?: number;
  /** Milliseconds after which the lock of a dead process is taken over; default 10,000. */
  staleMs?: number;
}

/** The cache directory: FLOWER_MONITORING_CACHE, else flower-monitoring in the user's cache. */
export function cacheRoot(): string {
  const own = process.env["FLOWER_MONITORING_CACHE"];
  if (own !== undefined && own !== "") return own;
  const xdg = process.env["XDG_CACHE_HOME"];
  const base = xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache");
  return join(base, "flower-monitoring");
}

/**
 * Returns the finished directory `<cache>/<key>`, building it when it is not there. However many
 * processes ask at once, one builds and the others wait. A directory with that name is always
 * whole: the build happens in a hidden sibling and is renamed when it succeeded.
 * @param key path below the cache root that names content and version, "tools/pulumi-3.259.0"
 * @param build fills the directory that it is given; it must not keep the path, which is temporary
 */
export async function once(
  key: string,
  build: (tmpDir: string, say: (detail: string) => void) => Promise<void>,
  options: OnceOptions,
): Promise<string> {
  const target = join(cacheRoot(), key);
  if (await exists(target)) return target;
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });

  const held = await holdLock(target, options);
  try {
    // Whoever held the lock before us may have built it.
    if (await exists(target)) return target;
    await removeLeftovers(target);
    await requireSpace(parent, options);
    await step(options.label, (say) => buildInto(target, build, say, held), {
      expect: options.expect,
    });
    return target;
  } finally {
    await held.release();
  }
}

interface HeldLock {
  release: () => Promise<void>;
  /** Set when another process took the lock over, as after a long suspend. */
  lost: boolean;
}

async function holdLock(target: string, options: OnceOptions): Promise<HeldLock> {
  const staleMs = options.staleMs ?? 10_000;
  const held: HeldLock = { release: () => Promise.resolve(), lost: false };
  const acquire = async (retries: number) => {
    const release = await lock(target, {
      lockfilePath: `${hidden(target)}.lock`,
      realpath: false,
      stale: staleMs,
      update: Math.min(2_000, staleMs / 2),
      retries: { retries, factor: 1, minTimeout: 250 },
      onCompromised: () => {
        held.lost = true;
      },
    });
    // Releasing a lock that was lost is an error in the library and harmless here.
    held.release = () => release().catch(() => undefined);
  };
  try {
    await acquire(0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    const aDay = (24 * 3600 * 1000) / 250;
    await step(`${options.label}: another process is at it, waiting`, () => acquire(aDay));
  }
  return held;
}

async function buildInto(
  target: string,
  build: (tmpDir: string, say: (detail: string) => void) => Promise<void>,
  say: (detail: string) => void,
  held: HeldLock,
) {
  const tmp = `${hidden(target)}.tmp-${process.pid}-${randomBytes(4).toString("hex")}`;
  await mkdir(tmp);
  try {
    await build(tmp, say);
    if (held.lost) throw new Error(`${target}: another process took over its lock; run it again.`);
    await rename(tmp, target);
  } catch (error) {
    await rm(tmp, { recursive: true, force: true });
    throw error;
  }
}

/** Whoever holds the lock is the only builder, so every temporary sibling is a dead one's. */
async function removeLeftovers(target: string) {
  const prefix = `${basename(hidden(target))}.tmp-`;
  for (const name of await readdir(dirname(target))) {
    if (name.startsWith(prefix)) {
      await rm(join(dirname(target), name), { recursive: true, force: true });
    }
  }
}

async function requireSpace(dir: string, options: OnceOptions) {
  const need = options.needMiB ?? 512;
  const disk = await statfs(dir);
  const free = Math.floor((disk.bavail * disk.bsize) / 2 ** 20);
  if (free < need) {
    throw new Error(
      `${options.label}: needs ${need} MiB free in ${dir}, which has ${free} MiB. ` +
        "Free some space, or set FLOWER_MONITORING_CACHE to a directory on another disk.",
    );
  }
}

function hidden(target: string): string {
  return join(dirname(target), `.${basename(target)}`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
