import { alerting, dashboardContext, links } from "./alerting";
import type { CoreStack } from "./config";
import type { Fleet } from "./fleet";
import { FOLDER } from "./config/grafana";
import type { CoreConfig } from "./config/schema";
import { GrafanaContent, type GrafanaContentArgs } from "./grafana-content";
import { MonitoringVm } from "./monitoring-vm";

/** Prometheus, Alertmanager and Grafana on the monitoring VM, and what Grafana shows once it answers. */
export function core({ config, secrets }: CoreStack, fleet: Fleet): MonitoringVm {
  const alerts = alerting(config, fleet.hosts);
  const vm = new MonitoringVm("monitoring", {
    config,
    secrets,
    targets: fleet.targets,
    rules: alerts.prometheus,
  });
  const { grafana } = config;
  new GrafanaContent("grafana", {
    url: vm.urls.grafana,
    auth: secrets.grafanaAuth,
    folder: grafana?.folder ?? FOLDER,
    orgId: grafana?.orgId,
    ...servicesFor(grafana, vm.urls),
    alerts: alerts.grafana,
    routedBy: grafana === undefined || grafana.notificationPolicy ? "policy" : "rules",
    links: links(config),
    dashboards: dashboardContext(config),
    ready: vm.grafana?.ready ?? [],
  });
  return vm;
}

/** Where Grafana reaches Prometheus and Alertmanager: our own is on their network. */
function servicesFor(
  grafana: CoreConfig["grafana"],
  { prometheus, alertmanager }: MonitoringVm["urls"],
): Pick<GrafanaContentArgs, "prometheusUrl" | "alertmanagerUrl"> {
  return grafana === undefined
    ? { prometheusUrl: "http://prometheus:9090", alertmanagerUrl: "http://alertmanager:9093" }
    : {
        prometheusUrl: grafana.prometheusUrl ?? prometheus,
        alertmanagerUrl: grafana.alertmanagerUrl ?? alertmanager,
      };
}
