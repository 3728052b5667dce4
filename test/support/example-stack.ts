/** The committed example stack, Pulumi.dev.yaml, as a parsed config and on a disk of its own. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { parseStackConfig } from "../../components/config/schema";
import { deterministicTar } from "../../components/render/host-tar";
import { versions } from "../../components/versions";
import {
  privateKey,
  publicKey,
  whole,
  type Editable,
  type Raw,
  type WholeConfig,
} from "../unit/config-fixture";

const REPO = resolve(__dirname, "../..");

/** The one value that the example leaves out, since it is a secret. */
export const PASSWORD = "correct-horse-battery";
export const PRIVATE_KEY = privateKey();

const HOME = "/home/op";
const LAB = ".cache/flower-monitoring/labs/dev";
const ADDRESSES = ["172.31.77.10", "172.31.77.11", "172.31.77.21", "172.31.77.22"];

/** An ELF header, which is all that the bundle looks at: 64 bit, x86-64. */
function elf(): Buffer {
  const header = Buffer.alloc(64);
  header.write("\x7fELF", "latin1");
  header.writeUInt16LE(0x3e, 18);
  return header;
}

/** What `docker save` writes, but for the layers. */
const DCGM_ARCHIVE = deterministicTar([
  {
    path: "manifest.json",
    mode: 0o644,
    content: Buffer.from(
      JSON.stringify([
        { RepoTags: [`flower-monitoring-lab/dcgm-exporter-stand-in:${versions.dcgmExporter}`] },
      ]),
    ),
  },
]);

/** What the example's paths name, below the home directory. */
const FILES: Record<string, string | Buffer> = {
  [`${LAB}/ssh/id_ed25519`]: PRIVATE_KEY,
  [`${LAB}/known_hosts`]: ADDRESSES.map((address) => `${address} ${publicKey()}`).join("\n"),
  [`${LAB}/artifacts/node_exporter`]: elf(),
  [`${LAB}/artifacts/cadvisor`]: elf(),
  [`${LAB}/artifacts/wheels/prometheus_client-0-py3-none-any.whl`]: "not a real wheel",
  [`${LAB}/artifacts/dcgm-exporter.tar`]: DCGM_ARCHIVE,
};

/** The example's values without their namespace, with the password. */
export function exampleRaw(edit?: (raw: Editable) => void): Raw {
  const file = parse(readFileSync(join(REPO, "Pulumi.dev.yaml"), "utf8")) as { config: Raw };
  const entries = Object.entries(file.config).map(([key, value]) => [
    key.replace(/^flower-monitoring:/, ""),
    value,
  ]);
  const raw = { ...(Object.fromEntries(entries) as Raw), grafanaAdminPassword: PASSWORD };
  edit?.(raw as unknown as Editable);
  return raw;
}

/** The example as the program sees it, parsed on a machine that has its files. */
export function exampleConfig(
  edit?: (raw: Editable) => void,
  secretKeys: string[] = [],
): WholeConfig {
  const files = new Map(Object.entries(FILES).map(([path, text]) => [join(HOME, path), text]));
  const isDirectory = (path: string): boolean =>
    [...files.keys()].some((file) => file.startsWith(`${path}/`));
  const io = {
    projectDir: REPO,
    home: HOME,
    readFile: (path: string) => files.get(path)?.toString(),
    isFile: (path: string) => files.has(path),
    isDirectory,
  };
  const secrets = new Set(["grafanaAdminPassword", ...secretKeys]);
  return whole(parseStackConfig(exampleRaw(edit), io, secrets));
}

/** Puts the example's files below a home directory on disk. */
export function writeExampleFiles(home: string): void {
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), content, { mode: 0o600 });
  }
}
