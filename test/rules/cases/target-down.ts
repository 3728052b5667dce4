import { links, series, type AlertCases, type Fired } from "../alert-case";

const node = {
  federation: "demo",
  host: "supernode-1",
  instance: "172.31.77.21:9100",
  job: "node",
  role: "supernode",
  site: "hospital-1",
};
const prometheus = {
  federation: "demo",
  host: "monitoring",
  instance: "localhost:9090",
  job: "prometheus",
};
const alertmanager = { ...prometheus, instance: "alertmanager:9093", job: "alertmanager" };
const grafana = { ...prometheus, instance: "grafana:3000", job: "grafana" };

type Target = typeof node | typeof prometheus;

function fired(target: Target): Fired {
  const { job, host, instance } = target;
  return {
    labels: { severity: "warning", ...target },
    annotations: {
      summary: `${job} on ${host} cannot be scraped`,
      description:
        `Prometheus gets no answer from ${instance} (job ${job}, host ${host}). What it measures is ` +
        "unknown until it is back. Likely: the host or its exporter is down, or a firewall is between.",
      runbook_url: `${links.runbooks}#targetdown`,
      dashboard: `${links.grafana}/d/flower-monitoring-stack`,
    },
  };
}

const up = (target: Target): string => series("up", target);

export const targetDown: AlertCases = {
  fires: [
    {
      name: "an exporter on a host is down: after two minutes, until it answers again",
      series: { [up(node)]: "1x5 0x29 1x10", [up(prometheus)]: "1x46" },
      expect: { "2m20s": [], "2m30s": [fired(node)], "2m55s": [fired(node)], "3m": [] },
    },
    {
      name: "a service of the monitoring VM is down",
      series: { [up(prometheus)]: "0x40" },
      expect: { "1m55s": [], "2m": [fired(prometheus)] },
    },
  ],
  silent: [
    {
      name: "every target answers",
      series: { [up(node)]: "1x60", [up(grafana)]: "1x60" },
      expect: { "2m": [], "5m": [] },
    },
    {
      name: "an exporter is restarted and misses some scrapes",
      series: { [up(node)]: "1x10 0x6 1x40" },
      expect: { "1m": [], "1m20s": [], "4m": [] },
    },
    {
      name: "Alertmanager, Grafana and a DCGM exporter are down: they have alerts of their own",
      series: {
        ...{ [up(alertmanager)]: "0x60", [up(grafana)]: "0x60", [up(node)]: "1x60" },
        [up({ ...node, instance: "172.31.77.21:9400", job: "dcgm" })]: "0x60",
      },
      expect: { "2m": [], "5m": [] },
    },
    {
      // Each time less than two minutes: the pause starts anew.
      name: "a host is rebooted twice",
      series: { [up(node)]: "1x2 0x20 1x2 0x20 1x20" },
      expect: { "1m50s": [], "3m40s": [], "5m": [] },
    },
    {
      // Prometheus marks its series stale; with a plain lookback they would fire for minutes more.
      name: "a host that is down is taken out of the stack",
      series: { [up(node)]: "1x2 0x12 stale" },
      expect: { "1m15s": [], "3m": [], "5m": [] },
    },
  ],
};
