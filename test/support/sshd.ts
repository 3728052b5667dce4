import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import * as net from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../lab/servers/free-port";
import { run } from "../../runner/run";

const binary = "/usr/sbin/sshd";

/** False where there is no sshd; its tests are then left out, and say so. */
export const sshdHere = existsSync(binary);

/** Where an sshd listens and what differs from a plain one. */
export interface SshdOptions {
  /** Loopback addresses, all on the same port. @default ["127.0.0.1"] */
  addresses?: string[];
  /** Further lines of sshd_config. @default [] */
  config?: string[];
}

/** Real sshds on a free port of loopback, with keys of their own and no password. */
export interface Sshd {
  /** The first address. */
  host: string;
  port: number;
  user: string;
  /** PEM text of the key that may log in, and the file it is in. */
  privateKey: string;
  keyFile: string;
  /** The host key as one line of authorized_keys form. */
  hostKey: string;
  knownHostsFile: string;
  /** The server's log so far: one "Accepted publickey" line for each login. */
  log(): string;
  stop(): Promise<void>;
}

/** An sshd takes no more addresses than this (MAX_LISTEN_SOCKS). */
const ADDRESSES_EACH = 16;

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const { addresses = ["127.0.0.1"], config: further = [] } = options;
  const [host = "127.0.0.1"] = addresses;
  const dir = await mkdtemp(join(tmpdir(), "flower-monitoring-sshd-"));
  const file = (name: string): string => join(dir, name);
  for (const key of ["host", "login"]) {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(key)]);
  }
  await writeFile(file("authorized"), await readFile(file("login.pub")), { mode: 0o600 });
  const port = await freePort();
  const config = [
    `HostKey ${file("host")}`,
    `AuthorizedKeysFile ${file("authorized")}`,
    "PidFile none",
    "UsePAM no",
    "StrictModes no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "Subsystem sftp internal-sftp",
    ...further,
  ];
  await writeFile(file("config"), `${config.join("\n")}\n`);
  // As root, sshd insists on its privilege separation directory.
  if (userInfo().uid === 0) await mkdir("/run/sshd", { recursive: true });
  let log = "";
  const children = chunks(addresses, ADDRESSES_EACH).map((some) => {
    const listen = some.flatMap((address) => ["-o", `ListenAddress=${address}:${port}`]);
    const child = spawn(binary, ["-D", "-e", "-f", file("config"), ...listen], { stdio: "pipe" });
    child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    return { child, address: some[0] ?? host };
  });
  for (const { child, address } of children) {
    await untilListening(address, port, child, () => log);
  }
  const hostKey = (await readFile(file("host.pub"), "utf8")).trim();
  await writeFile(
    file("known_hosts"),
    addresses.map((address) => `[${address}]:${port} ${hostKey}\n`).join(""),
  );
  return {
    host,
    port,
    user: userInfo().username,
    privateKey: await readFile(file("login"), "utf8"),
    keyFile: file("login"),
    hostKey,
    knownHostsFile: file("known_hosts"),
    log: () => log,
    async stop() {
      for (const { child } of children) child.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function chunks<T>(items: T[], size: number): T[][] {
  const starts = items.map((_, index) => index).filter((index) => index % size === 0);
  return starts.map((start) => items.slice(start, start + size));
}

async function untilListening(
  address: string,
  port: number,
  child: ChildProcess,
  log: () => string,
): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}: ${log()}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, address, () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (open) return;
    await sleep(50);
  }
  child.kill();
  throw new Error(`sshd does not listen on ${address}:${port}: ${log()}`);
}
