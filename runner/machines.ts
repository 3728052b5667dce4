/** Every machine that a stack's sessions go to: the monitoring VM, the federation's hosts, bastions. */
import { readFileSync } from "node:fs";
import type { BastionConfig, FederationHostConfig, HostRole } from "../components/config/schema";
import {
  type HostKeyAnswer,
  hostKeyOf,
  type KnownHosts,
  parseKnownHosts,
} from "../components/config/ssh";
import type { SshSecrets, SshTarget } from "../components/render/session";
import { sessionTarget, type SessionHost } from "../components/session";
import { coreOf, fleetOf, type StackView } from "./stack";

export type MachineRole = HostRole | "monitoring" | "bastion";

/** One machine, and how to log in to it. */
export interface Machine {
  /** Of a host as in the config; `monitoring`; a bastion's address. */
  name: string;
  role: MachineRole;
  target: SshTarget;
  secrets: SshSecrets;
  /** What known_hosts has for it. */
  pinned: HostKeyAnswer;
  /** Of the federation's hosts. */
  host?: FederationHostConfig;
}

/**
 * In the order in which they are shown; hosts that are lost are not among them.
 * @param waitSeconds how long to go on trying one that does not answer
 */
export function machinesOf({ config, secrets }: StackView, waitSeconds: number): Machine[] {
  const { ssh } = config;
  const monitoring = coreOf(config)?.monitoring;
  const hosts = fleetOf(config)?.hosts ?? [];
  const known = knownHosts(ssh.knownHostsFile);
  const machine = (role: MachineRole, host: SessionHost): Machine => ({
    name: host.name,
    role,
    target: sessionTarget(host, { ...ssh, waitSeconds }),
    secrets: {
      ...named("passphrase", ssh.passphraseSecret, secrets),
      ...named("sudoPassword", host.sudoPasswordSecret, secrets),
    },
    pinned: hostKeyOf(known, host.address, host.port),
  });
  const there = hosts.filter(({ lost }) => !lost);
  const bastions = new Map<string, BastionConfig>(
    there.flatMap(({ bastion }) =>
      bastion === undefined ? [] : [[`${bastion.address} ${bastion.port}`, bastion]],
    ),
  );
  return [
    ...[...bastions.values()].map((bastion) =>
      machine("bastion", { ...bastion, name: bastion.address }),
    ),
    ...(monitoring?.docker.kind === "ssh"
      ? [
          machine("monitoring", {
            name: "monitoring",
            address: monitoring.docker.host,
            port: monitoring.docker.port,
            user: monitoring.docker.user,
            hostKey: monitoring.hostKey ?? "",
          }),
        ]
      : []),
    ...there.map((host) => ({ ...machine(host.role, host), host })),
  ];
}

function named(
  as: keyof SshSecrets,
  key: string | undefined,
  secrets: Record<string, string>,
): SshSecrets {
  const value = key === undefined ? undefined : secrets[key];
  return value === undefined ? {} : { [as]: value };
}

/** A file that is not there pins nothing. */
function knownHosts(file: string): KnownHosts {
  try {
    return parseKnownHosts(readFileSync(file, "utf8"));
  } catch {
    return { lines: [], hashed: false };
  }
}
