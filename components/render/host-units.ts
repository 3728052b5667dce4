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

/**
 * cAdvisor beyond its defaults: 22 groups of metrics of every cgroup, sampled each second. Of a
 * container 62 series are left, see docs/compatibility.md.
 */
export const cadvisorFlags = [
  "--enable_metrics=cpu,memory,network,diskIO,oom_event,pressure",
  // The host as a whole is node_exporter's, and so are its services.
  "--docker_only=true",
  "--disable_root_cgroup_stats=true",
  // Labels are free text of whoever starts a container; each would become one of every series.
  "--store_container_labels=false",
  // As often as Prometheus asks by default; each sample also asks Docker once for each container.
  "--housekeeping_interval=15s",
  "--allow_dynamic_housekeeping=false",
  // What only its web page would show.
  "--storage_duration=1m",
  "--event_storage_age_limit=default=0",
  "--event_storage_event_limit=default=0",
  // It would take all CPUs whatever GOMAXPROCS says.
  "--max_procs=2",
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
