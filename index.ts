import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "./components/config";
import { FederationHost } from "./components/federation-host";
import { GrafanaContent } from "./components/grafana-content";
import { MonitoringVm } from "./components/monitoring-vm";
import { alerting, links } from "./components/alerting";
import { hostReports, scrapeTargetFiles } from "./components/outputs";

const { config, secrets } = loadConfig();

// Exporters on the SuperLink's and the SuperNodes' hosts.
const fleet = config.hosts.map((host) => new FederationHost(host.name, { host, config, secrets }));

// Prometheus, Alertmanager and Grafana on the monitoring VM.
const targets = fleet.flatMap((host) => host.targets);
const alerts = alerting(config, fleet);
const vm = new MonitoringVm("monitoring", { config, secrets, targets, rules: alerts.prometheus });

// Dashboards and alert rules, once Grafana answers.
new GrafanaContent("grafana", {
  url: vm.urls.grafana,
  adminPassword: secrets.grafanaAdminPassword,
  prometheusUrl: "http://prometheus:9090",
  alertmanagerUrl: "http://alertmanager:9093",
  alerts: alerts.grafana,
  links: links(config),
  ready: vm.grafana.ready,
});

/** Scrape targets in Prometheus' file_sd form, one list per job. */
export const scrapeTargets = scrapeTargetFiles(targets);
/** Where people open Prometheus, Alertmanager and Grafana; without credentials. */
export const urls = vm.urls;
/** What is installed on each host of the federation. */
export const hosts: pulumi.Output<unknown> = hostReports(fleet);
