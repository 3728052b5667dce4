import type Docker from "dockerode";
import { parseDuration } from "./duration";
import { labelMap } from "./labels";
import type { ContainerInputs } from "./shapes";

const megabyte = 1024 * 1024;
const bytes = (megabytes: number | undefined): number | undefined =>
  megabytes === undefined ? undefined : megabytes > 0 ? megabytes * megabyte : megabytes;

/** The daemon's form of a container's inputs. Memory sizes of the program are in MB. */
export function createOptions(inputs: ContainerInputs): Docker.ContainerCreateOptions {
  const ports = portBindings(inputs.ports ?? []);
  const volumes = volumeBinds(inputs.volumes ?? []);
  const options: Docker.ContainerCreateOptions & { StopTimeout?: number } = {
    name: inputs.name,
    Image: inputs.image,
    Cmd: inputs.command,
    Entrypoint: inputs.entrypoints,
    User: inputs.user,
    WorkingDir: inputs.workingDir,
    Hostname: inputs.hostname,
    Domainname: inputs.domainname,
    Env: inputs.envs,
    Labels: labelMap(inputs.labels),
    StopSignal: inputs.stopSignal,
    StopTimeout: inputs.stopTimeout,
    ExposedPorts: ports.exposed,
    Volumes: volumes.paths,
    HostConfig: hostConfig(inputs, ports.bindings, volumes.binds),
  };
  if (inputs.healthcheck !== undefined) {
    const { tests, interval, timeout, startPeriod, startInterval, retries } = inputs.healthcheck;
    const ns = (text: string | undefined): number => parseDuration(text ?? "0s") ?? 0;
    const check: Docker.HealthConfig & { StartInterval?: number } = {
      Test: tests,
      Interval: ns(interval),
      Timeout: ns(timeout),
      StartPeriod: ns(startPeriod),
      Retries: retries,
    };
    // Daemons before API 1.44 refuse even a zero.
    if (ns(startInterval) > 0) check.StartInterval = ns(startInterval);
    options.Healthcheck = check;
  }
  return options;
}

function hostConfig(
  inputs: ContainerInputs,
  bindings: Docker.PortMap,
  binds: string[],
): Docker.HostConfig {
  const fromContainers = (inputs.volumes ?? []).flatMap((v) => v.fromContainer ?? []);
  return {
    Binds: binds,
    VolumesFrom: fromContainers,
    PortBindings: bindings,
    Mounts: (inputs.mounts ?? []).map(mountOf),
    Tmpfs: inputs.tmpfs,
    RestartPolicy: { Name: inputs.restart ?? "no", MaximumRetryCount: inputs.maxRetryCount },
    AutoRemove: inputs.rm === true,
    ReadonlyRootfs: inputs.readOnly === true,
    Privileged: inputs.privileged === true,
    CapAdd: inputs.capabilities?.adds,
    CapDrop: inputs.capabilities?.drops,
    SecurityOpt: inputs.securityOpts,
    Devices: inputs.devices?.map((device) => ({
      PathOnHost: device.hostPath,
      PathInContainer: device.containerPath ?? device.hostPath,
      CgroupPermissions: device.permissions ?? "rwm",
    })),
    GroupAdd: inputs.groupAdds,
    Sysctls: inputs.sysctls,
    Ulimits: inputs.ulimits?.map(({ name, soft, hard }) => ({
      Name: name,
      Soft: soft,
      Hard: hard,
    })),
    ...resources(inputs),
    MemorySwap: bytes(inputs.memorySwap),
    ShmSize: bytes(inputs.shmSize),
    NanoCpus: inputs.cpus === undefined ? undefined : Math.round(Number(inputs.cpus) * 1e9),
    // An empty type lets the daemon choose its default driver, also when only options are given.
    LogConfig: { Type: inputs.logDriver ?? "", Config: inputs.logOpts ?? {} },
    NetworkMode: inputs.networkMode,
    ExtraHosts: inputs.hosts?.map(({ host, ip }) => `${host}:${ip}`),
    Dns: inputs.dns,
    UsernsMode: inputs.usernsMode,
    PidMode: inputs.pidMode,
    IpcMode: inputs.ipcMode,
    CgroupnsMode: inputs.cgroupnsMode as "private" | "host" | undefined,
    Init: inputs.init === true,
  } as Docker.HostConfig;
}

/** The limits that Docker changes on a running container. */
export function resources(inputs: ContainerInputs): {
  Memory: number;
  MemoryReservation: number;
  CpuShares: number;
  CpusetCpus: string;
} {
  return {
    Memory: bytes(inputs.memory) ?? 0,
    MemoryReservation: bytes(inputs.memoryReservation) ?? 0,
    CpuShares: inputs.cpuShares ?? 0,
    CpusetCpus: inputs.cpuSet ?? "",
  };
}

/** What an update sends. Swap is left to Docker when the program gives none. */
export function updateOptions(inputs: ContainerInputs): object {
  const swap = bytes(inputs.memorySwap);
  return {
    ...resources(inputs),
    ...(swap === undefined || swap === 0 ? {} : { MemorySwap: swap }),
    RestartPolicy: { Name: inputs.restart ?? "no", MaximumRetryCount: inputs.maxRetryCount ?? 0 },
  };
}

function portBindings(ports: NonNullable<ContainerInputs["ports"]>): {
  exposed: Record<string, object>;
  bindings: Docker.PortMap;
} {
  const exposed: Record<string, object> = {};
  const bindings: Record<string, Docker.PortBinding[]> = {};
  for (const port of ports) {
    const key = `${port.internal}/${port.protocol ?? "tcp"}`;
    exposed[key] = {};
    (bindings[key] ??= []).push({
      HostIp: port.ip ?? "0.0.0.0",
      HostPort: String(port.external ?? 0),
    });
  }
  return { exposed, bindings };
}

function volumeBinds(volumes: NonNullable<ContainerInputs["volumes"]>): {
  paths: Record<string, object>;
  binds: string[];
} {
  const paths: Record<string, object> = {};
  const binds: string[] = [];
  for (const volume of volumes) {
    const { containerPath, fromContainer } = volume;
    if ((containerPath === undefined) === (fromContainer === undefined)) {
      throw new Error(
        containerPath === undefined
          ? "Unable to parse volumes: volume entry without container path or source container"
          : "Unable to parse volumes: both a container and a path specified in a volume entry",
      );
    }
    if (containerPath === undefined) continue;
    paths[containerPath] = {};
    const source = volume.hostPath ?? volume.volumeName;
    if (source === undefined) continue;
    binds.push(`${source}:${containerPath}:${volume.readOnly === true ? "ro" : "rw"}`);
  }
  return { paths, binds };
}

function mountOf(mount: NonNullable<ContainerInputs["mounts"]>[number]): Docker.MountSettings {
  const out: Docker.MountSettings = {
    Type: mount.type as Docker.MountType,
    Target: mount.target,
    Source: mount.source ?? "",
    ReadOnly: mount.readOnly === true,
  };
  if (mount.bindOptions?.propagation !== undefined) {
    out.BindOptions = { Propagation: mount.bindOptions.propagation as Docker.MountPropagation };
  }
  if (mount.tmpfsOptions !== undefined) {
    const { sizeBytes = 0, mode = 0 } = mount.tmpfsOptions;
    out.TmpfsOptions = { SizeBytes: sizeBytes, Mode: mode };
  }
  return out;
}
