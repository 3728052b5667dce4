/** Looks at every machine of a stack, all at once up to a bound, and changes none of them. */
import type { FleetConfig } from "../../components/config/schema";
import { limit } from "../limit";
import { type Machine, machinesOf } from "../machines";
import { look, lookHere, type SessionAnswer } from "../session";
import { coreOf, fleetOf, type StackView } from "../stack";
import type { Check, MachineReport } from "./checks";
import { examineHere, examineMachine, preflightMachine } from "./machine";
import { exporterPlaces, reachCheck, reachScript, readReached, tryHere } from "./reach";

/** At most so many at once through one bastion: its sshd drops logins beyond ten (MaxStartups). */
const PER_BASTION = 8;

export interface ExamineOptions {
  /** Machines at once. */
  parallel: number;
  /** Hears of each machine as it is done. */
  onDone?: (report: MachineReport) => void;
}

/** Everything that the doctor tells, with who reaches whom. Hosts may be without a pinned key. */
export async function examine(view: StackView, options: ExamineOptions): Promise<MachineReport[]> {
  // One try: who looks at a host wants to hear that it is away.
  const machines = machinesOf(view, 0);
  const reports = await all(view, machines, examineMachine, options);
  await examineReach(view, machines, reports);
  return reports;
}

/** What an `up` would meet, with its patience for a host that is just starting. */
export async function preflight(
  view: StackView,
  options: ExamineOptions,
): Promise<MachineReport[]> {
  const machines = machinesOf(view, view.config.ssh.waitSeconds);
  return all(view, machines, preflightMachine, options);
}

async function all(
  view: StackView,
  machines: Machine[],
  one: (machine: Machine, view: StackView) => Promise<MachineReport>,
  { parallel, onDone }: ExamineOptions,
): Promise<MachineReport[]> {
  const atOnce = limit(parallel);
  const perBastion = new Map<string, ReturnType<typeof limit>>();
  const through = ({ target: { bastion } }: Machine): ReturnType<typeof limit> => {
    if (bastion === undefined) return (task) => task();
    const key = `${bastion.address} ${bastion.port}`;
    const own = perBastion.get(key) ?? limit(PER_BASTION);
    perBastion.set(key, own);
    return own;
  };
  const local = coreOf(view.config)?.monitoring.docker.kind === "unix";
  const looks = [
    ...(local ? [() => examineHere(view)] : []),
    ...machines.map((machine) => () => through(machine)(() => atOnce(() => one(machine, view)))),
  ];
  return Promise.all(
    looks.map(async (look) => {
      const report = await look();
      onDone?.(report);
      return report;
    }),
  );
}

const FROM_VM = "the monitoring VM";

/** Nothing in a stack that has only one of the two sides. */
async function examineReach(
  { config }: StackView,
  machines: Machine[],
  reports: MachineReport[],
): Promise<void> {
  const [core, fleet] = [coreOf(config), fleetOf(config)];
  const vm = reports.find(({ role }) => role === "monitoring");
  if (core === undefined || vm === undefined) return;
  const { address, ports } = core.monitoring;
  const own = Object.values(ports).map((port) => ({ address, port }));
  const tried = await Promise.all(
    own.map(async (place) => [`${place.address} ${place.port}`, await tryHere(place)] as const),
  );
  vm.checks.push(reachCheck(own, new Map(tried), "this machine"));
  if (fleet !== undefined) await examineHosts(fleet, vm, machines, reports);
}

async function examineHosts(
  fleet: FleetConfig,
  vm: MachineReport,
  machines: Machine[],
  reports: MachineReport[],
): Promise<void> {
  const hosts = machines.flatMap(({ host }) => (host === undefined ? [] : [host]));
  const places = hosts.map((host) => ({ host, places: exporterPlaces(host, fleet.context) }));
  const script = reachScript(places.flatMap((each) => each.places));
  const machine = machines.find(({ role }) => role === "monitoring");
  const entered = vm.checks.some(({ check, state }) => check === "login" && state === "ok");
  const answer = !entered
    ? undefined
    : await (machine === undefined ? lookHere(script) : look("run", machine, { script }));
  for (const { host, places: ports } of places) {
    const report = reports.find(({ name, role }) => name === host.name && role === host.role);
    report?.checks.push(reachOf(ports, answer));
  }
}

function reachOf(places: { address: string; port: number }[], answer?: SessionAnswer): Check {
  if (answer?.ok === true) return reachCheck(places, readReached(answer.stdout), FROM_VM);
  return {
    check: "reach",
    state: "skipped",
    seen: `${FROM_VM} could not be asked`,
    next: `mend ${FROM_VM} first`,
  };
}
