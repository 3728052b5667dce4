import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FederationHostConfig } from "../../components/config/schema";
import { requireCommand } from "../../lab/toolchain/apt";
import { startSshd } from "../../test/support/sshd";

/** Simulated hosts, each an address of loopback. */
export interface SimulatedHosts {
  /** The first so many of them. */
  first(count: number): FederationHostConfig[];
  privateKeyFile: string;
  /** SSH connections that logged in so far, of all hosts together. */
  logins(): number;
  /** How many hosts are installed now. */
  installed(): Promise<number>;
  stop(): Promise<void>;
}

/** One address each in 127.90.0.0/16; all of 127.0.0.0/8 is loopback in Linux. */
export function addressOf(index: number): string {
  const perNet = 250;
  return `127.90.${1 + Math.floor(index / perNet)}.${1 + (index % perNet)}`;
}

/** Starts sshds that answer on so many addresses; what a session does is host.sh. */
export async function simulateHosts(count: number): Promise<SimulatedHosts> {
  await requireCommand("sshd", ["openssh-server"], "to simulate hosts");
  const homes = await mkdtemp(join(tmpdir(), "flower-monitoring-homes-"));
  const addresses = Array.from({ length: count }, (_, index) => addressOf(index));
  const sshd = await startSshd({
    addresses,
    // 16 addresses share an sshd, whose default turns away connections from the eleventh on.
    config: [`ForceCommand ${join(__dirname, "host.sh")} ${homes}`, "MaxStartups 1000"],
  });
  const toHost = (address: string, index: number): FederationHostConfig => ({
    name: `node-${String(index + 1).padStart(4, "0")}`,
    role: "supernode",
    address,
    user: sshd.user,
    port: sshd.port,
    hostKey: sshd.hostKey.split(" ").slice(0, 2).join(" "),
    lost: false,
    labels: {},
  });
  return {
    first: (some) => addresses.slice(0, some).map(toHost),
    privateKeyFile: sshd.keyFile,
    logins: () => sshd.log().match(/^Accepted publickey/gm)?.length ?? 0,
    installed: async () =>
      (await readdir(homes, { recursive: true })).filter((path) => path.endsWith("/installed"))
        .length,
    async stop() {
      await sshd.stop();
      await rm(homes, { recursive: true, force: true });
    },
  };
}
