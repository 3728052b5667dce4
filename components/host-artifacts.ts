import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "./render/shell";
import { versions } from "./versions";

/** A file too large for every bundle: downloaded by the host, or carried once as a blob. */
export interface Payload {
  arch: "amd64" | "arm64" | "any";
  /** Of the download or the blob; nothing else is used. */
  sha256: string;
  /** Where the host downloads it; undefined for a blob. */
  url?: string;
  /** Path inside the .tar.gz that is downloaded; without it the download itself is the file. */
  member?: string;
  /** Path below the release. */
  target: string;
  /** The blob. */
  content?: Buffer;
}

/**
 * SHA-256 of the pinned releases. node_exporter: the release's sha256sums.txt as several public
 * package sets repeat it, all alike; prometheus_client: the package index, and the download itself.
 */
const checksums: Record<string, string> = {
  "node_exporter-1.12.1.linux-amd64.tar.gz":
    "b51d8a76aa2a9156a55d501aca6276fae09e262259a5e4e831d2c2222f084e63",
  "node_exporter-1.12.1.linux-arm64.tar.gz":
    "ad35b605f9954b9f1ffddf5ba054bdc5a98d790b9eae5291e1eeb83f1ecbd0e7",
  "prometheus_client-0.26.0-py3-none-any.whl":
    "fa93d06737aa02bacd05794768508bb97d2fbee28cb3bca04eaae92f0ca953d6",
};

const wheelName = `prometheus_client-${versions.prometheusClient}-py3-none-any.whl`;

/** The official downloads of what a bundle does not carry. */
export const releases = {
  nodeExporter(): Payload[] {
    return (["amd64", "arm64"] as const).map((arch) => {
      const folder = `node_exporter-${versions.nodeExporter}.linux-${arch}`;
      const base = "https://github.com/prometheus/node_exporter/releases/download";
      return {
        arch,
        sha256: checksum(`${folder}.tar.gz`, "nodeExporter"),
        url: `${base}/v${versions.nodeExporter}/${folder}.tar.gz`,
        member: `${folder}/node_exporter`,
        target: "bin/node_exporter",
      };
    });
  },
  /** A line of pip's requirements: the host's own package index, but only these bytes. */
  prometheusClient(): string {
    const hash = checksum(wheelName, "wheels");
    return `prometheus_client==${versions.prometheusClient} --hash=sha256:${hash}\n`;
  },
};

function checksum(file: string, artifact: string): string {
  const sum = checksums[file];
  if (sum === undefined) {
    throw new Error(
      `no SHA-256 is known for ${file}; add it to components/host-artifacts.ts, or carry the file ` +
        `with flower-monitoring:artifacts.${artifact}`,
    );
  }
  return sum;
}

/**
 * A node_exporter binary to carry, and what it is built for.
 * @throws Error when the file is no Linux program for amd64 or arm64
 */
export function carriedBinary(path: string, target: string): Payload {
  const content = read(path, "nodeExporter");
  const isElf = content.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1"));
  const arch = isElf && content.length > 20 ? architectures[content.readUInt16LE(18)] : undefined;
  if (arch === undefined) {
    throw new Error(
      `flower-monitoring:artifacts.nodeExporter: ${path} is not a Linux program for amd64 or arm64; ` +
        `take node_exporter from its release archive, not the archive itself`,
    );
  }
  return { arch, sha256: sha256(content), target, content };
}

/** `e_machine` of an ELF header. */
const architectures: Record<number, "amd64" | "arm64"> = { 0x3e: "amd64", 0xb7: "arm64" };

/** The prometheus_client wheel among those of a directory; others there are for other uses. */
export function carriedWheel(directory: string): { name: string; content: Buffer } {
  const found = readdirSync(directory).filter((name) => /^prometheus_client-.*\.whl$/.test(name));
  const name = found.includes(wheelName) ? wheelName : found[0];
  if (name === undefined || (found.length > 1 && name !== wheelName)) {
    throw new Error(
      `flower-monitoring:artifacts.wheels: ${directory} has ${found.length === 0 ? "no wheel" : found.join(", ")} ` +
        `of prometheus_client; put ${wheelName} there`,
    );
  }
  if (!name.endsWith("-none-any.whl")) {
    throw new Error(
      `flower-monitoring:artifacts.wheels: ${name} is not pure Python; put ${wheelName} there`,
    );
  }
  return { name, content: read(join(directory, name), "wheels") };
}

function read(path: string, artifact: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(
      `flower-monitoring:artifacts.${artifact}: cannot read ${path} (${(error as Error).message})`,
      { cause: error },
    );
  }
}
