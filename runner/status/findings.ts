/** From what Prometheus, Alertmanager and Grafana say to what is healthy, what is not, and why. Pure. */
import type { ScrapeTarget } from "../../components/render/scrape-targets";
import { thresholdsOf } from "../../rules/thresholds";
import type { Sample } from "./ask";

export interface Finding {
  /** What it is about, as in `targets` and `alerts`. */
  what: string;
  state: "ok" | "warn" | "fault";
  seen: string;
  /** Where to look, or what to do. */
  next?: string;
}

/** A target of Prometheus' /api/v1/targets. */
export interface Target {
  labels: Record<string, string>;
  health: "up" | "down" | "unknown";
  lastError: string;
}

/** What an exporter runs as, by its job. */
const UNITS: Record<string, string> = {
  node: "flower-monitoring-node-exporter",
  flower: "flower-monitoring-flower-exporter",
  dcgm: "flower-monitoring-dcgm-exporter",
  cadvisor: "flower-monitoring-cadvisor",
};

/**
 * @param expected the hosts' targets, where the stack has them; else those count that are there
 * @param unreachable host to what ssh says of it: why its targets are down
 */
export function targetFindings(
  targets: Target[],
  expected: ScrapeTarget[],
  unreachable: Record<string, string> = {},
): Finding[] {
  const down = targets.filter(({ health }) => health === "down");
  const waiting = targets.filter(({ health }) => health === "unknown").length;
  const missing = expected.filter(
    ({ job, labels }) =>
      !targets.some(
        (target) => target.labels["job"] === job && target.labels["host"] === labels["host"],
      ),
  );
  const faults = [
    ...down.map(({ labels, lastError }): Finding => {
      const { job = "?", host } = labels;
      const why = unreachable[host ?? ""];
      if (host !== undefined && why !== undefined)
        return fault(`${job} of ${host} is down: ${why}`);
      const unit = UNITS[job];
      return fault(
        `${job}${host === undefined ? "" : ` of ${host}`} is down: ${lastError}`,
        unit === undefined
          ? "docs/runbooks.md, TargetDown"
          : `on ${host ?? "the host"}: systemctl status ${unit}`,
      );
    }),
    ...missing.map(({ job, labels }) =>
      fault(
        `${job} of ${labels["host"] ?? "?"} is not scraped: Prometheus does not know it`,
        "run an up: it writes the targets",
      ),
    ),
  ];
  if (faults.length > 0) return faults;
  if (targets.length === 0) return [fault("Prometheus scrapes nothing", "run an up")];
  const ok = `${targets.length - waiting} of ${targets.length} answer`;
  const state = waiting === 0 ? "ok" : "warn";
  const seen = waiting === 0 ? ok : `${ok}; ${waiting} not scraped yet`;
  return [{ what: "targets", state, seen }];

  function fault(seen: string, next?: string): Finding {
    return { what: "targets", state: "fault", seen, ...(next === undefined ? {} : { next }) };
  }
}

/** The hosts of down targets, whom ssh may tell more of. */
export function hostsDown(targets: Target[]): string[] {
  const names = targets.flatMap(({ health, labels }) =>
    health === "down" && labels["host"] !== undefined ? [labels["host"]] : [],
  );
  return [...new Set(names)].sort();
}

/** Bundles: hosts that run another than is wanted, and what has drifted. */
export const NOT_WANTED =
  'host:flower_monitoring_bundle_info:wanted and on (host) up{job="node"} == 1 unless on (host, hash) flower_monitoring_bundle_info';
export const DRIFT = "flower_monitoring_host_drift > 0";

export function hostFindings(notWanted: Sample[], drift: Sample[]): Finding[] {
  const next = "docs/runbooks.md, HostDrift; an up with another repair value mends it";
  const findings = [
    ...notWanted.map(({ labels }): Finding => ({
      what: "hosts",
      state: "fault",
      seen: `${labels["host"] ?? "?"} does not run the bundle that the stack wants (${labels["hash"] ?? "?"})`,
      next: "run an up",
    })),
    ...drift.map(({ labels }): Finding => ({
      what: "hosts",
      state: "fault",
      seen: `${labels["host"] ?? "?"} has drifted: ${labels["part"] ?? "?"}, ${labels["reason"] ?? "?"}`,
      next,
    })),
  ];
  return findings.length > 0
    ? findings
    : [{ what: "hosts", state: "ok", seen: "run what the stack wants, and nothing has drifted" }];
}

