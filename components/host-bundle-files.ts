import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { version } from "../package.json";
import type { HostBundleSpec } from "./host-bundle";
import { carriedBinary, carriedWheel, releases, type Download } from "./host-artifacts";
import { exportersOf, type HostExporter } from "./render/host-exporters";
import type { BundleFile } from "./render/host-tar";
import { fillUnit, nodeExporterFlags, systemdWord } from "./render/host-units";
import { quote, sha256 } from "./render/shell";

const repository = join(__dirname, "..");

/** What one exporter brings into the bundle. */
interface Part {
  exporter: HostExporter;
  /** Its unit, configuration and payload: when one of them changes, the unit restarts. */
  files: BundleFile[];
  downloads: Download[];
  /** Architecture that its binary is built for; undefined for what runs on any. */
  arch?: "amd64" | "arm64";
}

/** All files of a bundle, without those that a host makes or downloads. */
export function bundleFiles(spec: HostBundleSpec): BundleFile[] {
  const parts = exportersOf(spec.role).map((exporter) => makePart(exporter, spec));
  const downloads = parts.flatMap((part) => part.downloads);
  const files = [
    source("install.sh", 0o755),
    ...tree(join(repository, "host/steps"), "steps"),
    ...parts.map(({ exporter }) => source(`parts/${exporter.name}.sh`)),
    text("parts.list", parts.map(partLine).join("")),
    ...(downloads.length === 0 ? [] : [text("fetch", downloads.map(fetchLine).join(""))]),
    ...parts.flatMap((part) => part.files),
  ];
  return [...files, text("bundle.env", bundleEnv(spec, parts, files, downloads))];
}

function makePart(exporter: HostExporter, spec: HostBundleSpec): Part {
  switch (exporter.name) {
    case "node-exporter":
      return nodeExporter(exporter, spec);
    case "flower-exporter":
      return flowerExporter(exporter, spec);
  }
}

function nodeExporter(exporter: HostExporter, { artifacts }: HostBundleSpec): Part {
  const unit = unitFile(exporter, { FLAGS: nodeExporterFlags.map(systemdWord).join(" \\\n  ") });
  if (artifacts.nodeExporter === undefined) {
    return { exporter, files: [unit], downloads: releases.nodeExporter() };
  }
  const { content, arch } = carriedBinary(artifacts.nodeExporter);
  const binary: BundleFile = { path: "bin/node_exporter", mode: 0o755, content };
  return { exporter, files: [unit, binary], downloads: [], arch };
}

function flowerExporter(exporter: HostExporter, spec: HostBundleSpec): Part {
  const { flower, artifacts, federation } = spec;
  if (flower === undefined) {
    throw new Error("host bundle: the superlink role needs `flower` (python and controlApi)");
  }
  const config = {
    control_api: flower.controlApi,
    federation,
    ...(flower.caFile === undefined ? {} : { ca_file: flower.caFile }),
    insecure: flower.insecure,
  };
  const wheel = artifacts.wheels === undefined ? undefined : carriedWheel(artifacts.wheels);
  const client: BundleFile =
    wheel === undefined
      ? text("requirements.txt", releases.prometheusClient())
      : { path: `wheels/${wheel.name}`, mode, content: wheel.content };
  const files = [
    unitFile(exporter, { PYTHON: systemdWord(flower.python) }),
    text("etc/flower-exporter.json", `${JSON.stringify(config, null, 2)}\n`),
    ...tree(join(repository, "python/src/flower_monitoring"), "lib/flower_monitoring"),
    client,
  ];
  return { exporter, files, downloads: [] };
}

/** A line of parts.list: name, hash of what a restart depends on, port, metric to look for. */
function partLine({ exporter, files, downloads }: Part): string {
  const hashes = files.map(({ path, content }) => `${path} ${sha256(content)}`);
  const hash = sha256([...hashes, ...downloads.map(fetchLine)].sort().join("\n"));
  return `${exporter.name} ${hash} ${exporter.port} ${exporter.metric}\n`;
}

function fetchLine({ arch, sha256: sum, url, member, target }: Download): string {
  return `${arch} ${sum} ${url} ${member ?? "-"} ${target}\n`;
}

/** Shell assignments that install.sh reads. */
function bundleEnv(
  spec: HostBundleSpec,
  parts: Part[],
  files: BundleFile[],
  downloads: Download[],
): string {
  const carried = files.reduce((sum, { content }) => sum + content.length, 0) / 1024;
  const values = {
    FM_VERSION: version,
    FM_ROLE: spec.role,
    FM_ARCH: parts.find(({ arch }) => arch !== undefined)?.arch ?? "any",
    FM_PYTHON: spec.flower?.python ?? "",
    FM_CA_FILE: spec.flower?.caFile ?? "",
    // What unpacking and downloads still need below /opt, and the kept bundle below /var/lib.
    FM_NEED_KIB: String(downloads.length > 0 ? 64 * 1024 : 4 * 1024),
    FM_KEEP_KIB: String(Math.ceil(carried) + 1024),
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${quote(value)}\n`)
    .join("");
}

const mode = 0o644;

function text(path: string, content: string): BundleFile {
  return { path, mode, content: Buffer.from(content) };
}

function unitFile(exporter: HostExporter, values: Record<string, string>): BundleFile {
  const path = `units/flower-monitoring-${exporter.name}.service`;
  const template = readFileSync(join(repository, "host", path), "utf8");
  return text(path, fillUnit(template, { ...values, PORT: String(exporter.port) }));
}

function source(path: string, fileMode: 0o644 | 0o755 = mode): BundleFile {
  return { path, mode: fileMode, content: readFileSync(join(repository, "host", path)) };
}

/** The files below a directory, without what Python leaves there. */
function tree(directory: string, path: string): BundleFile[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => name !== "__pycache__" && !name.startsWith("."))
    .flatMap((entry) => {
      const [from, to] = [join(directory, entry.name), `${path}/${entry.name}`];
      return entry.isDirectory()
        ? tree(from, to)
        : [{ path: to, mode, content: readFileSync(from) } satisfies BundleFile];
    });
}
