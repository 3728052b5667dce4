/** What each host of the federation gets: units, settings, and which of its parts a change restarts. */
import type { FederationHostConfig, FleetConfig } from "../../components/config/schema";
import type { DeployedHost } from "../../components/fleet";
import { bundleSpec, hostBundle, type HostBundle } from "../../components/host-bundle";
import type { ConfigFile } from "../../components/render/config-push";
import { signalsOf } from "../../components/render/host-exporters";
import { scrapeTargets, type ScrapeTarget } from "../../components/render/scrape-targets";
import { shortHash } from "../../components/render/shell";
import { UsageError } from "../errors";

/** A host in hosts.json. What differs between two of them is what an `up` would change there. */
export interface ExportedHost {
  role: FederationHostConfig["role"];
  address: string;
  port: number;
  user: string;
  /** Not where no key is pinned, or no known_hosts is at hand. */
  hostKey?: string;
  bastion?: string;
  labels: Record<string, string>;
  /** SHA-256 of the bundle. Not of a host that is lost: nothing is asked of it. */
  bundle?: string;
  /** Units that are restarted when their hash is another one. */
  parts: Record<string, string>;
  /** Of the hook's directory; not where there is no hook. */
  hook?: string;
  /** Flower's units that another hook restarts. */
  restart: string[];
  lost: boolean;
}

export interface FleetExport {
  hosts: DeployedHost[];
  targets: ScrapeTarget[];
  files: ConfigFile[];
}

/**
 * @throws UsageError for an artifact that is not what it should be
 */
export function exportFleet(config: FleetConfig): FleetExport {
  const bundles = new Map<string, HostBundle>();
  const bundleOf = (host: FederationHostConfig): HostBundle => {
    const spec = bundleSpec(host, config);
    const key = JSON.stringify(spec);
    const known = bundles.get(key) ?? made(spec);
    bundles.set(key, known);
    return known;
  };
  const all = config.hosts.map((host) => ({ host, bundle: bundleOf(host) }));
  const there = all.filter(({ host }) => !host.lost);
  const entries = all.map(({ host, bundle }) => [host.name, entry(host, bundle)] as const);
  return {
    hosts: all.map(({ host, bundle }) => ({
      ...{ name: host.name, role: host.role, bundleHash: bundle.hash },
      signals: signalsOf(host, config.context),
    })),
    targets: there.flatMap(({ host }) => scrapeTargets(host, config)),
    files: [
      { path: "hosts.json", content: json(Object.fromEntries(entries)) },
      ...there.flatMap(({ host, bundle }) => filesOf(host.name, bundle)),
    ],
  };
}

function made(spec: Parameters<typeof hostBundle>[0]): HostBundle {
  try {
    return hostBundle(spec);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function entry(host: FederationHostConfig, bundle: HostBundle): ExportedHost {
  const { role, address, port, user, hostKey, bastion, labels, lost } = host;
  const hook = /^FM_HOOK=(\w+)$/m.exec(textOf(bundle, "bundle.env"))?.[1];
  return {
    ...{ role, address, port, user },
    ...(hostKey === "" ? {} : { hostKey }),
    ...(bastion === undefined
      ? {}
      : { bastion: `${bastion.user}@${bastion.address}:${bastion.port}` }),
    labels,
    ...(lost ? {} : { bundle: bundle.hash }),
    parts: lost ? {} : parts(bundle),
    ...(hook === undefined || lost ? {} : { hook }),
    restart: host.flower?.restart ?? [],
    lost,
  };
}

/** From its lines NAME HASH PORT METRIC. */
function parts(bundle: HostBundle): Record<string, string> {
  const lines = textOf(bundle, "parts.list").trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", hash = ""] = line.split(" ");
      return [name, shortHash(hash)] as const;
    }),
  );
}

function textOf({ files }: HostBundle, path: string): string {
  return files.find((file) => file.path === path)?.content.toString() ?? "";
}

/** Units, what they and the installer are set to, and what is downloaded for them; no programs. */
const SHOWN = /^(units\/.*|etc\/.*|hook\/.*\.(conf|pth)|bundle\.env|fetch|requirements\.txt)$/;

function filesOf(name: string, { files }: HostBundle): ConfigFile[] {
  return files
    .filter(({ path, content }) => SHOWN.test(path) && content.length > 0)
    .map(({ path, content }) => ({
      path: `hosts/${name}/${path}`,
      // A hash of programs, which hosts.json has.
      content: content.toString().replace(/^FM_HOOK=.*\n/m, ""),
    }));
}

/** Two spaces, and a line break at the end. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
