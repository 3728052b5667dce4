/** What an operation did, for people and for programs. Pure. */
import type { FederationHostConfig } from "../../components/config/schema";
import { amiss } from "../doctor/checks";
import { changes, type Operation, type Outcome, type Step } from "../engine/outcome";
import { table } from "../table";
import { installOf, type LeftOut, type Plan } from "./plan";

export type HostState =
  | "installed"
  | "updated"
  | "unchanged"
  | "removed"
  | "failed"
  /** It could not succeed there, so it was not tried; the next `up` takes it in again. */
  | "left-out"
  | "lost"
  /** The engine ended before it came to it. */
  | "not-reached";

export interface HostResult {
  name: string;
  state: HostState;
  /** The installer's last line, or why not. */
  words?: string;
  next?: string;
}

/** The form of `--json`. A contract; fields are only added. */
export interface OperationReport {
  version: 1;
  operation: Operation;
  stack: string;
  ok: boolean;
  seconds: number;
  /** How often each kind of step was taken: create, update, delete, same, ... */
  steps: Record<string, number>;
  /** Each step that changed something. */
  changes: Omit<Step, "urn">[];
  hosts: HostResult[];
  /** Of what is no host: resource to its words. */
  failures: Record<string, string>;
  /** Told beside, as the doctor tells it. */
  beside: LeftOut[];
  /** Stack outputs, secrets masked. */
  outputs: Record<string, unknown>;
  /** Why the engine ended early, or did not begin. */
  error?: string;
}

export interface Done {
  operation: Operation;
  stack: string;
  hosts: readonly Pick<FederationHostConfig, "name" | "lost">[];
  plan: Plan;
  outcome: Outcome;
}

export function operationReport({ operation, stack, hosts, plan, outcome }: Done): OperationReport {
  const results = hostResults(operation, hosts, plan, outcome);
  const ofHosts = new Set(results.map(({ name }) => installOf(name)));
  const failures = Object.entries(outcome.failures).filter(([name]) => !ofHosts.has(name));
  const counts: Record<string, number> = {};
  for (const { op } of outcome.steps) counts[op] = (counts[op] ?? 0) + 1;
  // Where steps failed they say why; the engine's own text is their sum, screens long.
  const told = Object.keys(outcome.failures).length > 0;
  return {
    ...{ version: 1, operation, stack, seconds: Math.round(outcome.seconds * 10) / 10 },
    ok: outcome.ok && plan.leftOut.length === 0,
    steps: counts,
    changes: changes(outcome).map(({ op, type, name, diffs }) => ({ op, type, name, diffs })),
    hosts: results,
    failures: Object.fromEntries(failures.map(([name, words]) => [name, ofData(words, stack)])),
    beside: plan.told,
    outputs: outcome.outputs,
    ...(outcome.error === undefined || told ? {} : { error: errorOf(outcome) }),
  };
}

function hostResults(
  operation: Operation,
  hosts: Done["hosts"],
  plan: Plan,
  outcome: Outcome,
): HostResult[] {
  // What a destroy has no step for was gone before.
  const left: HostState = operation === "destroy" && outcome.ok ? "unchanged" : "not-reached";
  const known = hosts.map(({ name, lost }): HostResult => {
    const out = plan.leftOut.find((each) => each.name === name)?.faults[0];
    if (out !== undefined) {
      const next = out.next === undefined ? {} : { next: out.next };
      return { name, state: "left-out", words: `${out.check}: ${out.seen}`, ...next };
    }
    return lost ? { name, state: "lost" } : resultOf(name, outcome, left);
  });
  const names = new Set(hosts.map(({ name }) => name));
  const gone = changes(outcome)
    .filter(({ op, name }) => op === "delete" && name.endsWith(installOf("")))
    .map(({ name }) => name.slice(0, -installOf("").length))
    .filter((name) => !names.has(name));
  return [...known, ...gone.map((name) => resultOf(name, outcome, left))];
}

