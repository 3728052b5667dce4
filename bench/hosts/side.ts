import type { Machine } from "./machines";

/** What one run took, and whether it changed anything. */
export interface Took {
  seconds: number;
  changed: number;
}

/** A way to have node_exporter on hosts. */
export interface Side {
  name: string;
  /** Versions and settings, one line. */
  about: string;
  /** Brings the hosts to where they should be; with these collectors of node_exporter switched off. */
  apply(hosts: Machine[], disabled: string[]): Promise<Took>;
  /** Leaves the hosts as they were. */
  clear(hosts: Machine[]): Promise<void>;
}
