import * as grafana from "@pulumiverse/grafana";
import * as pulumi from "@pulumi/pulumi";
import { after } from "./after";
import { DATASOURCE_UID, dashboardJson, dashboards, type DashboardContext } from "../dashboards";
import type { AlertGroup } from "../rules";
import type { Links } from "../rules/annotations";
import { EVALUATION_SECONDS } from "../rules/evaluation";
import { renderGrafanaRules } from "../rules/grafana-rules";

/** Arguments of {@link GrafanaContent}. */
export interface GrafanaContentArgs {
  /** Where this machine reaches Grafana. */
  url: string;
  /** `user:password`, or a service account's token. */
  auth: pulumi.Output<string>;
  /** Organisation, for `user:password`. @default the user's own */
  orgId?: number | undefined;
  /** What everything of ours is in. */
  folder: { uid: string; title: string };
  /** Where Grafana reaches Prometheus and Alertmanager. */
  prometheusUrl: string;
  alertmanagerUrl: string;
  /** Alerts that Grafana evaluates; empty when Prometheus does. */
  alerts: AlertGroup[];
  /** Whether alerts get to our Alertmanager by the organisation's only tree of policies, or each by itself. */
  routedBy: "policy" | "rules";
  links: Links;
  /** What dashboards depend on. */
  dashboards: DashboardContext;
  /** What Grafana needs to answer. */
  ready: Promise<pulumi.Resource>[];
}

const CONTACT_POINT = "Flower monitoring Alertmanager";

/** Alertmanager does the grouping and the waiting; Grafana hands over at once. */
const AT_ONCE = { groupWait: "1s", groupInterval: "10s", repeatInterval: "4m" };

/** A rule's own way, past the tree of policies. Grafana wants both labels in its groups. */
const OWN_WAY = {
  contactPoint: CONTACT_POINT,
  groupBies: ["grafana_folder", "alertname"],
  ...AT_ONCE,
};

/** What Grafana shows and evaluates: folder, data source, dashboards, and alerts with their way out. */
export class GrafanaContent extends pulumi.ComponentResource {
  readonly provider: grafana.Provider;

  constructor(name: string, args: GrafanaContentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:GrafanaContent", name, {}, opts);
    this.provider = new grafana.Provider(
      `${name}-provider`,
      {
        url: args.url,
        auth: args.auth,
        ...(args.orgId === undefined ? {} : { orgId: args.orgId }),
        // 20 s for each request: Grafana is healthy by now, but may be migrating its database.
        retries: 10,
        retryWait: 2,
      },
      { parent: this },
    );
    const child = { parent: this, provider: this.provider, dependsOn: args.ready };
    const folder = new grafana.oss.Folder(`${name}-folder`, args.folder, child);
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
          folder: args.folder.uid,
          configJson: dashboardJson(build(args.dashboards)),
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
    const contactPoint = new grafana.alerting.ContactPoint(
      `${name}-alertmanager`,
      { name: CONTACT_POINT, alertmanagers: [{ url: args.alertmanagerUrl }] },
      opts,
    );
    const afterContactPoint = { ...opts, dependsOn: after(this, contactPoint) };
    const byRules = args.routedBy === "rules";
    for (const group of args.alerts) {
      const rules = renderGrafanaRules(group, args.links, DATASOURCE_UID);
      new grafana.alerting.RuleGroup(
        `${name}-rules-${group.name}`,
        {
          name: group.name,
          folderUid: args.folder.uid,
          intervalSeconds: EVALUATION_SECONDS,
          rules: rules.map((rule) => (byRules ? { ...rule, notificationSettings: OWN_WAY } : rule)),
        },
        byRules ? afterContactPoint : opts,
      );
    }
    if (!byRules) {
      new grafana.alerting.NotificationPolicy(
        `${name}-policy`,
        { contactPoint: CONTACT_POINT, groupBies: ["alertname"], ...AT_ONCE },
        afterContactPoint,
      );
    }
  }
}