/** Instead of the engine's words on a resource that may not go: the only ones are the volumes with data. */
function ofData(words: string, stack: string): string {
  if (!words.includes("because it is protected")) return words;
  return (
    "has data, which retainData: true keeps\n" +
    `do: pulumi state unprotect --all --stack ${stack}, and the destroy again leaves it on the VM; ` +
    "docker volume rm there deletes it"
  );
}

const STATES: Record<string, HostState> = {
  create: "installed",
  delete: "removed",
  same: "unchanged",
  refresh: "unchanged",
};

function resultOf(name: string, outcome: Outcome, left: HostState): HostResult {
  const failure = outcome.failures[installOf(name)];
  if (failure !== undefined) return { name, state: "failed", ...wordsOf(name, failure) };
  const step = outcome.steps.find((each) => each.name === installOf(name));
  if (step === undefined) return { name, state: left };
  const reports = (outcome.outputs["hosts"] ?? {}) as Record<string, { status?: string }>;
  const words = reports[name]?.status?.trim();
  const state = STATES[step.op] ?? "updated";
  return { name, state, ...(words === undefined || words === "" ? {} : { words }) };
}

/** Our own line of what a provider says of a failed command, which repeats all output. */
function wordsOf(name: string, failure: string): { words: string; next?: string } {
  const prefix = `flower-monitoring: ${name}: `;
  const lines = failure.split("\n").map((line) => line.trim());
  const own = lines.findLast((line) => line.includes(prefix));
  const text = own?.slice(own.indexOf(prefix) + prefix.length) ?? lines.find((line) => line !== "");
  const { seen, next } = amiss("", text ?? "no reason was given");
  return { words: seen, ...(next === undefined ? {} : { next }) };
}

/** The last lines of the engine's words; its errors stand there. */
function errorOf({ error = "", diagnostics }: Outcome): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return errors.at(-1)?.message ?? error.trim().split("\n").slice(-5).join("\n");
}

export function operationText(report: OperationReport): string {
  const { operation, stack, seconds, failures, beside, error } = report;
  const shown = report.hosts.filter(({ state }) => state !== "unchanged" && state !== "lost");
  const blocks = [
    [`${operation} of the stack ${stack}: ${counted(report)} in ${seconds.toFixed(1)} s`],
    rows(shown),
    ...Object.entries(failures).map(([name, words]) => [
      `  ${name} failed`,
      ...words
        .split("\n")
        .slice(0, 8)
        .map((line) => `    ${line}`),
    ]),
    ...beside.map(({ name, faults }) =>
      faults.flatMap(({ check, seen, next }) => [
        `  ${name}  ${check}: ${seen}`,
        ...(next === undefined ? [] : [`    do: ${next}`]),
      ]),
    ),
    error === undefined ? [] : [error],
    [closing(report)],
  ];
  const kept = blocks.filter((lines) => lines.length > 0);
  return `${kept.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function rows(results: HostResult[]): string[] {
  if (results.length === 0) return [];
  const lines = table([
    ["HOST", "RESULT", "WHY"],
    ...results.map(({ name, state, words = "" }) => [name, state, words]),
  ]);
  return lines.flatMap((line, index) => {
    const next = results[index - 1]?.next;
    return [`  ${line}`, ...(next === undefined ? [] : [`    do: ${next}`])];
  });
}

function counted({ steps }: OperationReport): string {
  const { same = 0, ...others } = steps;
  const words = Object.entries(others).map(([op, count]) => `${count} ${op}`);
  if (same > 0) words.push(`${same} unchanged`);
  return words.length === 0 ? "no steps" : words.join(", ");
}

function closing({ operation, ok, hosts, failures }: OperationReport): string {
  const of = (state: HostState): number => hosts.filter((host) => host.state === state).length;
  const failed = of("failed") + Object.keys(failures).length;
  const out = of("left-out");
  if (ok) return `The ${operation} is done.`;
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(out > 0 ? [`${out} left out, which stay in the stack as they are`] : []),
  ];
  const what = parts.length === 0 ? "It did not come to its end" : parts.join("; ");
  return `${what}. Mend that and run the ${operation} again: it touches only what is left.`;
}
