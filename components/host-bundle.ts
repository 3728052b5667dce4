import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type {
  ArtifactsConfig,
  ContextConfig,
  FlowerConfig,
  GpuConfig,
  HostRole,
} from "./config/schema";
import { bundleFiles } from "./host-bundle-files";
import { type BundleFile, deterministicGzip, deterministicTar } from "./render/host-tar";
import { sha256 } from "./render/shell";

export { bootstrapScript } from "./render/host-bootstrap";

/** What decides a bundle. Nothing of a single host is in it, so hosts of a role share one. */
export interface HostBundleSpec {
  role: HostRole;
  /** Label `federation` of what the Flower exporter reports about itself. */
  federation: string;
  /** Needed on the superlink role; on a supernode it brings the hook. */
  flower?: FlowerConfig;
  /** On a supernode with GPUs. */
  gpu?: GpuConfig;
  context: ContextConfig;
  /** Files to carry; what is not carried is downloaded by the host and checked by SHA-256. */
  artifacts: ArtifactsConfig;
}

/** A bundle in memory. */
export interface HostBundle {
  files: BundleFile[];
  /** SHA-256 of the tar, in hex: the bundle's identity, the same on every machine. */
  hash: string;
  tar: Buffer;
}

/** A bundle in the cache. */
export interface WrittenBundle {
  path: string;
  hash: string;
}

/**
 * Everything that hosts of one role get: installer, units, configuration, binaries, our Python.
 * @throws Error that names the artifact which is missing or unusable
 */
export function hostBundle(spec: HostBundleSpec): HostBundle {
  const files = bundleFiles(spec);
  const tar = deterministicTar(files);
  return { files, hash: sha256(tar), tar };
}

/** The cache of finished bundles. */
function bundleDirectory(): string {
  const { FLOWER_MONITORING_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  const cache = xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache");
  const root = own !== undefined && own !== "" ? own : join(cache, "flower-monitoring");
  return join(root, "bundles");
}

/** Puts the bundle into the cache, unless it is there; a name always stands for a whole file. */
export function writeBundle(bundle: HostBundle, directory = bundleDirectory()): WrittenBundle {
  const path = join(directory, `${bundle.hash}.tar.gz`);
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true });
    const unfinished = `${path}.${process.pid}.new`;
    try {
      writeFileSync(unfinished, deterministicGzip(bundle.tar));
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
  return { path, hash: bundle.hash };
}

const written = new Map<string, WrittenBundle>();

/**
 * The bundle of a role in the cache, made once per program run: a thousand SuperNodes hash and
 * compress their 24 MB node_exporter once.
 */
export function cachedBundle(spec: HostBundleSpec): WrittenBundle {
  const times = Object.values(spec.artifacts as Record<string, string>).map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  const key = JSON.stringify([spec, times, process.env["FLOWER_MONITORING_CACHE"]]);
  const known = written.get(key);
  if (known !== undefined && existsSync(known.path)) return known;
  const made = writeBundle(hostBundle(spec));
  written.set(key, made);
  return made;
}
