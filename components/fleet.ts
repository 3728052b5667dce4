import type { FleetStack } from "./config";
import { FederationHost } from "./federation-host";
import { hostReports, type StackOutputs } from "./outputs";
import type { ScrapeTarget } from "./render/scrape-targets";

/** The federation's hosts, as far as monitoring has to know them. Plain data: it decides what exists. */
export interface Fleet {
  /** What Prometheus scrapes there. */
  targets: ScrapeTarget[];
  /** In the order of their names. */
  hosts: DeployedHost[];
  /** The stack output `hosts`. */
  reports: StackOutputs["hosts"];
}

/** A host, the bundle that it should run, and what it measures. */
export type DeployedHost = Pick<FederationHost, "name" | "role" | "bundleHash" | "signals">;

/** Exporters on the SuperLink's and the SuperNodes' hosts, each host a component of its own. */
export function fleet({ config, secrets }: FleetStack): Fleet {
  const hosts = config.hosts.map(
    (host) => new FederationHost(host.name, { host, config, secrets }),
  );
  return {
    targets: hosts.flatMap((host) => host.targets),
    hosts: byName(hosts),
    reports: hostReports(hosts),
  };
}

/** The same order whichever stack the hosts are of. */
export function byName(hosts: DeployedHost[]): DeployedHost[] {
  return [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1));
}
