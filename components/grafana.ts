import * as pulumi from "@pulumi/pulumi";
import { after } from "./after";
import {
  configVolume,
  dataVolume,
  serviceContainer,
  serviceImage,
  type ServiceArgs,
} from "./docker-service";
import { renderFileSync, type VolumeTarget } from "./render/config-push";
import { PREFIX, type ServiceHost } from "./service-host";
import { runScript } from "./vm-shell";

/** Arguments of {@link Grafana}. */
export interface GrafanaArgs {
  host: ServiceHost;
  image: string;
  /** Published port. @default 3000 */
  port: number;
  /** Counts only at the first start on an empty data volume; later changes are made in Grafana. */
  adminPassword: pulumi.Output<string>;
}

/** uid and gid of `grafana` in the official image. */
const USER = "472:0";
const VOLUMES = { config: `${PREFIX}-grafana-config`, data: `${PREFIX}-grafana-data` };
const MOUNT = "/etc/flower-monitoring";

/** Grafana's server; what it shows is pushed by GrafanaContent. */
export class Grafana extends pulumi.ComponentResource {
  readonly url: string;
  /** For what needs a Grafana that answers. */
  readonly ready: Promise<pulumi.Resource>[];

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:Grafana", name, {}, opts);
    const parent = { parent: this };
    const target: VolumeTarget = {
      image: args.image,
      volume: VOLUMES.config,
      mountPath: MOUNT,
    };
    this.url = `http://${args.host.address}:${args.port}`;

    const image = serviceImage(name, args.image, { ...parent, dependsOn: args.host.network });
    const config = configVolume(name, target.volume, { ...parent, dependsOn: after(this, image) });
    const data = dataVolume(name, VOLUMES.data, args.host.retainData, {
      ...parent,
      dependsOn: after(this, image),
    });
    const secrets = runScript(
      `${name}-secrets`,
      args.host.shell,
      args.adminPassword.apply((content) =>
        renderFileSync(target, "secrets", [{ path: "admin-password", content }], USER, "0600"),
      ),
      { ...parent, dependsOn: after(this, config) },
    );
    const container = serviceContainer(
      name,
      grafanaContainer({ ...args, address: args.host.address }),
      { ...parent, dependsOn: after(this, secrets, data) },
    );
    this.ready = after(this, container);
    this.registerOutputs({ url: this.url });
  }
}

/** Grafana's container; another one of these, and it is replaced. */
export function grafanaContainer({
  address,
  image,
  port,
}: Pick<GrafanaArgs, "image" | "port"> & { address: string }): ServiceArgs {
  return {
    containerName: `${PREFIX}-grafana`,
    alias: "grafana",
    network: PREFIX,
    image,
    user: USER,
    envs: [
      `GF_SERVER_ROOT_URL=http://${address}:${port}`,
      `GF_SECURITY_ADMIN_PASSWORD__FILE=${MOUNT}/secrets/admin-password`,
      "GF_AUTH_ANONYMOUS_ENABLED=false",
      "GF_USERS_ALLOW_SIGN_UP=false",
      "GF_LOG_MODE=console",
      // A private federation's Grafana calls nobody.
      "GF_ANALYTICS_REPORTING_ENABLED=false",
      "GF_ANALYTICS_CHECK_FOR_UPDATES=false",
      "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false",
      "GF_PLUGINS_PREINSTALL_DISABLED=true",
      // Without it SQLite stalls in steps of 5 s when several resources are written at once.
      "GF_DATABASE_WAL=true",
      // How soon a new contact point counts; the default is a minute.
      "GF_UNIFIED_ALERTING_ALERTMANAGER_CONFIG_POLL_INTERVAL=10s",
    ],
    port: { internal: 3000, external: port, ip: address },
    volumes: [
      { volume: VOLUMES.config, path: MOUNT, readOnly: true },
      { volume: VOLUMES.data, path: "/var/lib/grafana" },
    ],
    ready: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/api/health"],
    memoryMb: 512,
  };
}
