/**
 * The stack's config as the rest of the program sees it: fully resolved, defaults applied, paths
 * absolute, every rule checked. `parseStackConfig` is the only way to get one. Secrets are not in
 * it: `components/config.ts` hands them out as Outputs.
 */
import type { AlertingConfig } from "./alerting-schema";
import type { PlatformConfig } from "./platform-schema";

export { parseStackConfig } from "./parse";
export type * from "./alerting-schema";
export type * from "./platform-schema";
export type { ConfigIo } from "./files";
export { ConfigError } from "./faults";
export type { ConfigFault } from "./faults";

/** Everything that decides what the program creates, by the part of it that the stack runs. Plain values only, none of them secret. */
export type StackConfig =
  | ({ scope: "all" } & FleetConfig & CoreConfig)
  | ({
      scope: "core";
      /** `organization/project/stack`, or a stack of this project by its name alone. */
      fleetStack: string;
    } & CoreConfig)
  | ({ scope: "fleet" } & FleetConfig);

/** What every stack has. */
export interface CommonConfig {
  /** Value of the label `federation` on every series. Lower case letters, digits, `-`. */
  federation: string;
  ssh: SshConfig;
  /** Image references with a tag or digest. @default `officialImages` of components/versions.ts */
  images: { prometheus: string; alertmanager: string; grafana: string; dcgmExporter: string };
}

/** A stack with the federation's hosts. */
export interface FleetConfig extends CommonConfig {
  context: ContextConfig;
  /** The SuperLink first, then the SuperNodes in the order of the config. */
  hosts: FederationHostConfig[];
  /** Any text; another one has every host checked once, and repaired where it has drifted. */
  repair?: string;
  artifacts: ArtifactsConfig;
}

/** A stack with the monitoring VM. */
export interface CoreConfig extends CommonConfig {
  /** Prometheus duration between two scrapes, 1s to 5m. @default "15s" */
  scrapeInterval: string;
  /** The same in seconds, for rules that compute with it; may have a fraction. */
  scrapeIntervalSeconds: number;
  /** How long Prometheus keeps samples, a Prometheus duration of 1h or more. @default "15d" */
  retention: string;
  /** Protect the data volumes and keep them on `pulumi destroy`. @default true */
  retainData: boolean;
  monitoring: MonitoringConfig;
  alerting: AlertingConfig;
  /** What runs beside Flower and is watched too. @default nothing */
  platform: PlatformConfig;
  /** @default the stack runs a Grafana of its own */
  grafana?: ExistingGrafana;
}

/** A Grafana that is there already. Nothing of it is touched but what is in the folder, one data source and one contact point. */
export interface ExistingGrafana {
  /** Where this machine and people reach it. */
  url: string;
  /** Secret config key of a service account's token, or of `user:password`. */
  authSecret: string;
  /** Organisation, for `user:password`; a token belongs to one. @default the user's own */
  orgId?: number;
  /** @default "flower-monitoring", "Flower monitoring" */
  folder: { uid: string; title: string };
  /** Where it reaches Prometheus and Alertmanager. @default the addresses at which they are published */
  prometheusUrl?: string;
  alertmanagerUrl?: string;
  /**
   * Replace its tree of notification policies, of which an organisation has one. @default false: each
   * of our rules names our contact point itself
   */
  notificationPolicy: boolean;
}

/** Flower's context variables: the same for every host of the stack. */
export interface ContextConfig {
  /** `FL_LOG_FORMAT`, of Flower's processes that have the hook and of the exporter. @default "text" */
  logFormat: "text" | "json";
  /** `FL_METRICS_ENABLED`: the SuperLink's host has the Flower exporter. @default true */
  metricsEnabled: boolean;
  /** `FL_METRICS_PORT`: where the Flower exporter listens. @default 9101 */
  metricsPort: number;
  /** `FL_GPU_ENABLED`: SuperNodes train on GPUs, unless one says otherwise. @default false */
  gpuEnabled: boolean;
  /** `FL_DCGM_ENABLED`: those have the DCGM exporter; true only with `gpuEnabled`. @default false */
  dcgmEnabled: boolean;
  /** `FL_LOSS_METRIC`: the app's name for it. @default found by its name, see docs/hook.md */
  lossMetric?: string;
  /** `FL_ACCURACY_METRIC`, likewise. */
  accuracyMetric?: string;
}

/** How hosts are reached unless one says otherwise. */
export interface SshConfig {
  /** @default "root" */
  user: string;
  /** @default 22 */
  port: number;
  /** Absolute. Without it the agent of `$SSH_AUTH_SOCK` is used. */
  privateKeyFile?: string;
  /** Config key of the secret passphrase of `privateKeyFile`. */
  passphraseSecret?: string;
  /** Absolute. @default "./known_hosts" beside Pulumi.yaml */
  knownHostsFile: string;
  /**
   * `~/.ssh`, where ssh keeps the sockets of shared connections: readable by this user only, and
   * short, since a socket's path has about 100 characters. `loadConfig` makes it where it is missing.
   */
  controlDirectory: string;
  /** Seconds to go on trying a host that does not answer, 0 to 600: one that reboots comes back. @default 60 */
  waitSeconds: number;
}

