import { existsSync, realpathSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { versions } from "../../components/versions";
import { run } from "../../runner/run";
import type { Tool } from "../toolchain/types";
import { provideImage } from "./import";
import { imageKey } from "./key";
import { ROOT_LAYOUT, writeMinimalRoot } from "./minimal-root";

const LAB = join(__dirname, "..");

/** A small server of ours in TypeScript, as an image: Node, one bundled file, busybox. */
interface NodeServer {
  name: string;
  /** Tag; default is the content's key. */
  tag?: string;
  /** Source of the server. */
  entry: string;
  port: number;
  user: { name: string; id: number };
  /** The user's own directories. */
  ownedDirs: readonly string[];
  /** Further programs: place in the image to file on this machine. */
  programs?: Readonly<Record<string, string>>;
}

/** The Grafana stand-in, with the user, port and data directory of the official image. */
export function grafanaImage(
  docker: Tool,
  entry = join(LAB, "grafana", "main.ts"),
): Promise<string> {
  return nodeImage(docker, {
    name: "grafana-stand-in",
    tag: versions.grafana,
    entry,
    port: 3000,
    user: { name: "grafana", id: 472 },
    ownedDirs: ["var/lib/grafana"],
  });
}

/** The receiver that keeps what Alertmanager and Grafana send. */
export function receiverImage(docker: Tool): Promise<string> {
  return nodeImage(docker, {
    name: "receiver",
    entry: join(LAB, "receiver", "main.ts"),
    port: 8080,
    user: { name: "nobody", id: 65534 },
    ownedDirs: ["data"],
  });
}

/** The DCGM exporter's stand-in: root, as in the official image, and with a command that makes faults. */
export function dcgmExporterImage(docker: Tool): Promise<string> {
  return nodeImage(docker, {
    name: "dcgm-exporter-stand-in",
    tag: versions.dcgmExporter,
    entry: join(LAB, "dcgm", "main.ts"),
    port: 9400,
    user: { name: "root", id: 0 },
    ownedDirs: ["etc/dcgm-exporter"],
    programs: { "/usr/local/bin/dcgm-fault": join(LAB, "dcgm", "dcgm-fault") },
  });
}

async function nodeImage(docker: Tool, server: NodeServer): Promise<string> {
  const bundle = await bundled(server.entry);
  const node = realpathSync(process.execPath);
  const libraries = await sharedLibraries(node);
  const place = `/opt/${server.name}/server.js`;
  const changes = [
    `ENTRYPOINT ["/usr/local/bin/node", "${place}"]`,
    `USER ${server.user.id}`,
    `WORKDIR /${server.ownedDirs[0] ?? ""}`,
    `EXPOSE ${server.port}`,
    "ENV PATH=/usr/local/bin:/bin NODE_ENV=production",
  ];
  const inputs = [bundle, process.version, process.arch, ...changes, ...server.ownedDirs];
  const programs = server.programs ?? {};
  const key = imageKey(
    [...inputs, ...Object.keys(libraries), ...Object.keys(programs)],
    [ROOT_LAYOUT, ...Object.values(programs)],
  );
  return provideImage(docker, {
    ref: `flower-monitoring-lab/${server.name}:${server.tag ?? key}`,
    key,
    changes,
    writeTar: (tar, dir) =>
      writeMinimalRoot(
        {
          binaries: { "/usr/local/bin/node": node, ...libraries, ...programs },
          files: { [place]: bundle },
          user: server.user,
          ownedDirs: server.ownedDirs,
        },
        tar,
        dir,
      ),
    once: { label: `${server.name} image`, needMiB: 1024 },
  });
}

/** The server and all that it imports as one CommonJS file. */
async function bundled(entry: string): Promise<string> {
  if (!existsSync(entry)) throw new Error(`${entry} is missing: this checkout is not whole.`);
  const dir = await mkdtemp(join(tmpdir(), "flower-monitoring-bundle-"));
  try {
    const outfile = join(dir, "server.js");
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      target: "node22",
      format: "cjs",
      legalComments: "none",
      logLevel: "silent",
    });
    return await readFile(outfile, "utf8");
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * The libraries that an executable loads, each at its own place, and those that glibc loads by
 * itself to look up a host name (built in since glibc 2.34).
 */
async function sharedLibraries(executable: string): Promise<Record<string, string>> {
  const { stdout } = await run("ldd", [executable]);
  const found = [...stdout.matchAll(/(?:=>\s+)?(\/\S+) \(0x/g)].map((match) => match[1] ?? "");
  const libc = found.find((path) => /\/libc\.so\.6$/.test(path));
  if (libc === undefined) throw new Error(`ldd ${executable}: no libc.so.6 in its answer.`);
  const byName = ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"].map((name) =>
    libc.replace(/libc\.so\.6$/, name),
  );
  const all = [...found, ...byName.filter((path) => existsSync(path))];
  return Object.fromEntries(all.map((path) => [path, realpathSync(path)]));
}
