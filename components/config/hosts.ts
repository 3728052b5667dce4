/** The federation's hosts: read one by one, compared with each other, and given their SSH host keys. */
import type { ConfigPath, Faults } from "./faults";
import type { Access } from "./access";
import { type GpuDefaults, readGpu } from "./gpu";
import type { BastionConfig, FederationHostConfig, FlowerConfig, HostRole } from "./schema";
import type { HostShape } from "./shapes";
import { read, shapes } from "./shapes";
import type { KnownHosts } from "./ssh";
import { hostKeyOf } from "./ssh";
import * as values from "./values";

export interface SshDefaults {
  user: string;
  port: number;
  knownHostsFile: string;
  /** Undefined when the file is missing, which is a fault of its own. */
  knownHosts?: KnownHosts;
  /** See {@link ConfigIo.unpinned}. */
  unpinned?: boolean;
}

/** One host of the config with those of its values that are right, whatever else is wrong with it. */
export interface HostView {
  path: ConfigPath;
  role: HostRole;
  raw: unknown;
  name?: string;
  address?: string;
  /** `controlApi` of the SuperLink. */
  controlApi?: { host: string; port: number };
  /** Whether cAdvisor runs there. */
  containerMetrics: boolean;
}

export function hostViews(superlink: unknown, supernodes: unknown): HostView[] {
  const nodes: unknown[] = Array.isArray(supernodes) ? supernodes : [];
  return [
    view(["superlink"], "superlink", superlink),
    ...nodes.map((raw, index) => view(["supernodes", index], "supernode", raw)),
  ];
}

function view(path: ConfigPath, role: HostRole, raw: unknown): HostView {
  const flower = member(raw, "flower");
  const found: HostView = { path, role, raw, containerMetrics: containerMetrics(flower) };
  const [name, address] = [member(raw, "name"), member(raw, "address")];
  if (values.hostName(name) === undefined) found.name = name as string;
  if (values.address(address) === undefined) found.address = address as string;
  const controlApi = member(flower, "controlApi");
  if (values.controlApi(controlApi) === undefined) {
    found.controlApi = values.splitHostPort(controlApi as string);
  }
  return found;
}

/** Where Flower's apps run in containers, their figures are the containers'. */
function containerMetrics(flower: unknown): boolean {
  return (member(flower, "containerMetrics") ?? member(flower, "runtime") === "container") === true;
}

/** A member of something that may not even be a map. */
export function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

export function checkSupernodes(supernodes: unknown, faults: Faults): void {
  if (Array.isArray(supernodes) && supernodes.length > 0) return;
  const fix = "list each SuperNode with name and address; Pulumi.dev.yaml has two";
  faults.value(["supernodes"], supernodes, "a list of one SuperNode or more", fix);
}

/** Two hosts with one name would share their resources; with one address, their ports. */
export function checkUnique(views: readonly HostView[], faults: Faults): void {
  const names = new Map<string, HostView>();
  const addresses = new Map<string, HostView>();
  for (const host of views) {
    compare("name", host.name, host.name, names);
    const canonical =
      host.address === undefined ? undefined : values.canonicalAddress(host.address);
    compare("address", host.address, canonical, addresses);

    function compare(
      key: "name" | "address",
      shown: string | undefined,
      identity: string | undefined,
      seen: Map<string, HostView>,
    ): void {
      if (identity === undefined) return;
      const other = seen.get(identity);
      if (other === undefined) {
        seen.set(identity, host);
        return;
      }
      const owner = other.role === "superlink" ? "superlink" : `supernodes[${other.path[1]}]`;
      const why =
        key === "name"
          ? "the name is the host's identity"
          : "both hosts' exporters would need the same ports";
      faults.value(
        [...host.path, key],
        shown,
        `${key === "name" ? "a name" : "an address"} that no other host has`,
        `${owner} has it too; change one: ${why}`,
      );
    }
  }
}

/** What the stack says for all hosts, and a host may say for itself. */
export interface HostDefaults extends GpuDefaults {
  /** Whether hosts get the hook. */
  hook: boolean;
}