/** A host that sessions to others go through, as `ssh -J` does. */
export interface BastionConfig {
  address: string;
  /** @default 22 */
  port: number;
  /** @default `ssh.user` */
  user: string;
  /** `type base64` from known_hosts. */
  hostKey: string;
}

/** The Docker engine that runs Prometheus, Alertmanager and Grafana. */
export type DockerConfig =
  | { kind: "unix"; /** Absolute path of the socket. */ socket: string; url: string }
  | {
      kind: "ssh";
      host: string;
      /** @default `ssh.user` */
      user: string;
      /** @default `ssh.port` */
      port: number;
      /** `ssh://user@host:port`, always with both. */
      url: string;
    };

export interface MonitoringConfig {
  docker: DockerConfig;
  /**
   * IP address that published ports bind to, and under which Grafana is reached.
   * @default 127.0.0.1 for a unix socket, the engine's own address for ssh
   */
  address: string;
  /** Published ports. @default 9090, 9093, 3000 */
  ports: { prometheus: number; alertmanager: number; grafana: number };
  /** `type base64` from known_hosts; only with `docker.kind` "ssh". */
  hostKey?: string;
}

export type HostRole = "superlink" | "supernode";

/** A host of the federation: the SuperLink or a SuperNode. */
export interface FederationHostConfig {
  /** Unique; identity of the host's resources and value of the label `host`. */
  name: string;
  role: HostRole;
  /** IP address or DNS name, reached by SSH and by Prometheus. Unique. */
  address: string;
  /** @default `ssh.user` */
  user: string;
  /** @default `ssh.port` */
  port: number;
  /** `type base64`, the entry of known_hosts, ed25519 where there are several. */
  hostKey: string;
  /** From `ssh.bastions`; Prometheus has to reach the host all the same. */
  bastion?: BastionConfig;
  /** Config key of the secret password that sudo asks `user` for. @default `ssh.sudoPasswordSecret` */
  sudoPasswordSecret?: string;
  /** Gone for good: not contacted again, not even to be cleaned. @default false */
  lost: boolean;
  /** Extra labels on every series of the host. @default {} */
  labels: Record<string, string>;
  /** Always on the SuperLink; on a SuperNode where monitoring may touch Flower. */
  flower?: FlowerConfig;
  /** Only on a SuperNode that trains on GPUs; it says at its start which it found. */
  gpu?: GpuConfig;
}

/** GPUs of a SuperNode's host, as far as monitoring has to know them. */
export interface GpuConfig {
  /** Where the host has the DCGM exporter. @default where `FL_DCGM_ENABLED` is YES */
  dcgm?: DcgmConfig;
}

/** The DCGM exporter of one host. */
export interface DcgmConfig {
  /** Image reference; without digest where `artifacts.dcgmImage` brings it: an archive has none. */
  image: string;
  /** DCGM_FI_PROF_* metrics, for which its container gets SYS_ADMIN. @default false */
  profiling: boolean;
  /** The SuperNode's systemd unit, whose sidecar it is. @default "flower-supernode.service" */
  unit: string;
}

/** Flower on a host, as far as monitoring has to know it. Paths are paths of that host. */
export interface FlowerConfig {
  /** Absolute path of the Python that runs Flower; on the SuperLink it runs the exporter too. */
  python?: string;
  /**
   * What Flower's apps run in: `venv`, the environment of `python`, which gets the hook's .pth file,
   * or `container`, which mounts the hook's directory. @default "venv"
   */
  runtime: "venv" | "container";
  /** Whether the host gets the hook. @default the stack's `hook`, which is true */
  hook: boolean;
  /**
   * Whether the host gets cAdvisor, for the metrics of its containers. It reads Docker's socket, which
   * is as good as root on that host. @default whether `runtime` is "container"
   */
  containerMetrics: boolean;
  /** Flower's units to restart when the hook or its settings changed. @default [] */
  restart: string[];
  /** Absolute paths of certificates whose expiry is watched; `control.caFile` is among them anyway. @default none */
  certificates?: string[];
  /** Only on the SuperLink. */
  control?: ControlApiConfig;
}

/** How the exporter on the SuperLink's host talks to Flower. */
export interface ControlApiConfig {
  /** `host:port` of the SuperLink's Control API. */
  address: string;
  /** Absolute path of the CA certificate; absent when `insecure`. */
  caFile?: string;
  /** Plain HTTP, no TLS. @default false */
  insecure: boolean;
}

/** Files carried to hosts that have no internet. Absolute paths that exist. */
export interface ArtifactsConfig {
  /** A node_exporter binary. @default the host downloads the pinned release */
  nodeExporter?: string;
  /** A cAdvisor binary. @default the host downloads the pinned release, on amd64 */
  cadvisor?: string;
  /** A directory with wheels. @default no wheels carried */
  wheels?: string;
  /** What `docker save` wrote of `images.dcgmExporter`. @default the host's engine pulls it */
  dcgmImage?: string;
}
