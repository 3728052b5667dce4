import { readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { step } from "../../runner/progress";
import { run } from "../../runner/run";
import { findOnPath } from "./find";

let updated = false;

/**
 * Makes sure that a command is there, from a Debian package when it is not. Returns its path.
 * @param why what it is needed for, in the error's words
 * @throws when it cannot be installed here, with the command that a person would type
 */
export async function requireCommand(
  command: string,
  packages: readonly string[],
  why: string,
): Promise<string> {
  // Debian keeps administrators' commands outside a user's PATH.
  const path = `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;
  const found = findOnPath(command, [], path);
  if (found !== undefined) return found;
  await installPackages(packages, `${command}, ${why}`);
  const installed = findOnPath(command, [], path);
  if (installed === undefined) {
    throw new Error(`apt-get installed ${packages.join(" ")}, but there is still no ${command}.`);
  }
  return installed;
}

/**
 * Installs Debian packages.
 * @throws without root or on another distribution, naming what to run
 */
export async function installPackages(packages: readonly string[], why: string): Promise<void> {
  const command = `apt-get install ${packages.join(" ")}`;
  if (!hasApt()) {
    throw new Error(
      `The lab needs ${why}. This is not Debian or Ubuntu, so install it with your own package ` +
        `manager (in Debian: ${command}) and run this again.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `The lab needs ${why}. Run \`sudo apt-get update && sudo ${command}\`, then this again.`,
    );
  }
  await updateLists();
  await step(`apt-get install ${packages.join(" ")}`, (say) =>
    run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], {
      // On a desktop or server package a started service would be a surprise; ours start it.
      env: { DEBIAN_FRONTEND: "noninteractive" },
      onLine: say,
      timeoutMs: 900_000,
    }),
  );
}

/** Downloads a package and unpacks its files below a directory, without installing it. */
export async function unpackPackage(name: string, dir: string): Promise<void> {
  if (!hasApt()) throw new Error(`No apt-get here to download the package ${name} with.`);
  const download = () => run("apt-get", ["download", name], { cwd: dir, timeoutMs: 300_000 });
  await download().catch(async () => {
    // A fresh machine has no package lists yet.
    await updateLists();
    await download();
  });
  const [file] = (await readdir(dir)).filter((entry) => entry.endsWith(".deb"));
  if (file === undefined) throw new Error("apt-get download left no .deb file");
  await run("dpkg-deb", ["-x", join(dir, file), dir]);
  await rm(join(dir, file));
}

async function updateLists() {
  if (updated || process.getuid?.() !== 0) return;
  await step("apt-get update", (say) =>
    // One third-party source that does not answer must not stop the rest: install says if it matters.
    run("apt-get", ["update"], { onLine: say, timeoutMs: 300_000 }).catch(() => undefined),
  );
  updated = true;
}

function hasApt(): boolean {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
