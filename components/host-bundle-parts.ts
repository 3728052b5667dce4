/** What each part of a host brings into its bundle. */
import type { HostBundleSpec } from "./host-bundle";
import { carriedBinary, carriedWheel, releases, type Payload } from "./host-artifacts";
import { dcgmFiles, dcgmImage, dcgmUnit } from "./host-bundle-dcgm";
import { FACTS_METRIC, factsFiles } from "./host-bundle-facts";
import { exporterFiles } from "./host-bundle-hook";
import { mode, template, text } from "./host-bundle-source";
import { EVENT_SOCKET } from "./render/hook-settings";
import { exportersOf, type HostExporter } from "./render/host-exporters";
import type { BundleFile } from "./render/host-tar";
import { cadvisorFlags, fillUnit, nodeExporterFlags, systemdWord } from "./render/host-units";

/** What runs on a host as systemd units, and what it brings into the bundle. */
export interface Part {
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

/** The parts of a host, in the order in which it installs them. */
export function bundleParts(spec: HostBundleSpec): Part[] {
  const exporters = exportersOf(spec, spec.context);
  return [...exporters.map((exporter) => makePart(exporter, spec)), facts()];
}

function makePart(exporter: HostExporter, spec: HostBundleSpec): Part {
  switch (exporter.name) {
    case "node-exporter":
      return nodeExporter(exporter, spec);
    case "flower-exporter":
      return flowerExporter(exporter, spec);
    case "dcgm-exporter":
      return dcgmExporter(exporter, spec);
    case "cadvisor":
      return cadvisor(exporter, spec);
  }
}

function nodeExporter(exporter: HostExporter, { artifacts }: HostBundleSpec): Part {
  const payloads =
    artifacts.nodeExporter === undefined
      ? releases.nodeExporter()
      : [carriedBinary(artifacts.nodeExporter, "nodeExporter", "bin/node_exporter")];
  return {
    ...exporter,
    files: [unitFile(exporter, { FLAGS: words(nodeExporterFlags) })],
    payloads,
  };
}

function cadvisor(exporter: HostExporter, { artifacts }: HostBundleSpec): Part {
  const payloads =
    artifacts.cadvisor === undefined
      ? releases.cadvisor()
      : [carriedBinary(artifacts.cadvisor, "cadvisor", "bin/cadvisor")];
  return { ...exporter, files: [unitFile(exporter, { FLAGS: words(cadvisorFlags) })], payloads };
}

/** Flags as lines of `ExecStart=`. */
function words(flags: string[]): string {
  return flags.map(systemdWord).join(" \\\n  ");
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

function unitFile(exporter: HostExporter, values: Record<string, string>): BundleFile {
  const path = `units/flower-monitoring-${exporter.name}.service`;
  return text(path, fillUnit(template(path), { ...values, PORT: String(exporter.port) }));
}
