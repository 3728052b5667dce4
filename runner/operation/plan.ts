/** Which hosts an `up` leaves as they are, since it could not succeed on them. Pure. */
import type { Check, MachineReport } from "../doctor/checks";

/** A host that is left out, and why. */
export interface LeftOut {
  name: string;
  faults: Check[];
}

/** Faults that stand beside a right installation: they are told, and the host is not left out. */
const BESIDE = new Set([
  ...["clock", "superlink", "reach", "gpu", "flower", "firewall"],
  // A proxy may refuse the question and still give the file.
  "downloads",
]);

/** Faults of the monitoring VM that leave an `up` nothing to stand on; others fail by themselves, by name. */
const OF_VM = new Set(["ssh", "host-key", "login", "session", "docker"]);

export interface Plan {
  /** Why nothing is begun at all. */
  stops: Check[];
  leftOut: LeftOut[];
  /** What is told beside, by machine. */
  told: LeftOut[];
}

export function planOf(reports: MachineReport[]): Plan {
  const faults = (report: MachineReport, wanted: (check: string) => boolean): Check[] =>
    report.checks.filter(({ check, state }) => state === "fault" && wanted(check));
  const hosts = reports.filter(({ role }) => role === "superlink" || role === "supernode");
  const vm = reports.filter(({ role }) => role === "monitoring");
  const found = (machines: MachineReport[], wanted: (check: string) => boolean): LeftOut[] =>
    machines
      .map((report) => ({ name: report.name, faults: faults(report, wanted) }))
      .filter((each) => each.faults.length > 0);
  return {
    stops: vm.flatMap((report) => faults(report, (check) => OF_VM.has(check))),
    leftOut: found(hosts, (check) => !BESIDE.has(check)),
    told: [
      ...found(vm, (check) => !OF_VM.has(check)),
      ...found(hosts, (check) => BESIDE.has(check)),
    ],
  };
}

/** The resource that installs a host; nothing else depends on it. */
export function installOf(host: string): string {
  return `${host}-install`;
}

/** As a pattern of its URN. */
export function urnPattern(host: string): string {
  return `**::${installOf(host)}`;
}
