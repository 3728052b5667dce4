import { join } from "node:path";
import { cacheRoot } from "./cache";

export type LabRole = "monitor" | "superlink" | "supernode";

/** A container that acts as a host. */
export interface LabHost {
  name: string;
  role: LabRole;
  address: string;
  container: string;
}

/** One federation on this machine: names, addresses and files, all derived from the lab's name. */
export interface Lab {
  name: string;
  /** First three octets of its /24. */
  net: string;
  network: string;
  /** Pulumi stack, also `Pulumi.<stack>.yaml`. */
  stack: string;
  /** Everything that this lab writes on the machine. */
  dir: string;
  hosts: LabHost[];
  /** Keeps what Alertmanager sends. */
  receiver: { container: string; url: string; address: string };
}

/** `make up` uses `dev`; the tests and the benchmarks have labs of their own beside it. */
const NETS: Record<string, string> = {
  dev: "172.31.77",
  test: "172.31.78",
  drill: "172.31.79",
  bench: "172.31.90",
};

const OCTET = { receiver: 5, monitor: 10, superlink: 11, supernode: 20 };

/**
 * The lab of that name.
 *
 * @param supernodes how many SuperNode hosts exist as machines; the stack decides which are monitored.
 */
export function labOf(name = "dev", supernodes = 2): Lab {
  const net = NETS[name];
  if (net === undefined) {
    throw new Error(`lab ${name}: not known; allowed: ${Object.keys(NETS).join(", ")}`);
  }
  const prefix = `flower-monitoring-${name}`;
  const host = (hostName: string, role: LabRole, octet: number): LabHost => ({
    name: hostName,
    role,
    address: `${net}.${octet}`,
    container: `${prefix}-${hostName}`,
  });
  const receiver = `${net}.${OCTET.receiver}`;
  return {
    name,
    net,
    network: prefix,
    stack: "dev",
    dir: join(cacheRoot(), "labs", name),
    hosts: [
      host("monitor", "monitor", OCTET.monitor),
      host("superlink", "superlink", OCTET.superlink),
      ...Array.from({ length: supernodes }, (_, i) =>
        host(`supernode-${i + 1}`, "supernode", OCTET.supernode + i + 1),
      ),
    ],
    receiver: {
      container: `${prefix}-receiver`,
      address: receiver,
      url: `http://${receiver}:8080/alerts`,
    },
  };
}

/** The host of that name; an unknown one is a mistake in the caller. */
export function hostOf(lab: Lab, name: string): LabHost {
  const found = lab.hosts.find((host) => host.name === name);
  if (found === undefined) throw new Error(`lab ${lab.name} has no host ${name}`);
  return found;
}

/** The hosts with that role. */
export function hostsWith(lab: Lab, role: LabRole): LabHost[] {
  return lab.hosts.filter((host) => host.role === role);
}
