import type { Outcome } from "./engine";
import { hostsWith, type Lab } from "./layout";
import { eventually, monitorUrl, query } from "./observe";
import { getJson, type Sample } from "../runner/status/ask";
import { projectOf } from "./engine";
import { timings } from "../runner/progress";
import type { Toolchain } from "./toolchain";
import { lossFalls, TRAINING, trainingSeen } from "./training";

/** One line of the summary: a claim, whether it holds, and what was seen. */
interface Finding {
  claim: string;
  ok: boolean;
  seen: string;
}

/** Seconds until a fresh lab must show everything: first scrapes, first run, first bytes. */
const PATIENCE_SECONDS = 120;

const CLAIMS: {
  claim: string;
  expr: string;
  holds: (samples: Sample[], lab: Lab) => boolean;
  seen: (samples: Sample[]) => string;
  /** Seconds. @default PATIENCE_SECONDS */
  patience?: number;
}[] = [
  {
    claim: "every target answers",
    expr: "up",
    holds: (samples, lab) =>
      samples.length >= expectedTargets(lab) && samples.every(({ value }) => value === 1),
    seen: (samples) => {
      const down = samples.filter(({ value }) => value !== 1);
      const names = down.map(({ labels }) => `${labels["job"]} on ${labels["host"]}`);
      return `${samples.length - down.length} of ${samples.length} up${down.length > 0 ? `; down: ${names.join(", ")}` : ""}`;
    },
  },
  {
    claim: "SuperNodes are online",
    expr: 'fl_supernodes{status="online"}',
    holds: (samples, lab) => (samples[0]?.value ?? 0) >= hostsWith(lab, "supernode").length,
    seen: (samples) => `${samples[0]?.value ?? 0} online`,
  },
  {
    claim: "a run is live",
    expr: 'sum(fl_runs{status=~"starting|running"})',
    holds: (samples) => (samples[0]?.value ?? 0) >= 1,
    seen: (samples) => `${samples[0]?.value ?? 0} running`,
  },
  {
    claim: "its bytes grow",
    expr: "sum(increase(fl_bytes_sent_total[2m]))",
    holds: (samples) => (samples[0]?.value ?? 0) > 0,
    seen: (samples) => `${Math.round(samples[0]?.value ?? 0)} bytes sent in two minutes`,
  },
  {
    claim: "its loss falls",
    expr: TRAINING,
    holds: (samples) => lossFalls(samples),
    seen: (samples) => trainingSeen(samples),
    // Two rounds of the lab's app, on a machine that builds something beside it.
    patience: 300,
  },
];

function expectedTargets(lab: Lab): number {
  const services = ["prometheus", "alertmanager", "grafana"].length;
  const exporters = lab.hosts.filter(({ role }) => role !== "monitor").length;
  return services + exporters + hostsWith(lab, "superlink").length;
}

async function examine(lab: Lab): Promise<Finding[]> {
  return Promise.all(
    CLAIMS.map(async ({ claim, expr, holds, seen, patience }) => {
      try {
        const samples = await eventually(
          claim,
          patience ?? PATIENCE_SECONDS,
          () => query(lab, expr),
          (answer) => holds(answer, lab),
        );
        return { claim, ok: true, seen: seen(samples) };
      } catch (error) {
        const now = await query(lab, expr).then(seen, () => (error as Error).message);
        return { claim, ok: false, seen: now };
      }
    }),
  );
}

/** What Grafana says of itself: the stand-in says that it is one. */
async function grafanaVersion(lab: Lab): Promise<string> {
  const health = (await getJson(`${monitorUrl(lab, 3000)}/api/health`)) as { version: string };
  return health.version;
}

/**
 * Prints what is healthy, what is not and why, where to look, and how long it took.
 *
 * @returns whether all of it is healthy.
 */
export async function summary(lab: Lab, tools: Toolchain, outcome?: Outcome): Promise<boolean> {
  const findings = await examine(lab);
  const project = projectOf(lab);
  const lines = [
    "",
    `Lab ${lab.name}`,
    ...findings.map(({ claim, ok, seen }) => `  ${ok ? "ok  " : "NOT "} ${claim}: ${seen}`),
    ...Object.entries(outcome?.failures ?? {}).map(
      ([name, why]) => `  NOT  ${name}: ${why.split("\n")[0] ?? ""}`,
    ),
    "",
    `  Prometheus    ${monitorUrl(lab, 9090)}`,
    `  Alertmanager  ${monitorUrl(lab, 9093)}`,
    `  Grafana       ${monitorUrl(lab, 3000)}  (admin, password in ${project.grafanaPasswordFile})`,
    `  Alerts sent   ${lab.receiver.url}`,
    `  Stack         ${project.dir}  (lab/bootstrap.sh preview)`,
    "",
    ...(await provenance(lab, tools)),
    ...phases(),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return findings.every(({ ok }) => ok) && (outcome?.ok ?? true);
}

/** Which plugins and which Grafana server ran: a stand-in is never passed off as the real one. */
async function provenance(lab: Lab, tools: Toolchain): Promise<string[]> {
  const grafana = await grafanaVersion(lab).catch(() => "no answer");
  const plugins = Object.entries(tools.plugins).map(([name, { kind }]) => `${name} ${kind}`);
  return [
    `  Engine        pulumi ${tools.pulumi.version} (${tools.pulumi.rung})`,
    `  Plugins       ${plugins.join(", ")}`,
    `  Grafana       ${grafana}`,
    ...(grafana.includes("stand-in")
      ? ["                Dashboards and rules were checked and kept, not drawn or evaluated."]
      : []),
  ];
}

function phases(): string[] {
  const done = timings().filter(({ seconds }) => seconds >= 1);
  if (done.length === 0) return [];
  return [
    "",
    "  Time",
    ...done.map(({ label, seconds }) => `  ${seconds.toFixed(1).padStart(7)} s  ${label}`),
  ];
}
