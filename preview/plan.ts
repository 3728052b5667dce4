/** What the engine would do, as Pulumi's CLI or the runner tells it. Property values are not read at all. */
import { UsageError } from "../runner/errors";
import type { OperationReport } from "../runner/operation/report";

/** A resource that is not left as it is. */
export interface Change {
  op: "create" | "update" | "replace" | "delete";
  type: string;
  name: string;
  /** Names of the properties that differ. */
  diffs: string[];
}

export interface Plan {
  ok: boolean;
  changes: Change[];
  unchanged: number;
  /** The engine's and the program's words, where it failed. */
  errors: string[];
}

/** Steps of a replacement, which is one change. */
const OPS: Record<string, Change["op"] | undefined> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  delete: "delete",
};

/**
 * @param text of `npm run preview -- --json`, or of `pulumi preview --json`
 * @throws UsageError when it is neither
 */
export function planOf(text: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unknown();
  }
  if (typeof value !== "object" || value === null) throw unknown();
  if ("operation" in value && "changes" in value) return ofRunner(value as unknown as RunnerReport);
  if ("changeSummary" in value || "steps" in value) return ofPulumi(value as PulumiPreview);
  throw unknown();
}

function unknown(): UsageError {
  return new UsageError(
    "--preview: got a file of another form; allowed: what npm run preview -- --json, or pulumi preview --json, prints; do: give standard output alone",
  );
}

type RunnerReport = Pick<OperationReport, "ok" | "steps" | "changes" | "failures" | "error">;

function ofRunner({ ok, steps, changes, failures, error }: RunnerReport): Plan {
  return {
    ok,
    changes: whole(changes),
    unchanged: steps["same"] ?? 0,
    errors: [
      ...Object.entries(failures).map(([name, words]) => `${name}: ${words}`),
      ...(error === undefined ? [] : [error]),
    ].map(clean),
  };
}

interface PulumiPreview {
  steps?: { op: string; urn: string; detailedDiff?: object | null; diffReasons?: string[] }[];
  diagnostics?: { message: string; severity: string }[];
  changeSummary?: Record<string, number>;
}

function ofPulumi({ steps = [], diagnostics = [], changeSummary = {} }: PulumiPreview): Plan {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const all = steps.map(({ op, urn, detailedDiff, diffReasons = [] }) => ({
    op,
    type: typeOf(urn),
    name: urn.split("::").at(-1) ?? urn,
    diffs: [...new Set([...diffReasons, ...Object.keys(detailedDiff ?? {})])],
  }));
  return {
    ok: errors.length === 0,
    changes: whole(all),
    // Steps that change nothing are not listed.
    unchanged: changeSummary["same"] ?? 0,
    // The last only says that it failed.
    errors: [...new Set(errors.map(({ message }) => clean(message)))].filter(
      (words, _index, list) => list.length === 1 || words !== "preview failed",
    ),
  };
}

const typeOf = (urn: string): string => urn.split("::").at(-2)?.split("$").at(-1) ?? "";

/** The stack itself, providers and our components come with what they hold. */
function isInternal(type: string): boolean {
  return (
    type === "pulumi:pulumi:Stack" ||
    type.startsWith("pulumi:providers:") ||
    type.startsWith("flower-monitoring:")
  );
}

function whole(all: RunnerReport["changes"]): Change[] {
  const changes = new Map<string, Change>();
  for (const { op, type, name, diffs } of all) {
    const as = OPS[op];
    if (as === undefined || isInternal(type)) continue;
    changes.set(`${type} ${name} ${as}`, { op: as, type, name, diffs });
  }
  return [...changes.values()];
}

/** What stands for a value that only an `up` brings. */
const UNKNOWN = /04da6b54-80e4-46f7-96ec-b56ff0331ba9|output<[^>]*>/g;

const URN = /urn:pulumi:[^\s"'`]*::([^\s"'`:]+)/g;

function clean(words: string): string {
  return words
    .replace(/^error: /, "")
    .replace(URN, "$1")
    .replace(UNKNOWN, "(known after the up)")
    .trim();
}
