import { hostImage } from "../../lab/images/host";
import { removeHosts } from "../../lab/hosts";
import { createHost, ensureNetwork, powerOn } from "../../lab/hosts/container";
import { hostKey, makeSshKeys, type SshKeys } from "../../lab/hosts/keys";
import { provisionSsh } from "../../lab/hosts/provision";
import { hostsWith, labOf, type Lab, type LabHost } from "../../lab/layout";
import { step } from "../../runner/progress";
import type { Toolchain } from "../../lab/toolchain";
import { allowInotify } from "./inotify";

/** A host that both sides install on. */
export interface Machine extends LabHost {
  /** `type base64`. */
  hostKey: string;
}

/** Container hosts with systemd and sshd, on a network of their own. */
export interface Machines {
  all: Machine[];
  keys: SshKeys;
}

/** At once: each boots a systemd. */
const BOOT_AT_ONCE = 5;

/** Runs the work with so many fresh hosts, and removes them whatever happens. */
export async function withMachines<T>(
  count: number,
  tools: Toolchain,
  work: (machines: Machines) => Promise<T>,
): Promise<T> {
  const whole = labOf("bench", count);
  const lab = { ...whole, hosts: hostsWith(whole, "supernode") };
  const image = await hostImage(tools);
  const putBack = await allowInotify(count);
  let removed: Promise<void> | undefined;
  // Once: an interrupt makes the work fail too, and both would remove the same containers.
  const remove = (): Promise<void> =>
    (removed ??= step("removes the hosts", () => removeHosts(lab)).finally(putBack));
  const interrupted = (): void => void remove().finally(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    // What a killed run left.
    await removeHosts(lab);
    return await work(await step(`${count} hosts`, (say) => boot(lab, image, say)));
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await remove();
  }
}

async function boot(lab: Lab, image: string, say: (detail: string) => void): Promise<Machines> {
  const keys = await makeSshKeys(lab);
  await ensureNetwork(lab);
  await inBatches(lab.hosts, async (host) => {
    say(host.name);
    await createHost(lab, host, image);
    await powerOn(host);
    await provisionSsh(lab, host, keys);
  });
  const all = lab.hosts.map(async (host) => ({ ...host, hostKey: await hostKey(lab, host.name) }));
  return { all: await Promise.all(all), keys };
}

/** Does the same to each host, a few at a time. */
export async function inBatches<H>(hosts: H[], work: (host: H) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < hosts.length; start += BOOT_AT_ONCE) {
    await Promise.all(hosts.slice(start, start + BOOT_AT_ONCE).map(work));
  }
}
