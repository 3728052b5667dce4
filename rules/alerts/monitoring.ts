import { PLATFORM_JOBS } from "../../components/render/platform-targets";
import type { AlertGroup, Inventory } from "../rule";
import { watchdog } from "./watchdog";

/** Jobs whose end is told by an alert of their own. */
const OTHERS = ["alertmanager", "grafana", "dcgm", ...PLATFORM_JOBS];

/** Longest that a scrape may take, as components/render/prometheus-config.ts has it. */
const SCRAPE_TIMEOUT_SECONDS = 10;

/** Alerts on the scrapes: whether what is measured arrives. */
export function monitoringAlerts(inventory: Inventory): AlertGroup {
  const { thresholds, scrapeIntervalSeconds } = inventory;
  const { manyTargetsShare, manyTargetsCount, slowScrapeShare, slowScrapeWindow } = thresholds;
  const slow = slowScrapeShare * Math.min(scrapeIntervalSeconds, SCRAPE_TIMEOUT_SECONDS);
  return {
    name: "monitoring",
    alerts: [
      watchdog,
      {
        alert: "TargetDown",
        expr: `up{job!~"${OTHERS.join("|")}"} == 0`,
        for: thresholds.targetDownFor,
        severity: "warning",
        summary: "{{ $labels.job }} on {{ $labels.host }} cannot be scraped",
        description:
          "Prometheus gets no answer from {{ $labels.instance }} (job {{ $labels.job }}, host {{ $labels.host }}). " +
          "What it measures is unknown until it is back. Likely: the host or its exporter is down, or a firewall is between.",
        dashboard: "stack",
      },
      {
        alert: "ManyTargetsDown",
        expr: [
          "  count by (federation) (up == 0)",
          "    / count by (federation) (up)",
          `    >= ${manyTargetsShare}`,
          "and",
          `  count by (federation) (up == 0) >= ${manyTargetsCount}`,
        ].join("\n"),
        for: thresholds.targetDownFor,
        severity: "critical",
        summary: "{{ $value | humanizePercentage }} of all targets cannot be scraped",
        description:
          "{{ $value | humanizePercentage }} of what Prometheus scrapes does not answer, all at once: most of the " +
          "federation is unwatched. Likely: the network between the monitoring VM and the hosts is cut (firewall, " +
          "VPN, DNS), or the hosts were stopped together.",
        dashboard: "stack",
      },
      {
        alert: "ScrapeSlow",
        // A target that answers now and then counts; one that never does is down, which is told.
        expr: [
          `  avg_over_time(scrape_duration_seconds[${slowScrapeWindow}]) > ${slow}`,
          "and",
          `  max_over_time(up[${slowScrapeWindow}]) == 1`,
        ].join("\n"),
        for: thresholds.slowScrapeFor,
        severity: "warning",
        summary:
          "{{ $labels.job }} on {{ $labels.host }} takes {{ $value | humanizeDuration }} to answer",
        description:
          "A scrape of {{ $labels.instance }} (job {{ $labels.job }}, host {{ $labels.host }}) takes " +
          `{{ $value | humanizeDuration }} on average, of ${Math.min(scrapeIntervalSeconds, SCRAPE_TIMEOUT_SECONDS)} s ` +
          "that it may: soon samples are missing. Likely: the host is overloaded, the exporter has to tell of too " +
          "much, or the network is slow.",
        dashboard: "stack",
        link: ["host"],
      },
    ],
  };
}