/** An alert of Alertmanager's /api/v2/alerts. */
export interface ActiveAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
}

/** What fires and is neither silenced nor inhibited; the Watchdog has to. */
export function alertFindings(alerts: ActiveAlert[]): Finding[] {
  const watchdog = alerts.some(({ labels }) => labels["alertname"] === "Watchdog");
  const firing = alerts
    .filter(({ labels }) => labels["severity"] !== "none")
    .sort((a, b) => a.startsAt.localeCompare(b.startsAt));
  return [
    ...(watchdog
      ? []
      : [
          {
            what: "alerts",
            state: "fault",
            seen: "Alertmanager does not hear the Watchdog: alerts are not evaluated, or do not get through",
            next: "docs/runbooks.md, Watchdog",
          } satisfies Finding,
        ]),
    ...firing.map(({ labels, annotations, startsAt }): Finding => {
      const { alertname = "?", severity } = labels;
      const where = annotations["runbook_url"];
      return {
        what: "alerts",
        state: severity === "critical" ? "fault" : "warn",
        seen: `${alertname} since ${startsAt.slice(0, 19).replace("T", " ")}: ${annotations["summary"] ?? "no summary"}`,
        ...(where === undefined ? {} : { next: where }),
      };
    }),
    ...(firing.length > 0 ? [] : [{ what: "alerts", state: "ok", seen: "none fires" } as Finding]),
  ];
}

/** Seconds since the Flower exporter last heard of the SuperLink, or since its start. */
export const AGE = "max(fl_exporter_up_to_date_seconds)";

/** Nothing where there is no exporter: its absence is a target's to tell. */
export function superlinkFindings([age]: Sample[]): Finding[] {
  if (age === undefined) return [];
  if (age.value < thresholdsOf().exporterBlindSeconds) {
    return [{ what: "superlink", state: "ok", seen: "answers" }];
  }
  return [
    {
      what: "superlink",
      state: "fault",
      seen: `the Flower exporter has heard nothing of it for ${Math.round(age.value)} s`,
      next: "npm run doctor says why; docs/runbooks.md, FlowerExporterBlind",
    },
  ];
}

/** SuperNodes and runs, as the Flower exporter has them. */
export const NODES = "fl_supernodes";
export const RUNS = 'sum(fl_runs{status=~"starting|running"})';

/** @param wanted how many SuperNodes the stack has, where it has them */
export function federationFindings(
  nodes: Sample[],
  runs: Sample[],
  wanted: number | undefined,
): Finding[] {
  // Without the Flower exporter there is nothing to tell; its absence is a target's to tell.
  if (nodes.length === 0) return [];
  const online = nodes
    .filter(({ labels }) => labels["status"] === "online")
    .reduce((sum, { value }) => sum + value, 0);
  const short = wanted !== undefined && online < wanted;
  const live = runs[0]?.value ?? 0;
  return [
    {
      what: "supernodes",
      state: short ? "fault" : "ok",
      seen: wanted === undefined ? `${online} online` : `${online} of ${wanted} online`,
      ...(short ? { next: "docs/runbooks.md, SuperNodeOffline" } : {}),
    },
    { what: "runs", state: "ok", seen: live === 0 ? "none is live" : `${live} live` },
  ];
}

/** Whether the last reload of a configuration was taken. */
export const RELOADS =
  "prometheus_config_last_reload_successful or alertmanager_config_last_reload_successful";

export function reloadFindings(samples: Sample[]): Finding[] {
  return samples
    .filter(({ value }) => value !== 1)
    .map(({ labels }) => ({
      what: "configuration",
      state: "fault",
      seen: `${labels["job"] ?? "a service"} refused its last configuration, and runs the one before`,
      next: "run an up: it says what is wrong with it",
    }));
}

/** A group of Prometheus' /api/v1/rules. */
export interface RuleGroup {
  name: string;
  rules: { name: string; health: string; lastError?: string }[];
}

export function ruleFindings(groups: RuleGroup[]): Finding[] {
  return groups.flatMap(({ name, rules }) =>
    rules
      .filter(({ health }) => health === "err")
      .map((rule) => ({
        what: "rules",
        state: "fault" as const,
        seen: `${name}, ${rule.name}: ${rule.lastError ?? "fails"}`,
      })),
  );
}