/** @returns the host whole, or undefined after its faults were added */
export function readHost(
  host: HostView,
  ssh: Access,
  defaults: HostDefaults,
  faults: Faults,
): FederationHostConfig | undefined {
  const { hook } = defaults;
  const superlink = host.role === "superlink";
  const raw: HostShape | undefined = superlink
    ? read(shapes.superlink, host.raw, host.path, faults)
    : read(shapes.supernode, host.raw, host.path, faults);
  if (superlink) checkTls(host, faults);
  else checkPython(host, hook, faults);
  const gpu = superlink ? undefined : readGpu(host, defaults, faults);
  const rawPort = member(host.raw, "port") ?? ssh.port;
  let hostKey: string | undefined;
  if (host.address !== undefined && values.port(rawPort) === undefined) {
    const label = host.name === undefined ? host.address : `${host.name} (${host.address})`;
    hostKey = pinnedKey(label, host.address, rawPort as number, ssh, faults);
  }
  const bastion = bastionOf(host, ssh, faults);
  if (raw === undefined || hostKey === undefined) return undefined;
  const { name, address, user = ssh.user, port = ssh.port, labels = {} } = raw;
  const config: FederationHostConfig = {
    name,
    role: host.role,
    address,
    user,
    port,
    hostKey,
    lost: raw.lost ?? false,
    labels,
  };
  if (bastion !== undefined) config.bastion = bastion;
  const sudo = raw.sudoPasswordSecret ?? ssh.sudoPasswordSecret;
  if (sudo !== undefined && user !== "root") config.sudoPasswordSecret = sudo;
  if (raw.flower !== undefined) config.flower = flowerOf(raw.flower, hook);
  if (gpu !== undefined) config.gpu = gpu;
  return config;
}

function bastionOf(host: HostView, ssh: Access, faults: Faults): BastionConfig | undefined {
  const name = member(host.raw, "bastion");
  // Nothing, or a fault that the shape has.
  if (typeof name !== "string" || name === "") return undefined;
  if (Object.hasOwn(ssh.bastions, name)) return ssh.bastions[name];
  const names = Object.keys(ssh.bastions);
  faults.value(
    [...host.path, "bastion"],
    name,
    names.length === 0 ? "a name of ssh.bastions, which has none" : names.join(", "),
    "describe it in ssh.bastions, with its address, or correct the name",
  );
  return undefined;
}

function flowerOf(raw: NonNullable<HostShape["flower"]>, hook: boolean): FlowerConfig {
  const { python, controlApi, caFile, insecure = false } = raw;
  const config: FlowerConfig = {
    ...(python === undefined ? {} : { python }),
    runtime: raw.runtime ?? "venv",
    hook: raw.hook ?? hook,
    containerMetrics: containerMetrics(raw),
    restart: raw.restart ?? [],
    ...(raw.certificates === undefined ? {} : { certificates: raw.certificates }),
  };
  if (controlApi !== undefined) {
    config.control = { address: controlApi, insecure, ...(caFile === undefined ? {} : { caFile }) };
  }
  return config;
}

/** A SuperNode's Python is there for the hook alone. */
function checkPython(host: HostView, hook: boolean, faults: Faults): void {
  const flower = member(host.raw, "flower");
  if (typeof flower !== "object" || flower === null || Array.isArray(flower)) return;
  const path = [...host.path, "flower", "python"];
  const python = member(flower, "python");
  const container = member(flower, "runtime") === "container";
  if (container && python !== undefined) {
    const fix = "remove it: Flower in a container has that container's Python";
    faults.value(path, python, "nothing beside runtime: container", fix);
  } else if (!container && python === undefined && (member(flower, "hook") ?? hook) === true) {
    faults.value(
      path,
      python,
      "the absolute path of the Python that runs the SuperNode",
      "write it, for example /opt/flower/bin/python, or runtime: container where Flower runs in containers",
    );
  }
}

/** Silence must not mean "no TLS": one of the two has to be said. */
function checkTls(host: HostView, faults: Faults): void {
  const flower = member(host.raw, "flower");
  if (typeof flower !== "object" || flower === null || Array.isArray(flower)) return;
  const [caFile, insecure] = [member(flower, "caFile"), member(flower, "insecure")];
  if ((caFile !== undefined) !== (insecure === true)) return;
  faults.text(
    [...host.path, "flower"],
    caFile === undefined ? "neither caFile nor insecure: true" : "both caFile and insecure: true",
    "exactly one of caFile and insecure: true",
    "with TLS write caFile, the CA's path on that host; for a SuperLink run with --insecure write insecure: true",
  );
}

/** The key to pin, or undefined after a fault that says how to get one. */
export function pinnedKey(
  label: string,
  address: string,
  port: number,
  ssh: SshDefaults,
  faults: Faults,
): string | undefined {
  if (ssh.knownHosts === undefined) return ssh.unpinned === true ? "" : undefined;
  const answer = hostKeyOf(ssh.knownHosts, address, port);
  if ("hostKey" in answer) return answer.hostKey;
  if (ssh.unpinned === true) return "";
  const scan = `ssh-keyscan -t ed25519 -p ${port} ${address} >> ${ssh.knownHostsFile}`;
  const hashed = ssh.knownHosts.hashed
    ? "; hashed lines (|1|...) are not read, ssh-keyscan without -H writes plain ones"
    : "";
  faults.text(
    ["ssh", "knownHostsFile"],
    `${answer.problem} for ${label} in ${ssh.knownHostsFile}`,
    "one plain line with the key of each host",
    `${scan}, then compare with the host's own key${hashed}`,
  );
  return undefined;
}
