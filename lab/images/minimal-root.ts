import { chmod, copyFile, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../../runner/run";
import { installPackages } from "../toolchain/apt";
import { busybox } from "./busybox";

/** A root file system made of a few files, in the shape of the official images. */
export interface MinimalRoot {
  /** Place in the image to file on this machine; all become executable. */
  binaries: Readonly<Record<string, string>>;
  /** Place in the image to content. */
  files?: Readonly<Record<string, string>>;
  /** The image's user, and the empty directories that are theirs: data, working directory. */
  user: { name: string; id: number };
  ownedDirs: readonly string[];
}

/** This file: how a root is laid out is an input of every image that is made with it. */
export const ROOT_LAYOUT = __filename;

const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** The official images' base has them too; Alertmanager's mute timings name them. */
const TIME_ZONES = "/usr/share/zoneinfo";

/** Writes the root as a tar file, with root as owner of all but `ownedDirs`. Needs no root. */
export async function writeMinimalRoot(
  root: MinimalRoot,
  tar: string,
  work: string,
): Promise<void> {
  for (const dir of ["bin", "etc/ssl/certs", "lib", "tmp", ...root.ownedDirs]) {
    await mkdir(join(work, dir), { recursive: true });
  }
  await chmod(join(work, "tmp"), 0o1777);
  await addBusybox(work);
  for (const [place, file] of Object.entries(root.binaries)) {
    await mkdir(dirname(join(work, place)), { recursive: true });
    await copyFile(file, join(work, place));
    await chmod(join(work, place), 0o755);
  }
  const { name, id } = root.user;
  const files: Record<string, string> = {
    "/etc/passwd": `root:x:0:0:root:/:/bin/sh\n${name}:x:${id}:${id}:${name}:/:/bin/false\n`,
    "/etc/group": `root:x:0:\n${name}:x:${id}:\n`,
    // Without it, Go and glibc may ask DNS for a name that /etc/hosts has.
    "/etc/nsswitch.conf": "hosts: files dns\n",
    ...root.files,
  };
  if (existsSync(CERTIFICATES)) files[CERTIFICATES] = await readFile(CERTIFICATES, "utf8");
  for (const [place, content] of Object.entries(files)) {
    await mkdir(dirname(join(work, place)), { recursive: true });
    await writeFile(join(work, place), content);
  }

  if (!existsSync(TIME_ZONES)) await installPackages(["tzdata"], "time zones, for mute timings");
  await cp(TIME_ZONES, join(work, TIME_ZONES), { recursive: true, verbatimSymlinks: true });

  const owned = root.ownedDirs.map((dir) => `./${dir}`);
  const common = ["--numeric-owner", "--sort=name", "--mtime=@0", "-C", work];
  const exclude = owned.map((dir) => `--exclude=${dir}`);
  await run("tar", ["--owner=0", "--group=0", ...common, ...exclude, "-cf", tar, "."]);
  const owner = [`--owner=${id}`, `--group=${id}`];
  await run("tar", [...owner, ...common, "--no-recursion", "-rf", tar, ...owned]);
}

async function addBusybox(work: string) {
  const target = join(work, "bin", "busybox");
  await copyFile(await busybox(), target);
  await chmod(target, 0o755);
  const { stdout } = await run(target, ["--list"]);
  for (const applet of stdout.trim().split("\n")) {
    if (applet !== "busybox") await symlink("busybox", join(work, "bin", applet));
  }
}
