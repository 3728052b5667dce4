import type { Provider } from "../kit/provider";
import { serve } from "../kit/serve";
import { configShape, GrafanaApi, Lock } from "./api";
import { contactPoint } from "./contact-point";
import { dashboard } from "./dashboard";
import { dataSource } from "./data-source";
import { folder } from "./folder";
import { notificationPolicy } from "./notification-policy";
import { ruleGroup } from "./rule-group";

/**
 * Stand-in for pulumi-resource-grafana 2.x: what this project uses of it, over HTTP. `ruleRetrySeconds`
 * is how long a refused rule group is tried again; the official plugin's two minutes by default.
 */
export function grafanaProvider(ruleRetrySeconds = 120): Provider {
  const api = new GrafanaApi();
  const alerting = new Lock();
  return {
    name: "grafana",
    config: configShape,
    resources: {
      "grafana:oss/folder:Folder": folder(api),
      "grafana:oss/dataSource:DataSource": dataSource(api),
      "grafana:oss/dashboard:Dashboard": dashboard(api),
      "grafana:alerting/ruleGroup:RuleGroup": ruleGroup(api, ruleRetrySeconds),
      "grafana:alerting/contactPoint:ContactPoint": contactPoint(api, alerting),
      "grafana:alerting/notificationPolicy:NotificationPolicy": notificationPolicy(api, alerting),
    },
    configure: (config) => api.configure(config),
  };
}

if (require.main === module) serve(grafanaProvider());
