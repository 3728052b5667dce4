import { links, series, type AlertCases, type Fired } from "../alert-case";

const target = (host: string): string => series("up", { federation: "demo", host, job: "node" });

function fired(targets: number): Fired {
  return {
    labels: { severity: "none", federation: "demo" },
    annotations: {
      summary: `Alerting works: ${targets} targets are watched`,
      description:
        `Fires as long as Prometheus scrapes (${targets} targets), evaluates rules and reaches Alertmanager. ` +
        "Nothing has to be done about it; somebody has to be called when it stays away.",
      runbook_url: `${links.runbooks}#watchdog`,
      dashboard: `${links.grafana}/d/flower-monitoring-federation`,
    },
  };
}

export const watchdog: AlertCases = {
  fires: [
    {
      name: "as long as anything is scraped, whether it answers or not",
      series: { [target("a")]: "1x60", [target("b")]: "0x60" },
      expect: { "25s": [], "30s": [fired(2)], "5m": [fired(2)] },
    },
    {
      name: "until the last target is gone",
      series: { [target("a")]: "1x12 stale" },
      expect: { "1m": [fired(1)], "1m5s": [] },
    },
  ],
  silent: [
    {
      name: "rules are evaluated, but nothing is scraped: a constant would say that all is well",
      series: { other: "1x60" },
      expect: { "30s": [], "5m": [] },
    },
    {
      name: "scraping ended some time ago",
      series: { [target("a")]: "1x3 stale" },
      expect: { "30s": [], "5m": [] },
    },
  ],
};
