import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type {
  ArtifactsConfig,
  ContextConfig,
  FederationHostConfig,
  FlowerConfig,
  GpuConfig,
  HostRole,
} from "./config/schema";
import { bundleFiles } from "./host-bundle-files";
import {
  type BundleFile,
  deterministicGzip,
  deterministicTar,
  tarEntries,
} from "./render/host-tar";
import type { SessionBundle } from "./render/session";
import { sha256 } from "./render/shell";

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

/** What decides the bundle of a host. */
export function bundleSpec(
  { role, flower, gpu }: Pick<FederationHostConfig, "role" | "flower" | "gpu">,
  { federation, context, artifacts }: Pick<HostBundleSpec, "federation" | "context" | "artifacts">,
): HostBundleSpec {
  return {
    ...{ role, federation, context, artifacts },
    ...(flower === undefined ? {} : { flower }),
    ...(gpu === undefined ? {} : { gpu }),
  };
}

/** A file that travels once and beside the bundle, named by its content. */
export interface Blob {
  arch: "amd64" | "arm64" | "any";
  sha256: string;
  content: Buffer;
}

/** A bundle in memory. */
export interface HostBundle {
  files: BundleFile[];
  blobs: Blob[];
  /** SHA-256 of the tar, in hex: the bundle's identity, the same on every machine. */
  hash: string;
  tar: Buffer;
}

/**
 * Everything that hosts of one role get: installer, units, configuration, our Python; binaries beside it.
 * @throws Error that names the artifact which is missing or unusable
 */
export function hostBundle(spec: HostBundleSpec): HostBundle {
  const { files, payloads } = bundleFiles(spec);
  const tar = deterministicTar(files);
  const blobs = payloads.flatMap(({ arch, sha256: sum, content }) =>
    content === undefined ? [] : [{ arch, sha256: sum, content }],
  );
  return { files, blobs, hash: sha256(tar), tar };
}

/** The cache of bundles and blobs; components/session.sh finds it in the same way. */
function cacheDirectory(): string {
  const { FLOWER_MONITORING_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own !== undefined && own !== "") return own;
  const cache = xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache");
  return join(cache, "flower-monitoring");
}

/**
 * Puts the bundle into the cache, and each blob as a piece of a tar: session.sh sends the blobs that a
 * host lacks with the bundle at their end, which together are one archive.
 */
export function writeBundle(bundle: HostBundle, directory = cacheDirectory()): SessionBundle {
  for (const { sha256: sum, content } of bundle.blobs) {
    const entry = (): Buffer => tarEntries([{ path: `blobs/${sum}`, mode: 0o755, content }]);
    write(join(directory, "blobs"), `${sum}.tar.gz`, entry);
  }
  write(join(directory, "bundles"), `${bundle.hash}.tar.gz`, () => bundle.tar);
  return {
    hash: bundle.hash,
    blobs: bundle.blobs.map(({ arch, sha256: sum }) => ({ arch, sha256: sum })),
  };
}

/** Writes the file unless it is there; a name always stands for a whole file. */
function write(directory: string, name: string, content: () => Buffer): void {
  const path = join(directory, name);
  if (existsSync(path)) return;
  mkdirSync(directory, { recursive: true });
  const unfinished = `${path}.${process.pid}.new`;
  try {
    writeFileSync(unfinished, deterministicGzip(content()));
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

const written = new Map<string, SessionBundle>();

/** The bundle of a role in the cache, made once per program run: a thousand SuperNodes share it. */
export function cachedBundle(spec: HostBundleSpec): SessionBundle {
  const times = Object.values(spec.artifacts).map((path: string) =>
    path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0),
  );
  const key = JSON.stringify([spec, times, cacheDirectory()]);
  const known = written.get(key);
  if (known !== undefined) return known;
  const made = writeBundle(hostBundle(spec));
  written.set(key, made);
  return made;
}
