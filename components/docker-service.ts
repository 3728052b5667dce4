import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

/** Where a service's port is published. */
export interface PublishedPort {
  internal: number;
  external: number;
  /** Never 0.0.0.0: the VM's private address, or 127.0.0.1. */
  ip: string;
}

/** One container of the stack. */
export interface ServiceArgs {
  /** Container name; unique on the VM. */
  containerName: string;
  /** Name by which the other services reach it. */
  alias: string;
  /** Name of the Docker network. */
  network: string;
  /** Image reference, pulled before. */
  image: string;
  /** `uid:gid` of the image's own user. */
  user: string;
  command?: string[];
  envs?: string[];
  port: PublishedPort;
  /** Named volumes, made before. */
  volumes: { volume: string; path: string; readOnly?: boolean }[];
  /** Command that exits 0 once the service is ready. */
  ready: string[];
  /** Memory limit in MiB; swap is not added to it. */
  memoryMb: number;
}

/** Seconds a container gets to stop; the provider's default is SIGKILL at once. */
const STOP_SECONDS = 30;

/** Seconds until a service must be healthy; a large TSDB replays its WAL first. */
const READY_SECONDS = 180;

/** The image, pulled once and kept: an image in use cannot be deleted, and hosts may be offline. */
export function serviceImage(
  name: string,
  ref: string,
  opts: pulumi.CustomResourceOptions,
): docker.RemoteImage {
  return new docker.RemoteImage(`${name}-image`, { name: ref, keepLocally: true }, opts);
}

/**
 * A volume for data that must outlive its container. Every field of a Docker volume forces its
 * replacement, and a replacement deletes the data without a word, so changes are ignored.
 *
 * @param retain also protect it, and leave it behind on destroy.
 */
export function dataVolume(
  name: string,
  volumeName: string,
  retain: boolean,
  opts: pulumi.CustomResourceOptions,
): docker.Volume {
  return new docker.Volume(
    `${name}-data`,
    { name: volumeName },
    {
      ...opts,
      protect: retain,
      retainOnDelete: retain,
      ignoreChanges: ["labels", "driver", "driverOpts"],
    },
  );
}

/** A volume for configuration, which the stack can write again at any time. */
export function configVolume(
  name: string,
  volumeName: string,
  opts: pulumi.CustomResourceOptions,
): docker.Volume {
  return new docker.Volume(
    `${name}-config`,
    { name: volumeName },
    { ...opts, ignoreChanges: ["labels", "driver", "driverOpts"] },
  );
}

/**
 * A hardened container that the deployment waits for: no root, no capability, no writable root file
 * system, bounded memory and log, one published address.
 */
export function serviceContainer(
  name: string,
  args: ServiceArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  return new docker.Container(
    `${name}-container`,
    {
      name: args.containerName,
      image: args.image,
      user: args.user,
      command: args.command,
      envs: args.envs,
      restart: "unless-stopped",
      readOnly: true,
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m" },
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      memory: args.memoryMb,
      // Reads back as twice the memory when left out: a change in every preview.
      memorySwap: args.memoryMb,
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      networksAdvanced: [{ name: args.network, aliases: [args.alias] }],
      ports: [
        {
          internal: args.port.internal,
          external: args.port.external,
          ip: args.port.ip,
          protocol: "tcp",
        },
      ],
      volumes: args.volumes.map(({ volume, path, readOnly }) => ({
        volumeName: volume,
        containerPath: path,
        readOnly: readOnly ?? false,
      })),
      healthcheck: {
        tests: ["CMD", ...args.ready],
        // Go's canonical form: "60s" reads back as "1m0s", a change in every preview.
        interval: "5s",
        timeout: "5s",
        startPeriod: "1m0s",
        retries: 6,
      },
      wait: true,
      waitTimeout: READY_SECONDS,
      destroyGraceSeconds: STOP_SECONDS,
    },
    {
      ...opts,
      // The name is taken until the old container is gone.
      deleteBeforeReplace: true,
      // Reported as updated in place by the provider, but not applied.
      replaceOnChanges: ["healthcheck", "tmpfs"],
    },
  );
}
