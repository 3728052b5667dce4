import * as pulumi from "@pulumi/pulumi";
import { after } from "./after";
import type { AlertingConfig } from "./config/alerting-schema";
import {
  configVolume,
  dataVolume,
  serviceContainer,
  serviceImage,
  type ServiceArgs,
} from "./docker-service";
import { renderAlertmanagerConfig } from "./render/alertmanager-config";
import { integrationsOf, type AlertmanagerPaths } from "./render/alertmanager-receivers";
import {
  renderConfigPush,
  renderFileSync,
  type ConfigFile,
  type VolumeTarget,
} from "./render/config-push";
import { renderDeliveryProof } from "./render/delivery-proof";
import { sha256 } from "./render/shell";
import { PREFIX, type ServiceHost } from "./service-host";
import { runScript } from "./vm-shell";

/** Arguments of {@link Alertmanager}. */
export interface AlertmanagerArgs {
  host: ServiceHost;
  image: string;
  /** Published port. @default 9093 */
  port: number;
  federation: string;
  alerting: AlertingConfig;
  /** What receivers need, by config key; each reaches Alertmanager as a file of this name. */
  secrets: Record<string, pulumi.Output<string>>;
}

/** uid and gid of `nobody` in the official image. */
const USER = "65534:65534";
const CONTAINER = `${PREFIX}-alertmanager`;
const VOLUMES = { config: `${PREFIX}-alertmanager-config`, data: `${PREFIX}-alertmanager-data` };
/** Its own address, inside its container. */
const URL = "http://127.0.0.1:9093";
const PATHS: AlertmanagerPaths = {
  secrets: "/etc/alertmanager/secrets",
  config: "/etc/alertmanager/current",
};

/** Alertmanager on the monitoring VM; configuration changes are checked by amtool and reloaded. */
export class Alertmanager extends pulumi.ComponentResource {
  readonly url: string;

  constructor(name: string, args: AlertmanagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:Alertmanager", name, {}, opts);
    const parent = { parent: this };
    const files = renderAlertmanagerConfig(args.alerting, PATHS);
    const target: VolumeTarget = {
      image: args.image,
      volume: VOLUMES.config,
      mountPath: "/etc/alertmanager",
    };

    const image = serviceImage(name, args.image, { ...parent, dependsOn: args.host.network });
    const config = configVolume(name, target.volume, { ...parent, dependsOn: after(this, image) });
    const data = dataVolume(name, VOLUMES.data, args.host.retainData, {
      ...parent,
      dependsOn: after(this, image),
    });
    const secrets = runScript(
      `${name}-secrets`,
      args.host.shell,
      secretFiles(target, args.secrets),
      {
        ...parent,
        dependsOn: after(this, config),
      },
    );
    const live = runScript(
      `${name}-live-config`,
      args.host.shell,
      renderConfigPush({
        ...target,
        files,
        validate: "amtool check-config alertmanager.yml",
        reload: {
          container: CONTAINER,
          metricsUrl: `${URL}/metrics`,
          metricPrefix: "alertmanager",
        },
      }),
      { ...parent, dependsOn: after(this, secrets) },
    );
    const container = serviceContainer(
      name,
      alertmanagerContainer({ ...args, address: args.host.address }),
      { ...parent, dependsOn: after(this, live, data) },
    );
    if (args.alerting.receivers.some(({ verify }) => verify)) {
      runScript(`${name}-delivery`, args.host.shell, deliveryProof(args, files), {
        ...parent,
        dependsOn: after(this, container),
      });
    }
    this.url = `http://${args.host.address}:${args.port}`;
    this.registerOutputs({ url: this.url });
  }
}

/** Alertmanager's container; another one of these, and it is replaced. */
export function alertmanagerContainer({
  address,
  image,
  port,
}: Pick<AlertmanagerArgs, "image" | "port"> & { address: string }): ServiceArgs {
  return {
    containerName: CONTAINER,
    alias: "alertmanager",
    network: PREFIX,
    image,
    user: USER,
    command: [
      "--config.file=/etc/alertmanager/current/alertmanager.yml",
      "--storage.path=/alertmanager",
      `--web.external-url=http://${address}:${port}`,
      // One instance: no gossip port.
      "--cluster.listen-address=",
      // Whether a notification was taken is then known by receiver: the delivery proof needs it.
      "--enable-feature=receiver-name-in-metrics",
    ],
    port: { internal: 9093, external: port, ip: address },
    volumes: [
      { volume: VOLUMES.config, path: "/etc/alertmanager", readOnly: true },
      { volume: VOLUMES.data, path: "/alertmanager" },
    ],
    ready: ["wget", "-q", "-O", "/dev/null", `${URL}/-/ready`],
    memoryMb: 256,
  };
}

function secretFiles(
  target: VolumeTarget,
  secrets: AlertmanagerArgs["secrets"],
): pulumi.Output<string> {
  return pulumi.all(secrets).apply((values) =>
    renderFileSync(
      target,
      "secrets",
      Object.entries(values).map(([path, content]) => ({ path, content })),
      USER,
      "0600",
    ),
  );
}

/** Runs again when the configuration, a secret or the image is another: a digest of them is in its text. */
function deliveryProof(args: AlertmanagerArgs, files: ConfigFile[]): pulumi.Output<string> {
  const { alerting, federation, image } = args;
  const proven = alerting.receivers.filter(({ verify }) => verify);
  return pulumi.all(args.secrets).apply((secrets) =>
    renderDeliveryProof({
      container: CONTAINER,
      url: URL,
      secrets: Object.keys(secrets).length > 0 ? PATHS.secrets : undefined,
      federation,
      receivers: proven.map((receiver) => ({
        name: receiver.name,
        integrations: integrationsOf(receiver),
      })),
      digest: sha256(JSON.stringify([image, files, secrets])).slice(0, 16),
    }),
  );
}
