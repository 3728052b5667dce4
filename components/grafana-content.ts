import * as grafana from "@pulumiverse/grafana";
import * as pulumi from "@pulumi/pulumi";
import { after } from "./after";
import { DATASOURCE_UID, dashboardJson, dashboards } from "../dashboards";
import type { AlertGroup } from "../rules";
import type { Links } from "../rules/annotations";
import { EVALUATION_SECONDS } from "../rules/evaluation";
import { renderGrafanaRules } from "../rules/grafana-rules";

/** Arguments of {@link GrafanaContent}. */
export interface GrafanaContentArgs {
  /** Where this machine reaches Grafana. */
  url: string;
  adminPassword: pulumi.Output<string>;
  /** Where Grafana reaches Prometheus and Alertmanager. */
  prometheusUrl: string;
  alertmanagerUrl: string;
  /** Alerts that Grafana evaluates; empty when Prometheus does. */
  alerts: AlertGroup[];
  links: Links;
  /** What Grafana needs to answer. */
  ready: Promise<pulumi.Resource>[];
}

const FOLDER_UID = "flower-monitoring";
const CONTACT_POINT = "Flower monitoring Alertmanager";

/** What Grafana shows and evaluates: folder, data source, dashboards, and alerts with their way out. */
export class GrafanaContent extends pulumi.ComponentResource {
  readonly provider: grafana.Provider;

  constructor(name: string, args: GrafanaContentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:GrafanaContent", name, {}, opts);
    this.provider = new grafana.Provider(
      `${name}-provider`,
      {
        url: args.url,
        auth: pulumi.interpolate`admin:${args.adminPassword}`,
        // 20 s for each request: Grafana is healthy by now, but may be migrating its database.
        retries: 10,
        retryWait: 2,
      },
      { parent: this },
    );
    const child = { parent: this, provider: this.provider, dependsOn: args.ready };
    const folder = new grafana.oss.Folder(
      `${name}-folder`,
      { uid: FOLDER_UID, title: "Flower monitoring" },
      child,
    );
    const datasource = new grafana.oss.DataSource(
      `${name}-prometheus`,
      {
        uid: DATASOURCE_UID,
        name: "Flower monitoring Prometheus",
        type: "prometheus",
        url: args.prometheusUrl,
        accessMode: "proxy",
        jsonDataEncoded: JSON.stringify({ httpMethod: "POST" }),
      },
      child,
    );
    for (const [slug, build] of Object.entries(dashboards)) {
      new grafana.oss.Dashboard(
        `${name}-${slug}`,
        {
          folder: FOLDER_UID,
          configJson: dashboardJson(build()),
          // Makes a lost state harmless: the uid is ours.
          overwrite: true,
        },
        { ...child, dependsOn: after(this, folder, datasource) },
      );
    }
    if (args.alerts.length > 0) {
      this.pushAlerts(name, args, {
        ...child,
        dependsOn: after(this, folder, datasource),
      });
    }
    this.registerOutputs({});
  }

  /** Groups, and one way out: everything Grafana fires goes to our Alertmanager. */
  private pushAlerts(
    name: string,
    args: GrafanaContentArgs,
    opts: pulumi.CustomResourceOptions,
  ): void {
    for (const group of args.alerts) {
      new grafana.alerting.RuleGroup(
        `${name}-rules-${group.name}`,
        {
          name: group.name,
          folderUid: FOLDER_UID,
          intervalSeconds: EVALUATION_SECONDS,
          rules: renderGrafanaRules(group, args.links, DATASOURCE_UID),
        },
        opts,
      );
    }
    const contactPoint = new grafana.alerting.ContactPoint(
      `${name}-alertmanager`,
      { name: CONTACT_POINT, alertmanagers: [{ url: args.alertmanagerUrl }] },
      opts,
    );
    new grafana.alerting.NotificationPolicy(
      `${name}-policy`,
      {
        contactPoint: CONTACT_POINT,
        groupBies: ["alertname"],
        // Alertmanager does the grouping and the waiting; Grafana hands over at once.
        groupWait: "1s",
        groupInterval: "10s",
        repeatInterval: "4m",
      },
      { ...opts, dependsOn: after(this, contactPoint) },
    );
  }
}
