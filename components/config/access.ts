/** How hosts are reached: the key `ssh`, its bastions, and the secrets that a session may need. */
import type { ConfigPath, Faults } from "./faults";
import type { ConfigIo } from "./files";
import * as files from "./files";
import type { SshDefaults } from "./hosts";
import { member, pinnedKey } from "./hosts";
import type { BastionConfig, SshConfig } from "./schema";
import type { SecretRef } from "./secret-refs";
import { read, shapes } from "./shapes";
import * as values from "./values";
import { secretName } from "./webhooks";

/** What the key `ssh` is where the stack does not say it. */
export const SSH_DEFAULTS = {
  user: "root",
  port: 22,
  knownHostsFile: "./known_hosts",
  waitSeconds: 60,
} as const;

/** What every host is reached by unless it says otherwise. */
export interface Access extends SshDefaults {
  bastions: Record<string, BastionConfig>;
  sudoPasswordSecret?: string;
}

/**
 * Uses what is right even when something else is wrong, so that hosts can still be checked.
 *
 * @param used whether the stack logs in anywhere: only then it needs known hosts
 */
export function readAccess(
  raw: unknown,
  used: boolean,
  io: ConfigIo,
  faults: Faults,
): { config: SshConfig; access: Access } {
  read(shapes.ssh, raw, ["ssh"], faults);
  const or = <T>(key: string, rule: values.Rule, fallback: T): T => {
    const value = member(raw, key);
    return rule(value) === undefined ? (value as T) : fallback;
  };
  const user = or<string>("user", values.userName, SSH_DEFAULTS.user);
  const port = or<number>("port", values.port, SSH_DEFAULTS.port);
  const known = or<string>("knownHostsFile", values.path, SSH_DEFAULTS.knownHostsFile);
  const knownHostsFile = files.absolute(known, io);
  const controlDirectory = files.absolute("~/.ssh", io);
  const waitSeconds = or<number>("waitSeconds", values.waitSeconds, SSH_DEFAULTS.waitSeconds);
  const config: SshConfig = { user, port, knownHostsFile, controlDirectory, waitSeconds };
  const passphrase = or<string | undefined>("passphraseSecret", secretName, undefined);
  if (passphrase !== undefined) config.passphraseSecret = passphrase;
  const key = or<string | undefined>("privateKeyFile", values.path, undefined);
  if (key !== undefined) {
    const file = files.privateKeyFile(key, passphrase !== undefined, io, faults);
    if (file !== undefined) config.privateKeyFile = file;
  }
  const access: Access = { user, port, knownHostsFile, bastions: {} };
  if (io.unpinned === true) access.unpinned = true;
  const sudo = or<string | undefined>("sudoPasswordSecret", secretName, undefined);
  if (sudo !== undefined) access.sudoPasswordSecret = sudo;
  // A path that is wrong in itself was reported; looking for the default one would confuse.
  const given = member(raw, "knownHostsFile");
  if (used && (given === undefined || values.path(given) === undefined)) {
    const lines = files.knownHosts(knownHostsFile, io, faults);
    if (lines !== undefined) access.knownHosts = lines;
  }
  access.bastions = readBastions(member(raw, "bastions"), access, faults);
  return { config, access };
}

function readBastions(raw: unknown, access: Access, faults: Faults): Access["bastions"] {
  if (raw === undefined) return {};
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    const fix = "write each bastion's name, and below it its address";
    faults.value(["ssh", "bastions"], raw, "a map from a name to address, port and user", fix);
    return {};
  }
  const found: Access["bastions"] = {};
  for (const [name, entry] of Object.entries(raw)) {
    const bastion = read(shapes.bastion, entry, ["ssh", "bastions", name], faults);
    if (bastion === undefined) continue;
    const { address, port = access.port, user = access.user } = bastion;
    const hostKey = pinnedKey(`the bastion ${name} (${address})`, address, port, access, faults);
    if (hostKey !== undefined) found[name] = { address, port, user, hostKey };
  }
  return found;
}

/** The secrets that sessions need, as far as they are named rightly. */
export function accessSecrets(raw: Readonly<Record<string, unknown>>): SecretRef[] {
  const hosts: unknown[] = Array.isArray(raw.supernodes) ? raw.supernodes : [];
  const places: [ConfigPath, unknown, string][] = [
    [["ssh", "passphraseSecret"], raw.ssh, "the passphrase of ssh.privateKeyFile"],
    [["ssh", "sudoPasswordSecret"], raw.ssh, SUDO],
    [["superlink", "sudoPasswordSecret"], raw.superlink, SUDO],
    ...hosts.map((host, i): [ConfigPath, unknown, string] => [
      ["supernodes", i, "sudoPasswordSecret"],
      host,
      SUDO,
    ]),
  ];
  return places.flatMap(([path, map, what]) => {
    const key = member(map, String(path.at(-1)));
    return secretName(key) === undefined ? [{ path, key: key as string, what, isUrl: false }] : [];
  });
}

const SUDO = "the password that sudo asks for";
