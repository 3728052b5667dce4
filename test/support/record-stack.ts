/** Scrapes of Prometheus and Alertmanager themselves, run here with the files that the program renders. */
import { eventually } from "../../lab/observe";
import { alertGroups, prometheusOwn } from "../../rules";
import { renderPrometheusRules } from "../../rules/prometheus-rules";
import { bare, links } from "../rules/alert-case";
import { QUIET, startAlertmanager } from "../../lab/servers/alertmanager";
import { startPrometheus } from "../../lab/servers/prometheus";

/** Where the files are on the monitoring VM; a scrape names them. */
const DEPLOYED = "/etc/prometheus/current";

const metrics = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

/** Both scrapes, once Prometheus has told an alert and Alertmanager has tried in vain to tell it on. */
export async function stackScrapes(): Promise<{ prometheus: string; alertmanager: string }> {
  const alertmanager = await startAlertmanager(QUIET);
  const prometheus = await startPrometheus({
    alertmanager: new URL(alertmanager.url).host,
    rules: renderPrometheusRules(alertGroups(bare), links, prometheusOwn(bare).records),
    targets: { node: [] },
  });
  try {
    await alertmanager.post([{ labels: { alertname: "Any", severity: "warning" } }]);
    return {
      prometheus: await scraped(prometheus.url, /^prometheus_notifications_sent_total\{.*\} [1-9]/m)
        .then((text) => text.replaceAll(prometheus.directory, DEPLOYED))
        .then((text) => text.replaceAll(alertmanager.url, "http://alertmanager:9093")),
      alertmanager: await scraped(
        alertmanager.url,
        /^alertmanager_notifications_failed_total\{.*\} [1-9]/m,
      ),
    };
  } finally {
    await prometheus.stop();
    await alertmanager.stop();
  }
}

/** What it serves once the pattern is in it. */
function scraped(url: string, pattern: RegExp): Promise<string> {
  const ask = (): Promise<string> => metrics(url);
  return eventually(`${url} serves ${String(pattern)}`, 120, ask, (text) => pattern.test(text));
}
