/** The status of a stack on one page, for people and for programs. Pure. */
import { table } from "../table";
import type { Urls } from "./examine";
import type { Finding } from "./findings";

/** The form of `--json`. A contract; fields are only added. */
export interface StatusReport {
  version: 1;
  stack: string;
  federation: string;
  /** No fault stands; warnings may. */
  healthy: boolean;
  findings: Finding[];
  /** Not in a stack without a monitoring VM. */
  urls?: Urls;
}

export function statusReport(
  about: Pick<StatusReport, "stack" | "federation" | "urls">,
  findings: Finding[],
): StatusReport {
  return {
    version: 1,
    ...about,
    healthy: findings.every(({ state }) => state !== "fault"),
    findings,
  };
}

const MARKS = { ok: "ok", warn: "warning", fault: "NOT OK" } as const;
/** What is wrong comes first. */
const ORDER = ["fault", "warn", "ok"];

export function statusText({ stack, federation, healthy, findings, urls }: StatusReport): string {
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const rows = table(sorted.map(({ what, state, seen }) => [MARKS[state], what, seen]));
  const lines = rows.flatMap((row, index) => {
    const next = sorted[index]?.next;
    return [`  ${row}`, ...(next === undefined ? [] : [`    do: ${next}`])];
  });
  const places = table(Object.entries(urls ?? {}).map(([name, url]) => [name, url as string]));
  return [
    `The stack ${stack}, federation ${federation}, is ${healthy ? "healthy" : "NOT healthy"}.`,
    "",
    ...lines,
    ...(places.length === 0 ? [] : ["", ...places.map((line) => `  ${line}`)]),
    "",
  ].join("\n");
}
