/** The monitoring VM: its Docker engine, the address its ports bind to, and who else uses them. */
import { isIP } from "node:net";
import { portClash } from "./context";
import type { Faults } from "./faults";
import { gpuFlags } from "./gpu";
import type { HostView, SshDefaults } from "./hosts";
import { member, pinnedKey } from "./hosts";
import {
  CADVISOR_PORT,
  DCGM_EXPORTER_PORT,
  MONITORING_PORTS,
  NODE_EXPORTER_PORT,
  SUPERLINK_PORT,
} from "./ports";
import type { ContextConfig, DockerConfig, MonitoringConfig, SshConfig } from "./schema";
import { read, shapes } from "./shapes";
import * as values from "./values";

/** @returns the VM's config, or undefined after its faults were added. */
export function readMonitoring(
  raw: unknown,
  { access: ssh, config }: { access: SshDefaults; config: SshConfig },
  hosts: readonly HostView[],
  context: ContextConfig,
  faults: Faults,
): MonitoringConfig | undefined {
  const shape = read(shapes.monitoring, raw, ["monitoring"], faults);
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  const docker = readDocker(member(raw, "docker"), ssh, faults);
  const address = docker && bindAddress(member(raw, "address"), docker, faults);
  const ports = checkPorts(
    member(raw, "ports"),
    portsInUse(address, docker, hosts, context),
    faults,
  );
  let hostKey: string | undefined;
  if (docker?.kind === "ssh") {
    if (config.passphraseSecret !== undefined) {
      faults.value(
        ["ssh", "passphraseSecret"],
        config.passphraseSecret,
        "nothing beside monitoring.docker: ssh://, whose ssh cannot be told a passphrase",
        "load the key with ssh-add, and leave passphraseSecret and privateKeyFile out",
      );
    }
    hostKey = pinnedKey(
      `the monitoring VM (${docker.host})`,
      docker.host,
      docker.port,
      ssh,
      faults,
    );
  }
  if (shape === undefined || docker === undefined || address === undefined) return undefined;
  return { docker, address, ports, ...(hostKey === undefined ? {} : { hostKey }) };
}

function readDocker(raw: unknown, ssh: SshDefaults, faults: Faults): DockerConfig | undefined {
  const path = ["monitoring", "docker"];
  const allowed = "unix:///path/of/docker.sock or ssh://user@host[:port]";
  const text = typeof raw === "string" ? raw : "";
  if (/^(tcp|https?):\/\//i.test(text)) {
    const why =
      "a Docker engine that listens on TCP gives root to whoever reaches it; use ssh://, which needs no change to the engine";
    faults.value(path, raw, allowed, why);
    return undefined;
  }
  const socket = /^unix:\/\/(\/[\w@%+=:,./-]+)$/.exec(text)?.[1];
  if (socket !== undefined) return { kind: "unix", socket, url: text };
  const match = /^ssh:\/\/(?:([^@:/]+)@)?(?:\[([^\]]+)\]|([^:/@[\]]+))(?::(\d{1,5}))?\/?$/.exec(
    text,
  );
  const host = match?.[2] ?? match?.[3] ?? "";
  const user = match?.[1] ?? ssh.user;
  const port = match?.[4] === undefined ? ssh.port : Number(match[4]);
  const right =
    values.controlApi(`${isIP(host) === 6 ? `[${host}]` : host}:22`) === undefined &&
    values.userName(user) === undefined &&
    values.port(port) === undefined;
  if (right) {
    const shown = isIP(host) === 6 ? `[${host}]` : host;
    return { kind: "ssh", host, user, port, url: `ssh://${user}@${shown}:${port}` };
  }
  faults.value(
    path,
    raw,
    allowed,
    "write the engine's address; keys and known hosts come from ssh",
  );
  return undefined;
}

function bindAddress(raw: unknown, docker: DockerConfig, faults: Faults): string | undefined {
  const address = raw ?? (docker.kind === "unix" ? "127.0.0.1" : docker.host);
  if (values.bindAddress(address) !== undefined) {
    // A wrong value was reported with the shape; only a missing one is left.
    if (raw !== undefined) return undefined;
    const fix = `write the IP address of ${docker.kind === "ssh" ? docker.host : "the VM"} that ports bind to: Docker binds to no DNS name`;
    faults.value(["monitoring", "address"], raw, "one IP address of the monitoring VM", fix);
    return undefined;
  }
  if (docker.kind === "ssh" && values.isLoopback(address)) {
    const fix =
      "write the VM's private address: this program sets up Grafana over HTTP from here, and a port on the VM's loopback cannot be reached";
    faults.value(
      ["monitoring", "address"],
      address,
      "an IP address of the VM that this machine reaches",
      fix,
    );
    return undefined;
  }
  return address as string;
}

type Ports = MonitoringConfig["ports"];

/** Adds the clashes; a port that is wrong in itself was reported with the shape. */
function checkPorts(raw: unknown, used: Map<number, string>, faults: Faults): Ports {
  const ports: Ports = { ...MONITORING_PORTS };
  for (const name of ["prometheus", "alertmanager", "grafana"] as const) {
    const port = member(raw, name) ?? MONITORING_PORTS[name];
    if (values.port(port) !== undefined) continue;
    ports[name] = port as number;
    const owner = used.get(ports[name]);
    if (owner !== undefined) portClash(["monitoring", "ports", name], ports[name], owner, faults);
    else used.set(ports[name], `${name}, see monitoring.ports`);
  }
  return ports;
}

/** What already listens on the VM's address: sshd, and a federation host's services if it is one. */
function portsInUse(
  address: string | undefined,
  docker: DockerConfig | undefined,
  hosts: readonly HostView[],
  context: ContextConfig,
): Map<number, string> {
  const { metricsEnabled, metricsPort } = context;
  const used = new Map<number, string>();
  if (address === undefined) return used;
  if (docker?.kind === "ssh") used.set(docker.port, "sshd");
  const here = values.canonicalAddress(address);
  for (const host of hosts) {
    if (host.address === undefined || values.canonicalAddress(host.address) !== here) continue;
    const label = host.name ?? host.role;
    used.set(NODE_EXPORTER_PORT, `node_exporter of ${label}`);
    if (host.containerMetrics) used.set(CADVISOR_PORT, `cAdvisor of ${label}`);
    if (host.role !== "superlink") {
      if (gpuFlags(host.raw, context).dcgm) {
        used.set(DCGM_EXPORTER_PORT, `the DCGM exporter of ${label}`);
      }
      continue;
    }
    if (metricsEnabled) used.set(metricsPort, `the Flower exporter of ${label}`);
    used.set(host.controlApi?.port ?? SUPERLINK_PORT, `the SuperLink of ${label}`);
  }
  return used;
}
