/** What the monitoring VM gets: Prometheus, Alertmanager and Grafana, as files. */
import { alerting, dashboardContext } from "../../components/alerting";
import { alertmanagerContainer } from "../../components/alertmanager";
import type { CoreConfig } from "../../components/config/schema";
import type { ServiceArgs } from "../../components/docker-service";
import { byName } from "../../components/fleet";
import { grafanaContainer } from "../../components/grafana";
import { prometheusSettings } from "../../components/monitoring-vm";
import { prometheusContainer } from "../../components/prometheus";
import { renderAlertmanagerConfig } from "../../components/render/alertmanager-config";
import type { ConfigFile } from "../../components/render/config-push";
import { SCRAPE_JOBS } from "../../components/render/host-exporters";
import {
  renderPrometheusConfig,
  renderTargetFiles,
} from "../../components/render/prometheus-config";
import type { ScrapeTarget } from "../../components/render/scrape-targets";
import { dashboardJson, dashboards } from "../../dashboards";
import { type FleetExport, json } from "./hosts";

/** Where somebody else's Alertmanager would have these files: it wants whole paths. */
const ALERTMANAGER = { secrets: "/etc/alertmanager/secrets", config: "/etc/alertmanager" };

export function exportCore(
  config: CoreConfig,
  fleet: Pick<FleetExport, "hosts" | "targets">,
): ConfigFile[] {
  // As Prometheus' rules whoever evaluates them: that form can be read, and used anywhere.
  const asRules: CoreConfig = {
    ...config,
    alerting: { ...config.alerting, evaluator: "prometheus" },
  };
  const context = dashboardContext(config);
  const { prometheus: rules } = alerting(asRules, byName(fleet.hosts));
  return [
    ...renderPrometheusConfig({
      ...prometheusSettings(config, rules),
      fileJobs: [...SCRAPE_JOBS],
      targetsPath: "targets",
    }),
    ...targetFiles(fleet.targets),
    ...renderAlertmanagerConfig(config.alerting, ALERTMANAGER),
    ...Object.entries(dashboards).map(([slug, build]) => ({
      path: `dashboards/${slug}.json`,
      content: `${dashboardJson(build(context))}\n`,
    })),
    ...Object.entries(services(config)).map(([name, service]) => ({
      path: `services/${name}.json`,
      content: json(service),
    })),
  ];
}

/** A file_sd file for each job. */
export function targetFiles(targets: ScrapeTarget[]): ConfigFile[] {
  return renderTargetFiles([...SCRAPE_JOBS], targets).map(({ path, content }) => ({
    path: `targets/${path}`,
    content,
  }));
}

/** The containers. Any difference replaces one, which is a restart. */
function services({
  monitoring,
  images,
  retention,
  grafana,
}: CoreConfig): Record<string, ServiceArgs> {
  const { address, ports } = monitoring;
  const of = (name: keyof typeof ports) => ({ address, image: images[name], port: ports[name] });
  return {
    prometheus: prometheusContainer({ ...of("prometheus"), retention }),
    alertmanager: alertmanagerContainer(of("alertmanager")),
    ...(grafana === undefined ? { grafana: grafanaContainer(of("grafana")) } : {}),
  };
}
