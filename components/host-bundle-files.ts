import { version } from "../package.json";
import type { HostBundleSpec } from "./host-bundle";
import type { Payload } from "./host-artifacts";
import { hookFiles, hookId, packageFiles } from "./host-bundle-hook";
import { bundleParts, type Part } from "./host-bundle-parts";
import { source, text, tree } from "./host-bundle-source";
import type { BundleFile } from "./render/host-tar";
import { quote, sha256 } from "./render/shell";
import { PINNED_ON } from "./versions";

/** What runs the containers of parts; also takes away those of an earlier bundle. */
const CONTAINER_SCRIPT = "container.sh";

/** All files of a bundle, without those that a host makes, and the payloads that come apart. */
export function bundleFiles(spec: HostBundleSpec): { files: BundleFile[]; payloads: Payload[] } {
  const parts = bundleParts(spec);
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
  const downloads = new Set(
    payloads.flatMap(({ url, target }) => (url === undefined ? [] : [target])),
  );
  const values = {
    FM_VERSION: version,
    FM_PINNED: String(Date.parse(PINNED_ON) / 1000),
    FM_ROLE: spec.role,
    FM_ARCH: archOf(payloads),
    FM_PYTHON: spec.flower?.python ?? "",
    FM_CA_FILE: spec.flower?.control?.caFile ?? "",
    FM_CERTIFICATES: (spec.flower?.certificates ?? []).join(" "),
    FM_HOOK: hook,
    FM_RESTART: (spec.flower?.restart ?? []).join(" "),
    // What unpacking and downloads still need below /opt; blobs are there already.
    FM_NEED_KIB: String((4 + 60 * downloads.size) * 1024),
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${quote(value)}\n`)
    .join("");
}

/** What the carried binaries are built for: hosts of another architecture can only be refused. */
function archOf(payloads: Payload[]): string {
  const carried = payloads.filter(({ arch, content }) => content !== undefined && arch !== "any");
  const [first = "any", other] = new Set(carried.map(({ arch }) => arch));
  if (other === undefined) return first;
  throw new Error(
    `flower-monitoring:artifacts: the binaries are for ${first} and ${other}; a host runs only one of them, carry binaries for the same`,
  );
}
