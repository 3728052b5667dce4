/** What the doctor found, for people and for programs. Pure. */
import { table } from "../table";
import type { Check, MachineReport } from "./checks";

/** The form of `--json`. A contract; fields are only added. */
export interface DoctorReport {
  version: 1;
  stack: string;
  federation: string;
  /** Checks that stand as faults, and as warnings. */
  faults: number;
  warnings: number;
  /** Names of hosts with `lost: true`, which nobody was asked about. */
  lost: string[];
  machines: MachineReport[];
}

export function doctorReport(
  about: Pick<DoctorReport, "stack" | "federation" | "lost">,
  machines: MachineReport[],
): DoctorReport {
  const count = (wanted: Check["state"]): number =>
    machines.flatMap(({ checks }) => checks).filter(({ state }) => state === wanted).length;
  return { version: 1, ...about, faults: count("fault"), warnings: count("warn"), machines };
}

/** A line for each machine, then each fault with what to do, then the host keys. */
export function doctorText(report: DoctorReport, allKeys: boolean): string {
  const { stack, federation, machines, lost } = report;
  const blocks = [
    [`Doctor of the stack ${stack}, federation ${federation}`],
    table([HEAD, ...machines.map(row)]).map((line) => `  ${line}`),
    ...(lost.length === 0
      ? []
      : [[`Not looked at, since the stack says that they are lost: ${lost.join(", ")}`]]),
    ...found(machines, "fault"),
    ...found(machines, "warn"),
    ...keys(machines, allKeys),
    [closing(report)],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const HEAD = [
  ...["MACHINE", "ADDRESS", "STATE", "HOST KEY", "SYSTEM", "FREE", "CLOCK"],
  ...["DOCKER", "GPU", "FLOWER", "REACHED"],
];

function row({ name, address, facts, checks, hostKey }: MachineReport): string[] {
  const state = (check: string): Check | undefined => checks.find((each) => each.check === check);
  const gpus = facts["gpu"]?.split("\n") ?? [];
  const reach = state("reach");
  return [
    name,
    address,
    worst(checks),
    hostKey === undefined ? "-" : KEYS[hostKey.pinned],
    facts["system"] === undefined ? "-" : `${facts["system"]}, ${facts["machine"] ?? "?"}`,
    state("disk")?.seen.replace(" free", "") ?? "-",
    state("clock")?.seen.replace(" this machine's", "") ?? "-",
    facts["docker"] ?? (facts["podman"] === undefined ? "-" : `podman ${facts["podman"]}`),
    gpus.length === 0 ? "-" : `${gpus.length} x ${gpus[0] ?? ""}`,
    facts["flower"] ?? "-",
    reach === undefined
      ? "-"
      : reach.state === "ok"
        ? "yes"
        : reach.state === "skipped"
          ? "?"
          : "NO",
  ];
}

const KEYS = { same: "pinned", different: "DIFFERS", none: "not pinned" } as const;

function worst(checks: Check[]): string {
  if (checks.some(({ state }) => state === "fault")) return "FAULT";
  return checks.some(({ state }) => state === "warn") ? "warning" : "ok";
}

function found(machines: MachineReport[], wanted: "fault" | "warn"): string[][] {
  const lines = machines.flatMap(({ name, checks }) =>
    checks
      .filter(({ state }) => state === wanted)
      .flatMap(({ check, seen, next }) => [
        `  ${name}  ${check}: ${seen}`,
        ...(next === undefined ? [] : [`    do: ${next}`]),
      ]),
  );
  return lines.length === 0 ? [] : [[wanted === "fault" ? "Faults" : "Warnings", ...lines]];
}

/** Those to look at; all of them on demand. */
function keys(machines: MachineReport[], all: boolean): string[][] {
  const lines = machines.flatMap(({ name, hostKey }) =>
    hostKey === undefined || (hostKey.pinned === "same" && !all)
      ? []
      : [`  ${hostKey.line}`, `    ${hostKey.fingerprint}  ${name}, ${KEYS[hostKey.pinned]}`],
  );
  if (lines.length === 0) return [];
  return [
    [
      "Host keys, as lines for known_hosts. They came over the network, which proves nothing: compare each",
      "fingerprint with what the site tells by another way (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there).",
      ...lines,
    ],
  ];
}

function closing({ faults, warnings, machines }: DoctorReport): string {
  const of = `${machines.length} ${machines.length === 1 ? "machine" : "machines"}`;
  const warned = warnings === 0 ? "" : `, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
  if (faults === 0) return `No fault on ${of}${warned}.`;
  return `${faults} ${faults === 1 ? "fault" : "faults"} on ${of}${warned}.`;
}
