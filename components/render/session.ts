/** What components/session.sh reads on standard input. Pure. */

/** One machine to log in to. */
export interface SshHop {
  address: string;
  port: number;
  user: string;
  /** `type base64`: the only host key that is accepted. */
  hostKey: string;
  /** Path on the machine that runs Pulumi, `~/` allowed. @default the keys of the SSH agent */
  privateKeyFile?: string;
}

/** A machine, how to get there, and what may have to be said on the way. */
export interface SshTarget extends SshHop {
  /** Name for error messages. */
  name: string;
  /** Host in between, with a host key of its own. */
  bastion?: SshHop;
  /** Seconds to go on trying a machine that does not answer: one that reboots comes back. */
  waitSeconds: number;
}

/** Secrets of a session. A text that holds one has to be made a secret by whoever renders it. */
export interface SshSecrets {
  /** Of the private keys. */
  passphrase?: string;
  /** For a user whose sudo asks for it. */
  sudoPassword?: string;
}

/** A bundle in the cache of the machine that runs Pulumi, and the blobs that belong to it. */
export interface SessionBundle {
  /** SHA-256 of its tar. */
  hash: string;
  blobs: { arch: "amd64" | "arm64" | "any"; sha256: string }[];
}

/** What `uname -m` says of an architecture. */
const MACHINES = { amd64: "x86_64", arm64: "aarch64", any: "any" } as const;

/**
 * @param rest further keys, such as those of {@link bundleKeys}
 * @throws Error for a value that would be two lines
 */
export function sessionInput(
  target: SshTarget,
  secrets: SshSecrets = {},
  rest: Record<string, string> = {},
): string {
  const { bastion } = target;
  const values: Record<string, string | number | undefined> = {
    name: target.name,
    ...hop("", target),
    ...(bastion === undefined ? {} : hop("bastion_", bastion)),
    wait: target.waitSeconds,
    passphrase: secrets.passphrase,
    sudo_password: secrets.sudoPassword,
    ...rest,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return `${given.map(([key, value]) => line(key, String(value))).join("")}\n`;
}

/** What an install sends. */
export function bundleKeys({ hash, blobs }: SessionBundle): Record<string, string> {
  return {
    bundle: hash,
    blobs: blobs.map(({ arch, sha256 }) => `${MACHINES[arch]}/${sha256}`).join(" "),
  };
}

function hop(prefix: string, { address, port, user, hostKey, privateKeyFile }: SshHop) {
  return {
    [`${prefix}address`]: address,
    [`${prefix}port`]: port,
    [`${prefix}user`]: user,
    [`${prefix}host_key`]: hostKey,
    [`${prefix}identity`]: privateKeyFile,
  };
}

function line(key: string, value: string): string {
  // The value itself may be a password.
  if (/[\r\n\0]/.test(value)) throw new Error(`session: the value of ${key} has a line break`);
  return `${key}=${value}\n`;
}
