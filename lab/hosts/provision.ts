import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Lab, LabHost } from "../layout";
import { scriptOnHost, writeFiles, type HostFile } from "./container";
import { hostKeyPath, nodeKeyPath, tlsPath, type LabKeys, type SshKeys } from "./keys";
import { flowerUnits, flwrConfig, TRAIN } from "./units";

/** The lab's Flower app, as sources; `flwr run` packs them itself. */
const APP = join(__dirname, "..", "app");

/** Everything a host gets before it is a host: keys, and Flower where it has a role in it. */
export async function provision(lab: Lab, host: LabHost, keys: LabKeys): Promise<void> {
  await provisionSsh(lab, host, keys);
  if (host.role === "monitor") {
    await scriptOnHost(host, "systemctl enable --now --quiet docker.service\n");
    return;
  }
  await scriptOnHost(
    host,
    "id flower >/dev/null 2>&1 || useradd --system --home-dir /var/lib/flower --create-home flower\n",
  );
  await writeFiles(host, await flowerFiles(lab, host));
  await scriptOnHost(host, "chown -R flower: /var/lib/flower\nsystemctl daemon-reload\n");
}

/** Its host key, and the operator's key; from then on its sshd answers. */
export async function provisionSsh(lab: Lab, host: LabHost, keys: SshKeys): Promise<void> {
  const hostKey = await readFile(hostKeyPath(lab, host.name));
  await writeFiles(host, [
    { path: "/etc/ssh/ssh_host_ed25519_key", content: hostKey, mode: 0o600 },
    {
      path: "/root/.ssh/authorized_keys",
      content: await readFile(keys.publicKey),
      mode: 0o600,
    },
  ]);
  // At boot sshd had no host key and was tried again until systemd gave up on it.
  await scriptOnHost(
    host,
    "chmod 700 /root/.ssh\nsystemctl reset-failed ssh 2>/dev/null || :\nsystemctl restart ssh\n",
  );
}

async function flowerFiles(lab: Lab, host: LabHost): Promise<HostFile[]> {
  const units = Object.entries(flowerUnits(lab, host)).map(([file, content]) => ({
    path: `/etc/systemd/system/${file}`,
    content,
  }));
  const ca = { path: "/etc/flower/ca.crt", content: await readFile(tlsPath(lab, "ca.crt")) };
  if (host.role === "supernode") {
    const key = await readFile(nodeKeyPath(lab, host.name));
    return [
      ...units,
      ca,
      { path: "/etc/flower/node-key", content: key, mode: 0o600, owner: "flower" },
      ...(await gpuFiles()),
    ];
  }
  const secret = { mode: 0o600, owner: "flower" };
  return [
    ...units,
    ca,
    { path: "/etc/flower/superlink.crt", content: await readFile(tlsPath(lab, "superlink.crt")) },
    {
      path: "/etc/flower/superlink.key",
      content: await readFile(tlsPath(lab, "superlink.key")),
      ...secret,
    },
    { path: "/var/lib/flower/.flwr/config.toml", content: flwrConfig(lab) },
    { path: TRAIN, content: await readFile(join(__dirname, "train.sh")), mode: 0o755 },
    ...(await appFiles(APP, "/opt/flower-app")),
    ...(await publicNodeKeys(lab)),
  ];
}

/** What a host with GPUs has, for the stack that asks for the DCGM exporter; until then nothing runs it. */
async function gpuFiles(): Promise<HostFile[]> {
  const from = join(__dirname, "..", "dcgm", "host");
  return Promise.all(
    (await readdir(from)).map(async (name) => ({
      path: `/usr/local/bin/${name}`,
      content: await readFile(join(from, name)),
      mode: 0o755,
    })),
  );
}

async function appFiles(from: string, to: string): Promise<HostFile[]> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const sources = entries.filter((entry) => entry.isFile() && /\.(py|toml|md)$/.test(entry.name));
  return Promise.all(
    sources.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: to + path.slice(from.length), content: await readFile(path) };
    }),
  );
}

async function publicNodeKeys(lab: Lab): Promise<HostFile[]> {
  const nodes = lab.hosts.filter(({ role }) => role === "supernode");
  return Promise.all(
    nodes.map(async ({ name }) => ({
      path: `/etc/flower/nodes/${name}.pub`,
      content: await readFile(`${nodeKeyPath(lab, name)}.pub`),
    })),
  );
}
