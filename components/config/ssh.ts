/** known_hosts and private key files: what this program can use of them. Pure. */
import { canonicalAddress } from "./values";

interface KnownHostsLine {
  number: number;
  patterns: string[];
  type: string;
  key: string;
}

/** The lines of a known_hosts file that name a host in plain text. */
export interface KnownHosts {
  lines: KnownHostsLine[];
  /** Some lines are hashed (`|1|...`): which host they are for cannot be seen. */
  hashed: boolean;
}

/** What known_hosts says about one host. `problem` is a text for the fault's `got`. */
export type HostKeyAnswer = { hostKey: string } | { problem: string };

export function parseKnownHosts(content: string): KnownHosts {
  const known: KnownHosts = { lines: [], hashed: false };
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    const [hosts, type, key] = words;
    // @revoked must not be trusted, and the SSH client of the provider knows no host certificates.
    if (hosts === undefined || hosts.startsWith("#") || hosts.startsWith("@")) continue;
    if (hosts.startsWith("|")) known.hashed = true;
    else if (type !== undefined && key !== undefined) {
      known.lines.push({ number: index + 1, patterns: hosts.split(","), type, key });
    }
  }
  return known;
}

/** Small and offered by every server of the last ten years first; DSA is dead and not listed. */
const KEY_TYPES = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
];

/** The key to pin for a host: the client compares with exactly one. */
export function hostKeyOf(known: KnownHosts, address: string, port: number): HostKeyAnswer {
  const lines = known.lines.filter((line) => names(line.patterns, address, port));
  if (lines.length === 0) return { problem: "no key" };
  for (const type of KEY_TYPES) {
    const ofType = lines.filter((line) => line.type === type);
    const [first] = ofType;
    if (first === undefined) continue;
    const other = ofType.find((line) => line.key !== first.key);
    if (other !== undefined) {
      return { problem: `two different ${type} keys (lines ${first.number} and ${other.number})` };
    }
    if (!isKey(type, first.key)) return { problem: `a damaged key (line ${first.number})` };
    return { hostKey: `${type} ${first.key}` };
  }
  return {
    problem: `no usable key (only ${lines.map((line) => line.type.slice(0, 40)).join(", ")})`,
  };
}

function names(patterns: string[], address: string, port: number): boolean {
  const found = patterns.some((pattern) => fits(pattern, address, port));
  return (
    found &&
    !patterns.some((pattern) => pattern.startsWith("!") && fits(pattern.slice(1), address, port))
  );
}

/** OpenSSH writes `[host]:port` for every port but 22; `*` and `?` are wildcards. */
function fits(pattern: string, address: string, port: number): boolean {
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(pattern);
  if (bracketed === null && port !== 22) return false;
  if (bracketed !== null && Number(bracketed[2]) !== port) return false;
  const host = bracketed?.[1] ?? pattern;
  if (/[*?]/.test(host)) {
    const escaped = host.toLowerCase().replace(/[.+^${}()|[\]\\]/g, "\\$&");
    const expression = escaped.replace(/\*+/g, ".*").replaceAll("?", ".");
    return new RegExp(`^${expression}$`).test(address.toLowerCase());
  }
  return host.toLowerCase() === address.toLowerCase() || sameAddress(host, address);
}

function sameAddress(a: string, b: string): boolean {
  return a.includes(":") && b.includes(":") && canonicalKey(a) === canonicalKey(b);
}

function canonicalKey(address: string): string {
  return URL.canParse(`http://[${address}]`) ? canonicalAddress(address) : address;
}

/** A key's bytes start with the length and text of its own type. */
function isKey(type: string, base64: string): boolean {
  const bytes = Buffer.from(base64, "base64");
  return (
    bytes.length > 4 + type.length &&
    bytes.readUInt32BE(0) === type.length &&
    bytes.toString("latin1", 4, 4 + type.length) === type
  );
}

/** What is wrong with a file that should be a private key, as `got` and `fix`; never its content. */
export function privateKeyProblem(
  content: string,
  withPassphrase: boolean,
): { got: string; fix: string } | undefined {
  const start = content.trimStart();
  if (/^(ssh-|ecdsa-|sk-)\S+ |^-{4,5} ?BEGIN (SSH2 |RSA )?PUBLIC KEY/.test(start)) {
    return {
      got: "a file with a public key",
      fix: "name the private one: the same name without .pub",
    };
  }
  if (start.startsWith("PuTTY-User-Key-File")) {
    return {
      got: "a file with a PuTTY key",
      fix: "convert it: puttygen key.ppk -O private-openssh -o id_ed25519",
    };
  }
  const type = /^-----BEGIN ((?:OPENSSH |RSA |EC |DSA |ENCRYPTED )?)PRIVATE KEY-----/.exec(
    start,
  )?.[1];
  if (type === undefined) {
    return {
      got: "a file that is no private key",
      fix: "name a file made by ssh-keygen -t ed25519",
    };
  }
  if (withPassphrase) return undefined;
  if (type === "ENCRYPTED " || /^Proc-Type: 4,ENCRYPTED/m.test(content) || isEncrypted(content)) {
    return {
      got: "a private key that asks for a passphrase",
      fix: "name a secret key in ssh.passphraseSecret, or load the key with ssh-add and leave privateKeyFile out",
    };
  }
  return undefined;
}

/** OpenSSH's own format names the cipher after its magic; `none` is a key without passphrase. */
function isEncrypted(content: string): boolean {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(content)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, "base64").toString("latin1");
  return bytes.startsWith("openssh-key-v1\0") && !bytes.startsWith("\0\0\0\u0004none", 15);
}
