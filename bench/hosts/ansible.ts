import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { versions } from "../../components/versions";
import { once } from "../../lab/cache";
import { onHost } from "../../lab/hosts/container";
import type { SshKeys } from "../../lab/hosts/keys";
import { note } from "../../runner/progress";
import { run } from "../../runner/run";
import type { Toolchain } from "../../lab/toolchain";
import { ansible as ansibleTools } from "../../lab/toolchain/python";
import { inBatches, type Machine } from "./machines";
import { readRecap } from "./recap";
import type { Side, Took } from "./side";

/** Of prometheus.prometheus, the newest when this was written. */
const COLLECTION = "0.30.2";

const FILES = join(__dirname, "ansible");

/** What the role leaves on a host, and what Ansible keeps there for itself. */
const CLEAR = `systemctl disable --quiet --now node_exporter 2>/dev/null || :
rm -rf /etc/systemd/system/node_exporter.service /usr/local/bin/node_exporter
rm -rf /etc/node_exporter /var/lib/node_exporter /root/.ansible
userdel node-exp 2>/dev/null || :
systemctl daemon-reload`;

/** Ansible, set up as its own documentation advises for speed. */
export async function ansible(dir: string, tools: Toolchain, keys: SshKeys): Promise<Side> {
  const bin = await ansibleTools();
  const collections = await findCollections(bin);
  await mkdir(join(dir, "binaries"), { recursive: true });
  // Where the role finds what it has downloaded.
  await copyFile(tools.nodeExporter.path, join(dir, "binaries", "node_exporter"));
  const { stdout: version } = await run(join(bin, "ansible-playbook"), ["--version"]);
  const core = /core ([\d.]+)/.exec(version)?.[1] ?? "";
  const role =
    collections === undefined
      ? "a plain playbook with the tasks of prometheus.prometheus"
      : `prometheus.prometheus ${COLLECTION}`;
  return {
    name: "Ansible",
    about: `ansible-core ${core}, ${role}, SSH pipelining and ControlPersist, forks = hosts`,
    apply: (hosts, disabled) => play({ bin, dir, keys, collections }, hosts, disabled),
    clear: (hosts) => inBatches(hosts, (host) => onHost(host, ["sh", "-c", CLEAR])),
  };
}

interface Setup {
  bin: string;
  dir: string;
  keys: SshKeys;
  /** Folder of the collection; undefined where it cannot be had. */
  collections: string | undefined;
}

/** The collection: what BENCH_ANSIBLE_COLLECTIONS names, else from Ansible's own server. */
async function findCollections(bin: string): Promise<string | undefined> {
  const given = process.env["BENCH_ANSIBLE_COLLECTIONS"];
  if (given !== undefined && given !== "") return given;
  const fetched = once(
    `tools/ansible-collections-${COLLECTION}`,
    async (target, say) => {
      const what = ["--collections-path", target, `prometheus.prometheus:${COLLECTION}`];
      const args = ["collection", "install", "--timeout", "10", ...what];
      await run(join(bin, "ansible-galaxy"), args, {
        onLine: say,
        timeoutMs: 120_000,
        env: LOCALE,
      });
    },
    { label: `prometheus.prometheus ${COLLECTION}` },
  );
  return fetched.catch((error: unknown) => {
    const [, why = ""] = /^(?:ERROR|\[ERROR\]):? *(.*)$/m.exec(String(error)) ?? [];
    note(`prometheus.prometheus cannot be had here (${why}): a plain playbook does its tasks`);
    return undefined;
  });
}

/** Ansible refuses any other than UTF-8. */
const LOCALE = { LC_ALL: "C.UTF-8" };

async function play(setup: Setup, hosts: Machine[], disabled: string[]): Promise<Took> {
  const { bin, dir, collections } = setup;
  // Sockets of its own: each run connects anew, as one on another day would.
  const control = await mkdtemp(join(dir, "c"));
  await writeFile(join(dir, "ansible.cfg"), settings(setup, hosts.length, control));
  await writeFile(
    join(dir, "inventory"),
    hosts.map(({ name, address }) => `${name} ansible_host=${address}\n`).join(""),
  );
  const variables = {
    node_exporter_version: versions.nodeExporter,
    node_exporter_local_cache_path: join(dir, "binaries"),
    node_exporter_web_listen_address: "{{ ansible_host }}:9100",
    node_exporter_disabled_collectors: disabled,
    // The role's own name for the packages that it needs on a host.
    _common_dependencies: null,
  };
  const playbook = collections === undefined ? "plain.yml" : "collection.yml";
  const args = ["--extra-vars", JSON.stringify(variables), join(FILES, playbook)];
  const env = { ...LOCALE, ANSIBLE_CONFIG: join(dir, "ansible.cfg"), ANSIBLE_HOME: dir };
  const started = performance.now();
  const { stdout } = await run(
    join(bin, "ansible-playbook"),
    ["--skip-tags", "node_exporter_download", ...args],
    { cwd: dir, env, logFile: join(dir, "ansible.log") },
  );
  const seconds = (performance.now() - started) / 1000;
  await endConnections(control);
  const recap = readRecap(stdout);
  if (recap.length !== hosts.length || recap.some(({ failed }) => failed)) {
    throw new Error(`ansible-playbook did not reach every host:\n${stdout.slice(-2000)}`);
  }
  return { seconds, changed: recap.reduce((sum, { changed }) => sum + changed, 0) };
}

function settings({ dir, keys, collections }: Setup, forks: number, control: string): string {
  const ssh = [
    ...["-o ControlMaster=auto", "-o ControlPersist=60s"],
    ...["-o StrictHostKeyChecking=yes", `-o UserKnownHostsFile=${keys.knownHosts}`],
  ];
  return `[defaults]
inventory = ${join(dir, "inventory")}
forks = ${forks}
remote_user = root
private_key_file = ${keys.privateKey}
interpreter_python = /usr/bin/python3
${collections === undefined ? "" : `collections_path = ${collections}\n`}
[ssh_connection]
pipelining = True
ssh_args = ${ssh.join(" ")}
control_path_dir = ${control}
`;
}

async function endConnections(control: string): Promise<void> {
  for (const socket of await readdir(control)) {
    const end = ["-O", "exit", "-o", `ControlPath=${join(control, socket)}`, "host"];
    await run("ssh", end).catch(() => undefined);
  }
  await rm(control, { recursive: true });
}
