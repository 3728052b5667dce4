import type * as pulumi from "@pulumi/pulumi";
import type { ShellTarget } from "./vm-shell";

/** The VM as its services see it: one network, one shell, one address. */
export interface ServiceHost {
  /** Made first; the services' resources wait for it. */
  network: Promise<pulumi.Resource>[];
  shell: ShellTarget;
  /** Address that published ports bind to. */
  address: string;
  /** Keep data volumes on destroy. */
  retainData: boolean;
}

/** Prefix of every container, volume and network on the VM. */
export const PREFIX = "flower-monitoring";
