import * as pulumi from "@pulumi/pulumi";
import { after } from "./after";
import { configVolume, dataVolume, serviceContainer, serviceImage } from "./docker-service";
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
    const containerName = `${PREFIX}-prometheus`;
    const target: VolumeTarget = {
      image: args.image,
      volume: `${PREFIX}-prometheus-config`,
      mountPath: "/etc/prometheus",
    };

    const image = serviceImage(name, args.image, { ...parent, dependsOn: args.host.network });
    const config = configVolume(name, target.volume, { ...parent, dependsOn: after(this, image) });
    const dataName = `${PREFIX}-prometheus-data`;
    const data = dataVolume(name, dataName, args.host.retainData, {
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
          container: containerName,
          metricsUrl: METRICS_URL,
          metricPrefix: "prometheus",
        },
      }),
      { ...parent, dependsOn: after(this, targets) },
    );
    serviceContainer(
      name,
      {
        containerName,
        alias: "prometheus",
        network: PREFIX,
        image: args.image,
        user: USER,
        command: [
          "--config.file=/etc/prometheus/current/prometheus.yml",
          "--storage.tsdb.path=/prometheus",
          `--storage.tsdb.retention.time=${args.retention}`,
          `--web.external-url=http://${args.host.address}:${args.port}`,
        ],
        port: { internal: 9090, external: args.port, ip: args.host.address },
        volumes: [
          { volume: target.volume, path: "/etc/prometheus", readOnly: true },
          { volume: dataName, path: "/prometheus" },
        ],
        ready: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/ready"],
        memoryMb: 2048,
      },
      { ...parent, dependsOn: after(this, live, data) },
    );
    this.url = `http://${args.host.address}:${args.port}`;
    this.registerOutputs({ url: this.url });
  }
}
