import type { SshConfig } from "./config/schema";

/** Seconds the shared connection stays open after its last use; an `up` pauses less than that. */
const PERSIST_SECONDS = 30;

/**
 * Options for the `ssh` that the docker provider starts. The host key must be in the stack's
 * known_hosts file, only the named key is offered, and all calls share one connection.
 */
export function sshOptions(ssh: SshConfig): string[] {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${ssh.knownHostsFile}`,
    "GlobalKnownHostsFile=/dev/null",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=4",
    "ControlMaster=auto",
    `ControlPath=${ssh.controlDirectory}/%C`,
    `ControlPersist=${PERSIST_SECONDS}`,
    ...(ssh.privateKeyFile === undefined ? [] : ["IdentitiesOnly=yes"]),
  ];
  return [
    ...options.flatMap((option) => ["-o", option]),
    ...(ssh.privateKeyFile === undefined ? [] : ["-i", ssh.privateKeyFile]),
  ];
}
