import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { once } from "../cache";
import { run } from "../../runner/run";
import { installPackages } from "../toolchain/apt";

const KEYRING = "usr/share/keyrings/ubuntu-archive-keyring.gpg";

/** The oldest release of Debian that has the package below. */
const SUITE = "trixie";

/** mmdebstrap's list of Ubuntu's releases: with it, it knows where their archive is. */
const RELEASES = "/usr/share/distro-info/ubuntu.csv";

/**
 * What mmdebstrap needs beyond its own for a release of Ubuntu: the list of releases, and the keys of
 * Ubuntu's archive, which Debian signs as a package of its own.
 * @param mirror of Debian; empty for mmdebstrap's own default
 * @returns options for mmdebstrap
 */
export async function ubuntuOptions(mmdebstrap: string, mirror: string): Promise<string[]> {
  if (!existsSync(RELEASES)) {
    await installPackages(["distro-info-data"], "the list of Ubuntu's releases");
  }
  const installed = `/${KEYRING}`;
  const keyring = existsSync(installed) ? installed : await keyringFromDebian(mmdebstrap, mirror);
  // python3-venv is in "universe". apt's own user cannot look into root's cache for the keys.
  const asRoot = '--aptopt=APT::Sandbox::User "root"';
  return [`--keyring=${keyring}`, asRoot, "--components=main,universe"];
}

async function keyringFromDebian(mmdebstrap: string, mirror: string): Promise<string> {
  const dir = await once(
    "tools/ubuntu-keyring",
    async (target, say) => {
      const root = join(target, "root");
      await mkdir(root);
      const extract = ["--variant=extract", "--include=ubuntu-keyring", "--format=directory"];
      const from = mirror === "" ? [] : [mirror];
      await run(mmdebstrap, [...extract, SUITE, root, ...from], { onLine: say });
      await rename(join(root, KEYRING), join(target, "archive.gpg"));
      await rm(root, { recursive: true });
    },
    { label: "keys of Ubuntu's archive, from Debian", expect: "about 5 s" },
  );
  return join(dir, "archive.gpg");
}
