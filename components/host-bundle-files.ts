import { version } from "../package.json";
import type { HostBundleSpec } from "./host-bundle";
import { carriedBinary, carriedWheel, releases, type Payload } from "./host-artifacts";
import { dcgmFiles, dcgmImage, dcgmUnit } from "./host-bundle-dcgm";
import { FACTS_METRIC, factsFiles } from "./host-bundle-facts";
import { exporterFiles, hookFiles, hookId, packageFiles } from "./host-bundle-hook";
import { mode, source, template, text, tree } from "./host-bundle-source";
import { EVENT_SOCKET } from "./render/hook-settings";
import { exportersOf, type HostExporter } from "./render/host-exporters";
import type { BundleFile } from "./render/host-tar";
import { fillUnit, nodeExporterFlags, systemdWord } from "./render/host-units";
import { quote, sha256 } from "./render/shell";

/** What runs on a host as systemd units, and what it brings into the bundle. */
interface Part {
  /** `host/parts/<name>.sh`, units `flower-monitoring-<name>.*`. */
  name: string;
  /** Where it shows its metrics; without it in a file for node_exporter. */
  port?: number;
  /** What verify looks for there. */
  metric: string;
  /** Its units and configuration: when one of them or a payload changes, it restarts. */
  files: BundleFile[];
  /** Binaries and images, which are carried beside the bundle or downloaded by the host. */
  payloads: Payload[];
  /** Whether it runs from our package, which a bundle has once. */
  python?: boolean;
  /** The image of its container. */
  image?: string;
  /** Its failure is a warning, and the rest of the host goes on. @default false */
  optional?: boolean;
}

/** What runs the containers of parts; also takes away those of an earlier bundle. */
const CONTAINER_SCRIPT = "container.sh";

/** All files of a bundle, without those that a host makes, and the payloads that come apart. */
export function bundleFiles(spec: HostBundleSpec): { files: BundleFile[]; payloads: Payload[] } {
  const exporters = exportersOf(spec.role, spec.context, spec.gpu);
  const parts = [...exporters.map((exporter) => makePart(exporter, spec)), facts()];
  const payloads = parts.flatMap((part) => part.payloads);
  const hook = hookFiles(spec);
  const ours = hook.length > 0 || parts.some(({ python }) => python === true) ? packageFiles() : [];
  const files = [
    source("install.sh", 0o755),
    source(CONTAINER_SCRIPT),
    ...tree("host/steps", "steps"),
    ...parts.map(({ name }) => source(`parts/${name}.sh`)),
    text("parts.list", parts.map(partLine).join("")),
    text("owners.list", ownersList(parts, hook)),
    ...containerList(parts),
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
    case "dcgm-exporter":
      return dcgmExporter(exporter, spec);
  }
}

function nodeExporter(exporter: HostExporter, { artifacts }: HostBundleSpec): Part {
  const unit = unitFile(exporter, { FLAGS: nodeExporterFlags.map(systemdWord).join(" \\\n  ") });
  const payloads =
    artifacts.nodeExporter === undefined
      ? releases.nodeExporter()
      : [carriedBinary(artifacts.nodeExporter, "bin/node_exporter")];
  return { ...exporter, files: [unit], payloads };
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
  return { ...exporter, files, payloads: [], python: true };
}

function facts(): Part {
  return { name: "facts", metric: FACTS_METRIC, files: factsFiles(), payloads: [] };
}

function dcgmExporter(exporter: HostExporter, { gpu, artifacts }: HostBundleSpec): Part {
  if (gpu?.dcgm === undefined) throw new Error("host bundle: the DCGM exporter has no config");
  const files = [unitFile(exporter, dcgmUnit(gpu.dcgm)), ...dcgmFiles(gpu.dcgm)];
  const payloads = dcgmImage(gpu.dcgm, artifacts);
  return { ...exporter, files, payloads, image: gpu.dcgm.image };
}

/** Parts in containers and their images, a line each; no file where there are none. */
function containerList(parts: Part[]): BundleFile[] {
  const lines = parts.flatMap(({ name, image }) =>
    image === undefined ? [] : [`${name} ${image}\n`],
  );
  return lines.length === 0 ? [] : [text("containers.list", lines.join(""))];
}

/** A line of parts.list: name, hash of what a restart depends on, port, metric, whether optional. */
function partLine(part: Part): string {
  const { name, port, metric, files, payloads, python, image } = part;
  const all = [
    ...files,
    ...(python === true ? packageFiles() : []),
    ...(image === undefined ? [] : [source(CONTAINER_SCRIPT)]),
  ];
  const hashes = all.map(({ path, content }) => `${path} ${sha256(content)}`);
  const hash = sha256([...hashes, ...payloads.map(fetchLine)].sort().join("\n"));
  return `${name} ${hash} ${port ?? "-"} ${metric}${part.optional === true ? " optional" : ""}\n`;
}

/** Whose a file of the release is, for the host that finds it changed: part and start of its path. */
function ownersList(parts: Part[], hook: BundleFile[]): string {
  const lines = parts.flatMap(({ name, files, payloads, python }) => [
    // With what the host itself unpacks there.
    ...(python === true ? [`${name} lib/`] : []),
    ...files.filter(({ path }) => !path.startsWith("lib/")).map(({ path }) => `${name} ${path}`),
    ...payloads.map(({ target }) => `${name} ${target}`),
  ]);
  const own = hook.length === 0 ? [] : ["hook hook/", "hook lib/"];
  return [...new Set([...lines, ...own])].map((line) => `${line}\n`).join("");
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
    FM_CERTIFICATES: (spec.flower?.certificates ?? []).join(" "),
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
