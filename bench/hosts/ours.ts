import { join } from "node:path";
import type { FederationHostConfig } from "../../components/config/schema";
import { versions } from "../../components/versions";
import type { SshKeys } from "../../lab/hosts/keys";
import type { Toolchain } from "../../lab/toolchain";
import type { FleetProgram } from "../fleet/protocol";
import { FleetStack } from "../fleet/stack";
import type { Machine } from "./machines";
import type { Side } from "./side";

/** This program: a FederationHost for each host. `parallel` resources are worked on at once. */
export async function ours(
  dir: string,
  tools: Toolchain,
  keys: SshKeys,
  parallel: number,
): Promise<Side> {
  const stack = await FleetStack.create(join(dir, "stack"), tools, { parallel });
  const fleet = (machines: Machine[], disabled: string[]): FleetProgram => ({
    hosts: machines.map(toHost),
    privateKeyFile: keys.privateKey,
    nodeExporter: tools.nodeExporter.path,
    flags: disabled.map((name) => `--no-collector.${name}`),
  });
  const { kind, version } = tools.plugins.command;
  return {
    name: "flower-monitoring",
    about: `Pulumi ${versions.pulumi}, command plugin ${version} (${kind}), parallel ${parallel}`,
    apply: (machines, disabled) => stack.up(fleet(machines, disabled)),
    clear: async (machines) => void (await stack.destroy(fleet(machines, []))),
  };
}

function toHost({ name, address, hostKey }: Machine): FederationHostConfig {
  return {
    name,
    role: "supernode",
    address,
    user: "root",
    port: 22,
    hostKey,
    lost: false,
    labels: {},
  };
}
