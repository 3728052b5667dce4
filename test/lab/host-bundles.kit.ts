/** Bundles for the installer's tests: the real ones, changed where a test wants another version. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { FlowerConfig, HostRole } from "../../components/config/schema";
import {
  hostBundle,
  writeBundle,
  type Blob,
  type HostBundleSpec,
} from "../../components/host-bundle";
import { deterministicTar, type BundleFile } from "../../components/render/host-tar";
import type { SessionBundle } from "../../components/render/session";
import { sha256 } from "../../components/render/shell";
import { FLOWER_PYTHON } from "../../lab/images/host";
import { nodeExporter } from "../../lab/toolchain/prometheus";
import { wheels } from "../../lab/toolchain/wheels";

/** A bundle for tests: its files can be changed before it is packed. */
export interface TestBundle extends SessionBundle {
  id: string;
}

/** The cache that session.sh takes the bundles of this test file from. */
export const directory = mkdtempSync(join(tmpdir(), "host-installer-"));

/** Removes every bundle of this test file. */
export function removeBundles(): void {
  rmSync(directory, { recursive: true, force: true });
}

/** Flower as the host image has it, without the hook. */
export const FLOWER: FlowerConfig = {
  python: FLOWER_PYTHON,
  runtime: "venv",
  hook: false,
  restart: [],
};

/** What a role's bundle has where a test says nothing else; no hook. */
const ROLES: Record<HostRole, Partial<HostBundleSpec>> = {
  superlink: { flower: { ...FLOWER, control: { address: "127.0.0.1:8000", insecure: true } } },
  supernode: {},
};

/** The real bundle of a role, changed by `edit` where a test wants another version of it. */
export async function makeBundle(
  role: HostRole,
  edit: (file: BundleFile) => string | undefined = () => undefined,
  spec: Partial<HostBundleSpec> = {},
): Promise<TestBundle> {
  const bundle = hostBundle({
    role,
    federation: "test",
    context: CONTEXT_DEFAULTS,
    artifacts: {
      nodeExporter: (await nodeExporter()).path,
      wheels: join((await wheels()).path, "prometheus-client"),
    },
    ...ROLES[role],
    ...spec,
  });
  let parts = "";
  const edited = bundle.files.map((file) => {
    const content = edit(file);
    if (content === undefined) return file;
    const part = /flower-monitoring-(.*)\.service/.exec(file.path)?.[1];
    if (part !== undefined) parts = `${part} ${sha256(content)}`;
    return { ...file, content: Buffer.from(content) };
  });
  // A changed unit changes its part's hash, as it would in a bundle made from a changed template.
  const files = edited.map((file) =>
    file.path === "parts.list" && parts !== "" ? { ...file, content: rehash(file, parts) } : file,
  );
  return pack(files, bundle.blobs);
}

/** A supernode's bundle that carries no node_exporter but downloads it. */
export async function downloadingBundle(url: string, sum: string): Promise<TestBundle> {
  const nodeExporterPath = (await nodeExporter()).path;
  const { files } = hostBundle({
    role: "supernode",
    federation: "test",
    context: CONTEXT_DEFAULTS,
    artifacts: { nodeExporter: nodeExporterPath },
  });
  const fetch = `any ${sum} ${url} release/node_exporter bin/node_exporter\n`;
  const others = files.filter(({ path }) => path !== "fetch");
  return pack([...others, { path: "fetch", mode: 0o644, content: Buffer.from(fetch) }], []);
}

function pack(files: BundleFile[], blobs: Blob[]): TestBundle {
  const tar = deterministicTar(files);
  const written = writeBundle({ files, blobs, tar, hash: sha256(tar) }, directory);
  return { ...written, id: written.hash.slice(0, 12) };
}

function rehash({ content }: BundleFile, nameAndHash: string): Buffer {
  const [name = ""] = nameAndHash.split(" ");
  return Buffer.from(content.toString().replace(new RegExp(`${name} \\S+`), nameAndHash));
}

/** An edit for makeBundle: replaces text in one part's unit. */
export function inUnit(part: string, from: string, to: string) {
  return ({ path, content }: BundleFile): string | undefined => {
    if (path !== `units/flower-monitoring-${part}.service`) return undefined;
    const text = content.toString();
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    return text.replace(from, to);
  };
}
