import * as pulumi from "@pulumi/pulumi";
import { after } from "./after";
import {
  configVolume,
  dataVolume,
  serviceContainer,
  serviceImage,
  type ServiceArgs,
} from "./docker-service";
import { renderConfigPush, renderFileSync, type VolumeTarget } from "./render/config-push";
import {
  renderPrometheusConfig,
  renderTargetFiles,
  type PrometheusConfigArgs,
} from "./render/prometheus-config";
import type { ScrapeTarget } from "./render/scrape-targets";
import { PREFIX, type ServiceHost } from "./service-host";
import { runScript } from "./vm-shell";

/** Arguments of {@link Prometheus}. */
export interface PrometheusArgs {
  host: ServiceHost;
  image: string;
  /** Published port. @default 9090 */
  port: number;
  /** How long samples are kept, as a Prometheus duration. */
  retention: string;
  config: Omit<PrometheusConfigArgs, "fileJobs">;
  targets: ScrapeTarget[];
  /** Jobs that have targets, now or later. */
  jobs: string[];
}

/** uid and gid of `nobody` in the official image. */
const USER = "65534:65534";
const METRICS_URL = "http://127.0.0.1:9090/metrics";
const CONTAINER = `${PREFIX}-prometheus`;
const VOLUMES = { config: `${PREFIX}-prometheus-config`, data: `${PREFIX}-prometheus-data` };

/**
 * Prometheus on the monitoring VM. New targets are noticed by Prometheus itself; a new configuration
 * is validated by the image's promtool and reloaded; only another image, port or retention replaces
 * the container, which keeps its data.
 */
export class Prometheus extends pulumi.ComponentResource {
  readonly url: string;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:Prometheus", name, {}, opts);
    const parent = { parent: this };
    const target: VolumeTarget = {
      image: args.image,
      volume: VOLUMES.config,
      mountPath: "/etc/prometheus",
    };

    const image = serviceImage(name, args.image, { ...parent, dependsOn: args.host.network });
    const config = configVolume(name, target.volume, { ...parent, dependsOn: after(this, image) });
    const data = dataVolume(name, VOLUMES.data, args.host.retainData, {
      ...parent,
      dependsOn: after(this, image),
    });
    const targets = runScript(
      `${name}-targets`,
      args.host.shell,
      renderFileSync(target, "targets", renderTargetFiles(args.jobs, args.targets), USER, "0644"),
      { ...parent, dependsOn: after(this, config) },
    );
    const live = runScript(
      `${name}-live-config`,
      args.host.shell,
      renderConfigPush({
        ...target,
        files: renderPrometheusConfig({ ...args.config, fileJobs: args.jobs }),
        validate: "promtool check config prometheus.yml",
        reload: {
          container: CONTAINER,
          metricsUrl: METRICS_URL,
          metricPrefix: "prometheus",
        },
      }),
      { ...parent, dependsOn: after(this, targets) },
    );
    serviceContainer(name, prometheusContainer({ ...args, address: args.host.address }), {
      ...parent,
      dependsOn: after(this, live, data),
    });
    this.url = `http://${args.host.address}:${args.port}`;
    this.registerOutputs({ url: this.url });
  }
}

/** Prometheus' container; another one of these, and it is replaced. */
export function prometheusContainer({
  address,
  image,
  port,
  retention,
}: Pick<PrometheusArgs, "image" | "port" | "retention"> & { address: string }): ServiceArgs {
  return {
    containerName: CONTAINER,
    alias: "prometheus",
    network: PREFIX,
    image,
    user: USER,
    command: [
      "--config.file=/etc/prometheus/current/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      `--storage.tsdb.retention.time=${retention}`,
      `--web.external-url=http://${address}:${port}`,
    ],
    port: { internal: 9090, external: port, ip: address },
    volumes: [
      { volume: VOLUMES.config, path: "/etc/prometheus", readOnly: true },
      { volume: VOLUMES.data, path: "/prometheus" },
    ],
    ready: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/ready"],
    memoryMb: 2048,
  };
}
