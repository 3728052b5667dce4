import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { configVolume, dataVolume, serviceContainer, serviceImage } from "./docker-service";
import {
  renderAlertmanagerConfig,
  type AlertmanagerConfigArgs,
} from "./render/alertmanager-config";
import { renderConfigPush, renderFileSync, type VolumeTarget } from "./render/config-push";
import { PREFIX, type ServiceHost } from "./service-host";
import { runScript } from "./vm-shell";

/** Arguments of {@link Alertmanager}. */
export interface AlertmanagerArgs {
  host: ServiceHost;
  image: string;
  /** Published port. @default 9093 */
  port: number;
  config: Omit<AlertmanagerConfigArgs, "receivers">;
  /** A receiver's URL is plain, or a secret that reaches Alertmanager as a file. */
  receivers: { name: string; url: string | pulumi.Output<string> }[];
}

/** uid and gid of `nobody` in the official image. */
const USER = "65534:65534";
const METRICS_URL = "http://127.0.0.1:9093/metrics";

/** Alertmanager on the monitoring VM; configuration changes are checked by amtool and reloaded. */
export class Alertmanager extends pulumi.ComponentResource {
  readonly url: string;
  readonly container: docker.Container;

  constructor(name: string, args: AlertmanagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:Alertmanager", name, {}, opts);
    const parent = { parent: this };
    const containerName = `${PREFIX}-alertmanager`;
    const target: VolumeTarget = {
      image: args.image,
      volume: `${PREFIX}-alertmanager-config`,
      mountPath: "/etc/alertmanager",
    };

    const image = serviceImage(name, args.image, { ...parent, dependsOn: args.host.network });
    const config = configVolume(name, target.volume, { ...parent, dependsOn: image });
    const data = dataVolume(name, `${PREFIX}-alertmanager-data`, args.host.retainData, {
      ...parent,
      dependsOn: image,
    });
    const secrets = runScript(`${name}-secrets`, args.host.shell, secretFiles(target, args), {
      ...parent,
      dependsOn: config,
    });
    const live = runScript(
      `${name}-live-config`,
      args.host.shell,
      renderConfigPush({
        ...target,
        files: renderAlertmanagerConfig({ ...args.config, receivers: plainReceivers(args) }),
        validate: "amtool check-config alertmanager.yml",
        reload: {
          container: containerName,
          metricsUrl: METRICS_URL,
          metricPrefix: "alertmanager",
        },
      }),
      { ...parent, dependsOn: secrets },
    );
    this.container = serviceContainer(
      name,
      {
        containerName,
        alias: "alertmanager",
        network: args.host.network,
        image,
        user: USER,
        command: [
          "--config.file=/etc/alertmanager/current/alertmanager.yml",
          "--storage.path=/alertmanager",
          `--web.external-url=http://${args.host.address}:${args.port}`,
          // One instance: no gossip port.
          "--cluster.listen-address=",
        ],
        port: { internal: 9093, external: args.port, ip: args.host.address },
        volumes: [
          { volume: config, path: "/etc/alertmanager", readOnly: true },
          { volume: data, path: "/alertmanager" },
        ],
        ready: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9093/-/ready"],
        memoryMb: 256,
      },
      { ...parent, dependsOn: live },
    );
    this.url = `http://${args.host.address}:${args.port}`;
    this.registerOutputs({ url: this.url });
  }
}

function secretName(receiver: string): string {
  return `${receiver}.url`;
}

function plainReceivers(args: AlertmanagerArgs): AlertmanagerConfigArgs["receivers"] {
  return args.receivers.map(({ name, url }) => ({
    name,
    webhook:
      typeof url === "string"
        ? { url }
        : { urlFile: `/etc/alertmanager/secrets/${secretName(name)}` },
  }));
}

function secretFiles(target: VolumeTarget, args: AlertmanagerArgs): pulumi.Output<string> {
  const secret = args.receivers.filter(({ url }) => typeof url !== "string");
  return pulumi.all(secret.map(({ url }) => url)).apply((urls) =>
    renderFileSync(
      target,
      "secrets",
      secret.map(({ name }, i) => ({ path: secretName(name), content: urls[i] ?? "" })),
      USER,
      "0600",
    ),
  );
}
