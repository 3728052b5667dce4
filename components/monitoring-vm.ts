import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { after } from "./after";
import { links } from "./alerting";
import { Alertmanager } from "./alertmanager";
import type { StackSecrets } from "./config";
import type { CoreConfig } from "./config/schema";
import { Grafana } from "./grafana";
import { Prometheus } from "./prometheus";
import type { ConfigFile } from "./render/config-push";
import { SCRAPE_JOBS } from "./render/host-exporters";
import type { PrometheusConfigArgs } from "./render/prometheus-config";
import type { ScrapeTarget } from "./render/scrape-targets";
import { PREFIX, type ServiceHost } from "./service-host";
import { sshOptions } from "./ssh";
import { sessionStdin } from "./session";
import type { ShellTarget } from "./vm-shell";

/** Arguments of {@link MonitoringVm}. */
export interface MonitoringVmArgs {
  config: CoreConfig;
  secrets: StackSecrets;
  /** Everything outside the VM that Prometheus scrapes. */
  targets: ScrapeTarget[];
  /** Rule files that Prometheus evaluates. */
  rules: ConfigFile[];
}

/** The monitoring host: Prometheus, Alertmanager and Grafana as containers of its Docker engine. */
export class MonitoringVm extends pulumi.ComponentResource {
  readonly prometheus: Prometheus;
  readonly alertmanager: Alertmanager;
  /** Not where the stack uses a Grafana that is there already. */
  readonly grafana?: Grafana;
  readonly urls: { prometheus: string; alertmanager: string; grafana: string };

  constructor(name: string, args: MonitoringVmArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:MonitoringVm", name, {}, opts);
    const { config, secrets } = args;
    const provider = dockerProvider(`${name}-docker`, config, this);
    // The first resource on the connection: the others wait for it and share its SSH master, where
    // twelve at once would run into sshd's MaxStartups.
    const network = new docker.Network(
      `${name}-network`,
      { name: PREFIX },
      { parent: this, provider },
    );
    const host: ServiceHost = {
      network: after(this, network),
      shell: shellTarget(config, secrets),
      address: config.monitoring.address,
      retainData: config.retainData,
    };
    const children = { parent: this, providers: [provider] };
    const { ports } = config.monitoring;

    this.prometheus = new Prometheus(
      `${name}-prometheus`,
      {
        host,
        image: config.images.prometheus,
        port: ports.prometheus,
        retention: config.retention,
        config: prometheusSettings(config, args.rules),
        targets: args.targets,
        jobs: [...SCRAPE_JOBS],
      },
      children,
    );
    this.alertmanager = new Alertmanager(
      `${name}-alertmanager`,
      {
        host,
        image: config.images.alertmanager,
        port: ports.alertmanager,
        federation: config.federation,
        alerting: config.alerting,
        secrets: secrets.alerting,
      },
      children,
    );
    const { grafanaAdminPassword: adminPassword } = secrets;
    if (adminPassword !== undefined) {
      this.grafana = new Grafana(
        `${name}-grafana`,
        { host, image: config.images.grafana, port: ports.grafana, adminPassword },
        children,
      );
    }
    this.urls = {
      prometheus: this.prometheus.url,
      alertmanager: this.alertmanager.url,
      grafana: links(config).grafana,
    };
    this.registerOutputs({ urls: this.urls });
  }
}

/** What prometheus.yml says of a stack. */
export function prometheusSettings(
  { federation, scrapeInterval, scrapeIntervalSeconds, grafana, platform }: CoreConfig,
  rules: ConfigFile[],
): Omit<PrometheusConfigArgs, "fileJobs"> {
  return {
    ...{ federation, scrapeInterval, scrapeIntervalSeconds, platform },
    alertmanager: "alertmanager:9093",
    services: [
      { job: "prometheus", target: "localhost:9090" },
      { job: "alertmanager", target: "alertmanager:9093" },
      ...(grafana === undefined ? [{ job: "grafana", target: "grafana:3000" }] : []),
    ],
    rules,
  };
}

function dockerProvider(
  name: string,
  config: CoreConfig,
  parent: pulumi.Resource,
): docker.Provider {
  const { docker: engine } = config.monitoring;
  return new docker.Provider(
    name,
    {
      host: engine.url,
      ...(engine.kind === "ssh" ? { sshOpts: sshOptions(config.ssh) } : {}),
    },
    { parent },
  );
}

function shellTarget(config: CoreConfig, secrets: StackSecrets): ShellTarget {
  const { docker: engine, hostKey = "" } = config.monitoring;
  if (engine.kind === "unix") return { kind: "local", dockerHost: engine.url };
  const { host: address, user, port } = engine;
  const vm = { name: "monitoring", address, user, port, hostKey };
  return { kind: "ssh", stdin: sessionStdin(vm, config.ssh, secrets.ssh) };
}
