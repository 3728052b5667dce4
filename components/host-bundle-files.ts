import { version } from "../package.json";
import type { HostBundleSpec } from "./host-bundle";
import { carriedBinary, carriedWheel, releases, type Payload } from "./host-artifacts";
import { exporterFiles, hookFiles, hookId, packageFiles } from "./host-bundle-hook";
import { mode, source, template, text, tree } from "./host-bundle-source";
import { EVENT_SOCKET } from "./render/hook-settings";
import { exportersOf, type HostExporter } from "./render/host-exporters";
import type { BundleFile } from "./render/host-tar";
import { fillUnit, nodeExporterFlags, systemdWord } from "./render/host-units";
import { quote, sha256 } from "./render/shell";

/** What one exporter brings into the bundle. */
interface Part {
  exporter: HostExporter;
  /** Its unit and configuration: when one of them or a payload changes, the unit restarts. */
  files: BundleFile[];
  /** Binaries and images, which are carried beside the bundle or downloaded by the host. */
  payloads: Payload[];
  /** Whether it runs from our package, which a bundle has once. */
  python?: boolean;
}

/** All files of a bundle, without those that a host makes, and the payloads that come apart. */
export function bundleFiles(spec: HostBundleSpec): { files: BundleFile[]; payloads: Payload[] } {
  const parts = exportersOf(spec.role, spec.context).map((exporter) => makePart(exporter, spec));
  const payloads = parts.flatMap((part) => part.payloads);
  const hook = hookFiles(spec);
  const ours = hook.length > 0 || parts.some(({ python }) => python === true) ? packageFiles() : [];
  const files = [
    source("install.sh", 0o755),
    ...tree("host/steps", "steps"),
    ...parts.map(({ exporter }) => source(`parts/${exporter.name}.sh`)),
    text("parts.list", parts.map(partLine).join("")),
    text("fetch", payloads.map(fetchLine).join("")),
    ...parts.flatMap((part) => part.files),
    ...ours,
    ...hook,
  ];
  const id = hook.length === 0 ? "" : hookId([...ours, ...hook], spec.flower?.python);
  return { files: [...files, text("bundle.env", bundleEnv(spec, id, payloads))], payloads };
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
  const payloads =
    artifacts.nodeExporter === undefined
      ? releases.nodeExporter()
      : [carriedBinary(artifacts.nodeExporter, "bin/node_exporter")];
  return { exporter, files: [unit], payloads };
}

/** Below the unit's StateDirectory: outlives upgrades, goes with the exporter. */
const STATE_FILE = "/var/lib/flower-monitoring/flower-exporter/state.json";

function flowerExporter(exporter: HostExporter, spec: HostBundleSpec): Part {
  const { flower, artifacts, federation, context } = spec;
  if (flower?.python === undefined || flower.control === undefined) {
    throw new Error("host bundle: the superlink role needs Flower's python and Control API");
  }
  const { address, caFile, insecure } = flower.control;
  const config = {
    control_api: address,
    federation,
    ...(caFile === undefined ? {} : { ca_file: caFile }),
    insecure,
    event_socket: EVENT_SOCKET,
    state_file: STATE_FILE,
  };
  const wheel = artifacts.wheels === undefined ? undefined : carriedWheel(artifacts.wheels);
  const client: BundleFile =
    wheel === undefined
      ? text("requirements.txt", releases.prometheusClient())
      : { path: `wheels/${wheel.name}`, mode, content: wheel.content };
  const files = [
    unitFile(exporter, { PYTHON: systemdWord(flower.python), LOGFORMAT: context.logFormat }),
    text("etc/flower-exporter.json", `${JSON.stringify(config, null, 2)}\n`),
    ...exporterFiles(),
    client,
  ];
  return { exporter, files, payloads: [], python: true };
}

/** A line of parts.list: name, hash of what a restart depends on, port, metric to look for. */
function partLine({ exporter, files, payloads, python }: Part): string {
  const all = python === true ? [...files, ...packageFiles()] : files;
  const hashes = all.map(({ path, content }) => `${path} ${sha256(content)}`);
  const hash = sha256([...hashes, ...payloads.map(fetchLine)].sort().join("\n"));
  return `${exporter.name} ${hash} ${exporter.port} ${exporter.metric}\n`;
}

/** A line of fetch: architecture, SHA-256, URL or `-` for a blob, member of the archive, target. */
function fetchLine({ arch, sha256: sum, url, member, target }: Payload): string {
  return `${arch} ${sum} ${url ?? "-"} ${member ?? "-"} ${target}\n`;
}

/** Shell assignments that install.sh reads. */
function bundleEnv(spec: HostBundleSpec, hook: string, payloads: Payload[]): string {
  const arches = new Set(payloads.flatMap(({ arch }) => (arch === "any" ? [] : [arch])));
  const [only] = arches;
  const values = {
    FM_VERSION: version,
    FM_ROLE: spec.role,
    // With a binary for one architecture, hosts of another can only be refused.
    FM_ARCH: arches.size === 1 && only !== undefined ? only : "any",
    FM_PYTHON: spec.flower?.python ?? "",
    FM_CA_FILE: spec.flower?.control?.caFile ?? "",
    FM_HOOK: hook,
    FM_RESTART: (spec.flower?.restart ?? []).join(" "),
    // What unpacking and downloads still need below /opt; blobs are there already.
    FM_NEED_KIB: String((payloads.some(({ url }) => url !== undefined) ? 64 : 4) * 1024),
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${quote(value)}\n`)
    .join("");
}

function unitFile(exporter: HostExporter, values: Record<string, string>): BundleFile {
  const path = `units/flower-monitoring-${exporter.name}.service`;
  return text(path, fillUnit(template(path), { ...values, PORT: String(exporter.port) }));
}
