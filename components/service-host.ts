import type * as docker from "@pulumi/docker";
import type { ShellTarget } from "./vm-shell";

/** The VM as its services see it: one network, one shell, one address. */
export interface ServiceHost {
  network: docker.Network;
  shell: ShellTarget;
  /** Address that published ports bind to. */
  address: string;
  /** Keep data volumes on destroy. */
  retainData: boolean;
}

/** Prefix of every container, volume and network on the VM. */
export const PREFIX = "flower-monitoring";
