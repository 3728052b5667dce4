/** A right config, a machine without a disk, and the comparison that all fault tests use. */
import { expect } from "vitest";
import type { ConfigIo, StackConfig } from "../../components/config/schema";
import { ConfigError, parseStackConfig } from "../../components/config/schema";

export type Raw = Record<string, unknown>;
/** A config that tests edit: any member may be read, replaced or removed. */
export type Editable = { [key: string]: Editable } & Editable[];

export const PASSWORD = "correct-horse-battery";

/** The words of an SSH wire string: its length in four bytes, then its text. */
function wire(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text, "latin1")]);
}

/** A public key of this type in known_hosts form; `fill` makes two of them differ. */
export function publicKey(type = "ssh-ed25519", fill = "k"): string {
  return `${type} ${Buffer.concat([wire(type), wire(fill.repeat(32))]).toString("base64")}`;
}

/** Has the form of an OpenSSH private key, as far as the parser looks, and no key in it. */
export function privateKey(cipher = "none"): string {
  const body = Buffer.concat([Buffer.from("openssh-key-v1\0", "latin1"), wire(cipher)]);
  const [begin, end] = ["BEGIN", "END"].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`);
  return `${begin}\n${body.toString("base64")}\n${end}\n`;
}

export const HOSTS = ["10.0.0.10", "10.0.0.11", "10.0.0.21", "node-2.example.org"];

export const knownHostsOf = (hosts: string[]): string =>
  hosts.map((host) => `${host} ${publicKey()}`).join("\n");

export const knownHosts = knownHostsOf(HOSTS);

/** Paths ending in / are directories. */
export const FILES: Record<string, string> = {
  "/home/op/.ssh/id_ed25519": privateKey(),
  "/project/known_hosts": knownHosts,
  "/project/my-rules.yml": "groups: []\n",
  "/opt/node_exporter": "ELF",
  "/opt/wheels/": "",
};

export function fakeIo(files: Record<string, string> = FILES): ConfigIo {
  return {
    projectDir: "/project",
    home: "/home/op",
    readFile: (path) => files[path],
    isFile: (path) => Object.hasOwn(files, path),
    isDirectory: (path) => Object.hasOwn(files, `${path}/`),
  };
}

export function validRaw(): Raw {
  return {
    federation: "demo",
    grafanaAdminPassword: PASSWORD,
    ssh: { privateKeyFile: "~/.ssh/id_ed25519" },
    monitoring: { docker: "ssh://10.0.0.10" },
    superlink: {
      name: "superlink",
      address: "10.0.0.11",
      flower: { python: "/opt/flower/bin/python", controlApi: "127.0.0.1:8000", insecure: true },
    },
    supernodes: [
      { name: "supernode-1", address: "10.0.0.21", labels: { site: "hospital-1" } },
      { name: "supernode-2", address: "node-2.example.org" },
    ],
    alerting: { receivers: [{ name: "ops", webhook: { url: "http://10.0.0.5:8080/alerts" } }] },
  };
}

export interface Case {
  edit?: (raw: Editable) => void;
  files?: Record<string, string>;
  secret?: string[];
}

function edited({ edit }: Case): Raw {
  const raw = validRaw();
  edit?.(raw as unknown as Editable);
  return raw;
}

export function parseAny(given: Case = {}): StackConfig {
  const secretKeys = new Set(given.secret ?? ["grafanaAdminPassword"]);
  return parseStackConfig(edited(given), fakeIo({ ...FILES, ...given.files }), secretKeys);
}

/** A stack of the default scope. */
export type WholeConfig = Extract<StackConfig, { scope: "all" }>;

export function whole(config: StackConfig): WholeConfig {
  if (config.scope !== "all") throw new Error(`the config has scope ${config.scope}`);
  return config;
}

export function parse(given: Case = {}): WholeConfig {
  return whole(parseAny(given));
}

export function errorOf(given: Case): ConfigError {
  try {
    parseAny(given);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the config was accepted");
}

/** `[path, ...words]`: one expected fault and what its line in the report must say. */
export type Expected = readonly [path: string, ...words: string[]];

/** The config has exactly these faults, in this order, each with these words in the report. */
export function expectFaults(given: Case, expected: readonly Expected[]): void {
  const error = errorOf(given);
  expect(error.faults.map(({ path }) => path)).toEqual(expected.map(([path]) => path));
  const [header, ...lines] = error.message.split("\n");
  const count = expected.length === 1 ? "1 fault" : `${expected.length} faults`;
  expect(header).toBe(`${count} in the stack's config`);
  for (const [index, [path, ...words]] of expected.entries()) {
    expect(lines[index]).toMatch(/^ {2}\S.*: got .+; allowed: .+; do: .+/);
    for (const word of [path, ...words]) expect(lines[index]).toContain(word);
  }
}

/** Sets a value that has no place in the type. */
export function junk(value: unknown): Editable {
  return value as Editable;
}

export function remove(map: Editable, key: string): void {
  Reflect.deleteProperty(map, key);
}
