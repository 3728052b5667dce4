import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostOf, hostsWith, type Lab } from "../layout";
import { run } from "../../runner/run";
import { requireCommand } from "../toolchain/apt";

/** Files by which hosts are reached: the operator's key and what is known of the hosts. */
export interface SshKeys {
  privateKey: string;
  publicKey: string;
  knownHosts: string;
}

/** Files of a lab that hosts and the stack need; made once and kept until `make down`. */
export interface LabKeys extends SshKeys {
  caFile: string;
}

/** Days that the lab's certificates are valid; a lab lives for hours. */
const CERTIFICATE_DAYS = "30";

async function missing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}

async function sshKey(path: string, type: string[], comment: string): Promise<void> {
  if (await missing(path)) {
    await run("ssh-keygen", ["-q", "-N", "", ...type, "-C", comment, "-f", path]);
  }
}

/** Path of a host's SSH host key. */
export function hostKeyPath(lab: Lab, host: string): string {
  return join(lab.dir, "host-keys", host);
}

/** Path of a SuperNode's Flower authentication key. */
export function nodeKeyPath(lab: Lab, host: string): string {
  return join(lab.dir, "node-keys", host);
}

/** Path of a file below the lab's `tls/`. */
export function tlsPath(lab: Lab, file: string): string {
  return join(lab.dir, "tls", file);
}

/** The operator's key, a pinned host key per host, a CA for the SuperLink, a key per SuperNode. */
export async function makeKeys(lab: Lab): Promise<LabKeys> {
  await requireCommand("openssl", ["openssl"], "to make the SuperLink's certificate");
  const ssh = await makeSshKeys(lab);
  for (const folder of ["node-keys", "tls", "control"]) await makeFolder(lab, folder);
  for (const host of hostsWith(lab, "supernode")) {
    // The curve that Flower's node authentication takes.
    await sshKey(nodeKeyPath(lab, host.name), ["-t", "ecdsa", "-b", "384"], host.name);
  }
  await makeCertificates(lab);
  return { ...ssh, caFile: tlsPath(lab, "ca.crt") };
}

/** The operator's key, and a pinned host key per host. */
export async function makeSshKeys(lab: Lab): Promise<SshKeys> {
  await requireCommand("ssh-keygen", ["openssh-client"], "to reach the lab's hosts");
  for (const folder of ["ssh", "host-keys"]) await makeFolder(lab, folder);
  const privateKey = join(lab.dir, "ssh", "id_ed25519");
  await sshKey(privateKey, ["-t", "ed25519"], `flower-monitoring lab ${lab.name}`);
  const known: string[] = [];
  for (const host of lab.hosts) {
    await sshKey(hostKeyPath(lab, host.name), ["-t", "ed25519"], host.name);
    known.push(`${host.address} ${await hostKey(lab, host.name)}\n`);
  }
  const knownHosts = join(lab.dir, "known_hosts");
  await writeFile(knownHosts, known.join(""));
  return { privateKey, publicKey: `${privateKey}.pub`, knownHosts };
}

/** A host's SSH host key, `type base64`. */
export async function hostKey(lab: Lab, host: string): Promise<string> {
  const [type, key] = (await readFile(`${hostKeyPath(lab, host)}.pub`, "utf8")).split(" ");
  return `${type} ${key}`;
}

async function makeFolder(lab: Lab, folder: string): Promise<void> {
  await mkdir(join(lab.dir, folder), { recursive: true, mode: 0o700 });
}

async function makeCertificates(lab: Lab): Promise<void> {
  const path = (file: string): string => tlsPath(lab, file);
  if (!(await missing(path("superlink.crt")))) return;
  const superlink = hostOf(lab, "superlink");
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await run("openssl", [
    ...["req", "-x509", ...key, "-days", CERTIFICATE_DAYS, "-subj", "/CN=flower-monitoring lab CA"],
    ...["-keyout", path("ca.key"), "-out", path("ca.crt")],
  ]);
  await run("openssl", [
    ...["req", ...key, "-subj", "/CN=superlink"],
    ...["-keyout", path("superlink.key"), "-out", path("superlink.csr")],
  ]);
  await writeFile(
    path("superlink.ext"),
    `subjectAltName=DNS:superlink,DNS:localhost,IP:127.0.0.1,IP:${superlink.address}\n`,
  );
  await run("openssl", [
    ...["x509", "-req", "-in", path("superlink.csr"), "-days", CERTIFICATE_DAYS],
    ...["-CA", path("ca.crt"), "-CAkey", path("ca.key"), "-CAcreateserial"],
    ...["-extfile", path("superlink.ext"), "-out", path("superlink.crt")],
  ]);
  await chmod(path("superlink.key"), 0o600);
}
