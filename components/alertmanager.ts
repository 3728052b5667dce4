import * as pulumi from "@pulumi/pulumi";
import { after } from "./after";
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
    const config = configVolume(name, target.volume, { ...parent, dependsOn: after(this, image) });
    const dataName = `${PREFIX}-alertmanager-data`;
    const data = dataVolume(name, dataName, args.host.retainData, {
      ...parent,
      dependsOn: after(this, image),
    });
    const secrets = runScript(`${name}-secrets`, args.host.shell, secretFiles(target, args), {
      ...parent,
      dependsOn: after(this, config),
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
      { ...parent, dependsOn: after(this, secrets) },
    );
    serviceContainer(
      name,
      {
        containerName,
        alias: "alertmanager",
        network: PREFIX,
        image: args.image,
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
          { volume: target.volume, path: "/etc/alertmanager", readOnly: true },
          { volume: dataName, path: "/alertmanager" },
        ],
        ready: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9093/-/ready"],
        memoryMb: 256,
      },
      { ...parent, dependsOn: after(this, live, data) },
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
