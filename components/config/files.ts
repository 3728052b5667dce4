/** Files that the config names: found, read, and refused where they are not what they should be. */
import { join, resolve } from "node:path";
import type { ConfigPath, Faults } from "./faults";
import type { KnownHosts } from "./ssh";
import { parseKnownHosts, privateKeyProblem } from "./ssh";
import type { ArtifactsConfig } from "./schema";

/** What the parser asks of the machine it runs on; a test answers from a map. */
export interface ConfigIo {
  /** Directory of Pulumi.yaml, absolute; relative paths start here. */
  projectDir: string;
  /** The user's home directory, for `~`. */
  home: string;
  /** The file's text, or undefined when there is none that can be read. */
  readFile(path: string): string | undefined;
  isFile(path: string): boolean;
  isDirectory(path: string): boolean;
  /**
   * Whether a host may have no pinned key; its `hostKey` is then empty. Only for who looks at hosts to
   * say what to pin, and logs in to none of them. @default false
   */
  unpinned?: boolean;
  /**
   * Whether files that only an `up` needs may be missing here: the private key, what is carried to
   * hosts. They are then left out. @default false
   */
  lenient?: boolean;
}

/** Absolute form of a path in the config. */
export function absolute(path: string, io: ConfigIo): string {
  if (path === "~" || path.startsWith("~/")) return join(io.home, path.slice(1));
  return resolve(io.projectDir, path);
}

const RELATIVE = "relative paths start at the directory of Pulumi.yaml";

function fileText(
  path: ConfigPath,
  file: string,
  io: ConfigIo,
  faults: Faults,
  fix: string,
): string | undefined {
  const content = io.isFile(file) ? io.readFile(file) : undefined;
  if (content === undefined) faults.text(path, `${file} ${absence(file, io)}`, "a file", fix);
  return content;
}

function absence(file: string, io: ConfigIo): string {
  if (io.isFile(file)) return "(cannot be read)";
  return io.isDirectory(file) ? "(a directory)" : "(no such file)";
}

/** Absolute path of the private key, or undefined after a fault. */
export function privateKeyFile(
  path: string,
  withPassphrase: boolean,
  io: ConfigIo,
  faults: Faults,
): string | undefined {
  const at = ["ssh", "privateKeyFile"];
  const file = absolute(path, io);
  if (io.lenient === true && !io.isFile(file)) return undefined;
  const fix = `make one with ssh-keygen -t ed25519 -N "" -f ${file}, or leave it out to use the SSH agent`;
  const content = fileText(at, file, io, faults, fix);
  if (content === undefined) return undefined;
  const problem = privateKeyProblem(content, withPassphrase);
  if (problem === undefined) return file;
  const allowed =
    "an OpenSSH or PEM private key, with ssh.passphraseSecret where it has a passphrase";
  faults.text(at, `${file}: ${problem.got}`, allowed, problem.fix);
  return undefined;
}

export function knownHosts(file: string, io: ConfigIo, faults: Faults): KnownHosts | undefined {
  if (io.unpinned === true && !io.isFile(file)) return undefined;
  const fix = `collect the keys of all hosts, ssh-keyscan -t ed25519 <address>... > ${file}, and compare them with the hosts' own`;
  const content = fileText(["ssh", "knownHostsFile"], file, io, faults, fix);
  return content === undefined ? undefined : parseKnownHosts(content);
}

/** The user's rules, whole; promtool says later whether they are rules. */
export function rulesFile(
  path: string,
  io: ConfigIo,
  faults: Faults,
): { path: string; content: string } | undefined {
  const file = absolute(path, io);
  const fix = `write Prometheus rules there or leave rulesFile out; ${RELATIVE}`;
  const content = fileText(["alerting", "rulesFile"], file, io, faults, fix);
  return content === undefined ? undefined : { path: file, content };
}

/** The CA certificates that a server is checked with, as PEM text. */
export function certificates(
  path: string,
  at: ConfigPath,
  io: ConfigIo,
  faults: Faults,
): string | undefined {
  const file = absolute(path, io);
  const fix = `put the CA's certificate there, as PEM; ${RELATIVE}`;
  const content = fileText(at, file, io, faults, fix);
  const pem = content?.includes("-----BEGIN CERTIFICATE-----") ?? true;
  if (pem && content?.includes("PRIVATE KEY") !== true) return content;
  faults.text(at, `${file} (another content)`, "certificates as PEM text, and no private key", fix);
  return undefined;
}

export function artifacts(raw: ArtifactsConfig, io: ConfigIo, faults: Faults): ArtifactsConfig {
  const found: ArtifactsConfig = {};
  const check = (key: keyof ArtifactsConfig, kind: string, is: (file: string) => boolean) => {
    const path = raw[key];
    if (path === undefined) return;
    const file = absolute(path, io);
    if (is(file)) found[key] = file;
    else if (io.lenient !== true)
      faults.text(["artifacts", key], `${file} (no such ${kind})`, `a ${kind}`, ARTIFACT_FIX);
  };
  for (const program of ["nodeExporter", "cadvisor"] as const) {
    check(program, "file", (file) => io.isFile(file));
  }
  check("wheels", "directory", (file) => io.isDirectory(file));
  check("dcgmImage", "file", (file) => io.isFile(file));
  return found;
}

const ARTIFACT_FIX = `put it there, or leave the key out where hosts have internet; ${RELATIVE}`;
