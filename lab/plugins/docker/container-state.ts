import type Docker from "dockerode";
import { compact, type Props } from "../kit/property";
import { formatDuration } from "./duration";
import type { ContainerInputs } from "./shapes";

const megabytes = (bytes: number | undefined): number =>
  bytes === undefined ? 0 : bytes > 0 ? Math.floor(bytes / 1024 / 1024) : bytes;

/**
 * A container's state: what the program set, with everything that the official plugin reads back
 * replaced by what the daemon says. Environment and labels are not read back, as the image adds its
 * own. A container that should run and does not gets `mustRun: false`, which the next update sees.
 */
export function containerState(found: Docker.ContainerInspectInfo, inputs: Props): Props {
  const { Config: config, HostConfig: host, State: state } = found;
  const set = inputs as unknown as ContainerInputs;
  // dockerode's types leave these out.
  const more = config as { StopSignal?: string; StopTimeout?: number };
  const networks = Object.entries(found.NetworkSettings.Networks);
  const read = {
    name: found.Name.replace(/^\//, ""),
    image: set.image.startsWith("sha256:") ? found.Image : config.Image,
    command: config.Cmd,
    entrypoints: config.Entrypoint,
    user: config.User,
    workingDir: config.WorkingDir,
    hostname: config.Hostname,
    domainname: config.Domainname,
    tmpfs: host.Tmpfs,
    restart: host.RestartPolicy?.Name,
    maxRetryCount: host.RestartPolicy?.MaximumRetryCount,
    rm: host.AutoRemove,
    readOnly: host.ReadonlyRootfs,
    privileged: host.Privileged,
    securityOpts: host.SecurityOpt as string[] | null,
    groupAdds: host.GroupAdd,
    sysctls: host.Sysctls,
    dns: host.Dns as string[] | undefined,
    hosts: (host.ExtraHosts as string[] | null)?.map((line) => {
      const [name = "", ...ip] = line.split(":");
      return { host: name, ip: ip.join(":") };
    }),
    mounts: (host.Mounts ?? []).map(mountState),
    memory: megabytes(host.Memory),
    memoryReservation: megabytes(host.MemoryReservation),
    memorySwap: megabytes(host.MemorySwap),
    shmSize: megabytes(host.ShmSize),
    cpuShares: host.CpuShares,
    cpuSet: host.CpusetCpus,
    logDriver: host.LogConfig?.Type,
    networkMode: host.NetworkMode,
    usernsMode: host.UsernsMode,
    ipcMode: host.IpcMode,
    init: host.Init === true,
    stopSignal: more.StopSignal,
    stopTimeout: more.StopTimeout,
    networkDatas: networks.map(([networkName, data]) => ({
      networkName,
      ipAddress: data.IPAddress,
      ipPrefixLength: data.IPPrefixLen,
      gateway: data.Gateway,
      macAddress: data.MacAddress,
    })),
    ...onlyWhenSet(found, set),
    ...(state.Running ? {} : { exitCode: state.ExitCode }),
    ...(!state.Running && set.mustRun !== false ? { mustRun: false } : {}),
  };
  return { ...inputs, ...compact(read) };
}

/** What is read back only where the program says something about it. */
function onlyWhenSet(found: Docker.ContainerInspectInfo, set: ContainerInputs): object {
  const { HostConfig: host, Config: config } = found;
  const adds = host.CapAdd as string[] | null | undefined;
  const drops = host.CapDrop as string[] | null | undefined;
  const check = config.Healthcheck;
  const ports = set.ports !== undefined && set.ports.length > 0;
  return {
    ...(ports && (found.State.Running || set.mustRun !== false) ? { ports: portState(found) } : {}),
    ...(host.NanoCpus !== undefined && host.NanoCpus > 0
      ? { cpus: String(host.NanoCpus / 1e9) }
      : {}),
    ...(set.logOpts !== undefined ? { logOpts: host.LogConfig?.Config as unknown } : {}),
    ...(set.pidMode !== undefined ? { pidMode: host.PidMode } : {}),
    ...(set.ulimits !== undefined
      ? {
          ulimits: (host.Ulimits ?? []).map((u) => ({
            name: u.Name,
            soft: u.Soft,
            hard: u.Hard,
          })),
        }
      : {}),
    ...((adds ?? []).length > 0 || (drops ?? []).length > 0
      ? { capabilities: { adds: adds ?? [], drops: drops ?? [] } }
      : {}),
    ...(check === undefined
      ? {}
      : {
          healthcheck: {
            tests: check.Test ?? [],
            interval: formatDuration(check.Interval ?? 0),
            timeout: formatDuration(check.Timeout ?? 0),
            startPeriod: formatDuration(check.StartPeriod ?? 0),
            startInterval: "0s",
            retries: check.Retries ?? 0,
          },
        }),
  };
}

function portState(found: Docker.ContainerInspectInfo): object[] {
  const bound = found.NetworkSettings.Ports as Record<string, Docker.PortBinding[] | null>;
  return Object.entries(bound)
    .map(([key, bindings]) => ({ key, bindings: bindings ?? [] }))
    .sort((a, b) => Number.parseInt(a.key, 10) - Number.parseInt(b.key, 10))
    .flatMap(({ key, bindings }) => {
      const [internal, protocol] = key.split("/");
      return bindings.map((binding) => ({
        internal: Number(internal),
        external: Number(binding.HostPort),
        ip: binding.HostIp,
        protocol,
      }));
    });
}

function mountState(mount: Docker.MountSettings): object {
  const { BindOptions: bind, TmpfsOptions: tmpfs } = mount;
  return {
    target: mount.Target,
    source: mount.Source,
    type: mount.Type,
    readOnly: mount.ReadOnly === true,
    ...(bind === undefined ? {} : { bindOptions: { propagation: bind.Propagation } }),
    ...(tmpfs === undefined
      ? {}
      : { tmpfsOptions: { sizeBytes: tmpfs.SizeBytes, mode: tmpfs.Mode } }),
  };
}
