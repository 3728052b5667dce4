import * as net from "node:net";
import { utils, type ConnectConfig, type ParsedKey } from "ssh2";
import { num, obj, required, str, type InputsOf } from "../kit/schema";

const base = {
  user: str({ default: "root" }),
  password: str(),
  host: required(str()),
  port: num({ default: 22 }),
  privateKey: str(),
  privateKeyPassword: str(),
  agentSocketPath: str(),
  dialErrorLimit: num({ default: 10 }),
  perDialTimeout: num({ default: 15 }),
  hostKey: str(),
};

/** One hop, defaults filled in: `port` is there, times are seconds. */
export type Hop = InputsOf<typeof base>;

export const connectionShape = { ...base, proxy: obj(base) };

/** How to reach a host: one hop, or two with a proxy. */
export type Connection = InputsOf<typeof connectionShape>;

/** Why a dial failed, in the official plugin's words, which are those of Go's net and ssh packages. */
export class DialError extends Error {}

/**
 * ssh2's settings for one hop. Keys are read here, so a bad key fails before any dial. Without
 * `hostKey` any host key is accepted, as the official plugin does.
 */
export function sshConfig(hop: Hop, mismatch: () => void): ConnectConfig {
  const config: ConnectConfig = { username: hop.user ?? "root", tryKeyboard: false };
  // The official plugin limits the TCP connect only; a host that accepts and is silent hangs it.
  config.readyTimeout = 0;
  if (hop.privateKey !== undefined) {
    const key = utils.parseKey(hop.privateKey, hop.privateKeyPassword);
    if (key instanceof Error) throw new Error(`ssh: cannot parse private key: ${key.message}`);
    config.privateKey = hop.privateKey;
    if (hop.privateKeyPassword !== undefined) config.passphrase = hop.privateKeyPassword;
  }
  if (hop.password !== undefined) {
    config.password = hop.password;
    config.tryKeyboard = true;
  }
  const agent = hop.agentSocketPath ?? process.env["SSH_AUTH_SOCK"];
  if (agent !== undefined && agent !== "") config.agent = agent;
  if (hop.hostKey !== undefined) pinHostKey(config, hop.hostKey, mismatch);
  return config;
}

function pinHostKey(config: ConnectConfig, line: string, mismatch: () => void): void {
  // A file of several keys would give a list, which the types leave out; the first counts.
  const parsed = utils.parseKey(line) as ParsedKey | ParsedKey[] | Error;
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) {
    throw new Error("failed to parse host key: ssh: no key found");
  }
  const wanted = key.getPublicSSH();
  // The type of the pinned key is the only one offered, so the server answers with that key.
  config.algorithms = { serverHostKey: [key.type] };
  config.hostVerifier = (offered: Buffer): boolean => {
    const same = offered.equals(wanted);
    if (!same) mismatch();
    return same;
  };
}

/** Opens TCP to the hop within its `perDialTimeout` seconds (0: no limit). */
export function openTcp(hop: Hop, signal: AbortSignal): Promise<net.Socket> {
  const address = { host: hop.host, port: hop.port ?? 22 };
  const at = `dial tcp ${net.isIPv6(hop.host) ? `[${hop.host}]` : hop.host}:${address.port}`;
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    const fail = (why: string): void => {
      socket.destroy();
      reject(new DialError(why));
    };
    const seconds = hop.perDialTimeout ?? 15;
    const timer =
      seconds > 0 ? setTimeout(() => fail(`${at}: i/o timeout`), seconds * 1000) : undefined;
    const onAbort = (): void => fail("context canceled");
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => {
      settle();
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      settle();
      fail(goWords(at, hop.host, error));
    });
  });
}

const sysWords: Record<string, string> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "connect: connection timed out",
  ECONNRESET: "read: connection reset by peer",
};

function goWords(at: string, host: string, error: NodeJS.ErrnoException): string {
  const code = error.code ?? "";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `dial tcp: lookup ${host}: no such host`;
  return `${at}: ${sysWords[code] ?? error.message}`;
}
