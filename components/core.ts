import { alerting, links } from "./alerting";
import type { CoreStack } from "./config";
import type { Fleet } from "./fleet";
import { GrafanaContent } from "./grafana-content";
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
  new GrafanaContent("grafana", {
    url: vm.urls.grafana,
    adminPassword: secrets.grafanaAdminPassword,
    prometheusUrl: "http://prometheus:9090",
    alertmanagerUrl: "http://alertmanager:9093",
    alerts: alerts.grafana,
    links: links(config),
    ready: vm.grafana.ready,
  });
  return vm;
}
