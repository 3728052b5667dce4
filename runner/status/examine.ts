/** Asks the services of a stack, and by ssh the hosts of which they know nothing. */
import type { CoreConfig, FleetConfig } from "../../components/config/schema";
import { scrapeTargets } from "../../components/render/scrape-targets";
import { preflight } from "../doctor/examine";
import { coreOf, fleetOf, type StackView } from "../stack";
import { getJson, instantQuery, whyNot } from "./ask";
import * as findings from "./findings";
import type { Finding } from "./findings";

/** Where people open them; without credentials. */
export interface Urls {
  prometheus: string;
  alertmanager: string;
  grafana: string;
}

export function urlsOf({ monitoring: { address, ports } }: CoreConfig): Urls {
  const host = address.includes(":") ? `[${address}]` : address;
  const url = (port: number): string => `http://${host}:${port}`;
  return {
    prometheus: url(ports.prometheus),
    alertmanager: url(ports.alertmanager),
    grafana: url(ports.grafana),
  };
}

export async function examineStatus(view: StackView, parallel: number): Promise<Finding[]> {
  const [core, fleet] = [coreOf(view.config), fleetOf(view.config)];
  if (core === undefined) return hostsAlone(view, parallel);
  const urls = urlsOf(core);
  const asked = await Promise.all([
    service("prometheus", urls.prometheus, () =>
      ofPrometheus(urls.prometheus, view, fleet, parallel),
    ),
    service("alertmanager", urls.alertmanager, () => ofAlertmanager(urls.alertmanager)),
    service("grafana", urls.grafana, () => ofGrafana(urls.grafana)),
  ]);
  return asked.flat();
}

/** What a service told, or that it does not answer. */
async function service(
  what: string,
  url: string,
  ask: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await ask();
  } catch (error) {
    return [
      {
        what,
        state: "fault",
        seen: `${url} does not answer: ${whyNot(error)}`,
        next: `on the monitoring VM: docker ps --all --filter name=flower-monitoring-${what}; npm run doctor says whether it can be reached`,
      },
    ];
  }
}

async function ofPrometheus(
  url: string,
  view: StackView,
  fleet: FleetConfig | undefined,
  parallel: number,
): Promise<Finding[]> {
  const query = (expr: string) => instantQuery(url, expr);
  const [active, rules, notWanted, drift, age, nodes, runs, reloads] = await Promise.all([
    getJson(`${url}/api/v1/targets?state=active`) as Promise<{
      data: { activeTargets: findings.Target[] };
    }>,
    getJson(`${url}/api/v1/rules`) as Promise<{ data: { groups: findings.RuleGroup[] } }>,
    query(findings.NOT_WANTED),
    query(findings.DRIFT),
    query(findings.AGE),
    query(findings.NODES),
    query(findings.RUNS),
    query(findings.RELOADS),
  ]);
  const targets = active.data.activeTargets;
  const there = (fleet?.hosts ?? []).filter(({ lost }) => !lost);
  const expected = fleet === undefined ? [] : there.flatMap((host) => scrapeTargets(host, fleet));
  const down = findings.hostsDown(targets);
  const unreachable = await whyDown(view, down, parallel);
  const supernodes = there.filter(({ role }) => role === "supernode").length;
  return [
    { what: "prometheus", state: "ok", seen: url },
    ...findings.targetFindings(targets, expected, unreachable),
    ...findings.hostFindings(notWanted, drift),
    ...findings.superlinkFindings(age),
    ...findings.federationFindings(nodes, runs, fleet === undefined ? undefined : supernodes),
    ...findings.reloadFindings(reloads),
    ...findings.ruleFindings(rules.data.groups),
  ];
}

async function ofAlertmanager(url: string): Promise<Finding[]> {
  const wanted = "active=true&silenced=false&inhibited=false&unprocessed=false";
  const alerts = (await getJson(`${url}/api/v2/alerts?${wanted}`)) as findings.ActiveAlert[];
  return [{ what: "alertmanager", state: "ok", seen: url }, ...findings.alertFindings(alerts)];
}

async function ofGrafana(url: string): Promise<Finding[]> {
  const { database, version } = (await getJson(`${url}/api/health`)) as Record<string, string>;
  const state = database === "ok" ? "ok" : "fault";
  return [
    { what: "grafana", state, seen: `${url}, ${version ?? "?"}, database ${database ?? "?"}` },
  ];
}

/** Only these hosts are asked: a healthy federation costs no ssh at all. */
async function whyDown(
  { config, secrets }: StackView,
  names: string[],
  parallel: number,
): Promise<Record<string, string>> {
  if (config.scope !== "all" || names.length === 0) return {};
  const hosts = config.hosts.filter(({ name }) => names.includes(name));
  const fleet = {
    ...config,
    scope: "fleet" as const,
    hosts,
    ssh: { ...config.ssh, waitSeconds: 0 },
  };
  const reports = await preflight({ config: fleet, secrets }, { parallel });
  return Object.fromEntries(
    reports.flatMap(({ name, checks }) => {
      const fault = checks.find(({ state }) => state === "fault");
      return fault === undefined ? [] : [[name, `${fault.check}: ${fault.seen}`]];
    }),
  );
}

/** A stack without a monitoring VM has only its hosts to ask. */
async function hostsAlone(view: StackView, parallel: number): Promise<Finding[]> {
  const reports = await preflight(view, { parallel });
  return reports.flatMap(({ name, checks, facts }): Finding[] => {
    const faults = checks.filter(({ state }) => state === "fault");
    if (faults.length > 0) {
      return faults.map(({ check, seen, next }) => ({
        what: "hosts",
        state: "fault",
        seen: `${name}  ${check}: ${seen}`,
        ...(next === undefined ? {} : { next }),
      }));
    }
    const { bundle, wanted } = facts;
    if (wanted === undefined || bundle === wanted)
      return [{ what: "hosts", state: "ok", seen: name }];
    const seen = `${name} runs ${bundle ?? "no bundle"}, and the stack wants ${wanted}`;
    return [{ what: "hosts", state: "fault", seen, next: "run an up" }];
  });
}
