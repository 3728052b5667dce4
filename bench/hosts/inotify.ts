import { readFile, writeFile } from "node:fs/promises";

const LIMIT = "/proc/sys/fs/inotify/max_user_instances";

/** What one host's systemd, D-Bus and login manager take is 7. */
const EACH_HOST = 10;

/**
 * The kernel's default of 128 inotify instances for each user is enough for some 18 systemds, and the
 * next ones do not boot. Raises it as far as so many hosts need beside what runs already.
 *
 * @returns puts the old limit back.
 * @throws when it is too low and may not be raised here
 */
export async function allowInotify(hosts: number): Promise<() => Promise<void>> {
  const before = await readFile(LIMIT, "utf8");
  const needed = 128 + EACH_HOST * hosts;
  if (Number(before) >= needed) return () => Promise.resolve();
  await writeFile(LIMIT, String(needed)).catch((error: unknown) => {
    const command = `sysctl fs.inotify.max_user_instances=${needed}`;
    throw new Error(`${hosts} hosts need more inotify instances: run ${command} as root`, {
      cause: error,
    });
  });
  return () => writeFile(LIMIT, before);
}
