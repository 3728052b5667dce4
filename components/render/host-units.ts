/**
 * Mounts that are not a disk of the host: kernel file systems, and one per container, whose paths
 * change with every start and would each become a series.
 */
const IGNORED_MOUNTS =
  "^/(dev|proc|run|sys|var/lib/docker/.+|var/lib/containers/.+|var/lib/kubelet/.+)($|/)";

/** Devices that come and go with containers. */
const IGNORED_DEVICES = "^(veth.*|br-.*|cali.*|docker.*|lo)$";

/** node_exporter beyond its defaults. Collectors for hardware a training host rarely has are off. */
export const nodeExporterFlags = [
  `--collector.filesystem.mount-points-exclude=${IGNORED_MOUNTS}`,
  `--collector.netdev.device-exclude=${IGNORED_DEVICES}`,
  `--collector.netclass.ignored-devices=${IGNORED_DEVICES}`,
  "--no-collector.arp",
  "--no-collector.bcache",
  "--no-collector.fibrechannel",
  "--no-collector.ipvs",
  "--no-collector.nfs",
  "--no-collector.nfsd",
  "--no-collector.tapestats",
];

/** One word of `ExecStart=`: systemd expands `%`, `$` and backslashes, and splits at spaces. */
export function systemdWord(word: string): string {
  const escaped = word
    .replaceAll("\\", "\\\\")
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$")
    .replaceAll('"', '\\"');
  return /[\s"';]/.test(escaped) ? `"${escaped}"` : escaped;
}

/**
 * Fills the `@NAME@` marks of a unit template.
 * @throws Error for a mark without a value, or a value without a mark
 */
export function fillUnit(template: string, values: Record<string, string>): string {
  const unused = new Set(Object.keys(values));
  const text = template.replace(/@([A-Z]+)@/g, (mark, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`unit template: no value for ${mark}`);
    unused.delete(key);
    return value;
  });
  if (unused.size > 0) {
    throw new Error(`unit template: no mark for ${[...unused].join(", ")}`);
  }
  return text;
}
