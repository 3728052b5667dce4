/** Looks at every machine of a stack, all at once up to a bound, and changes none of them. */
import { bundleSpec, cachedBundle } from "../../components/host-bundle";
import { bundleKeys } from "../../components/render/session";
import { shortHash } from "../../components/render/shell";
import { limit } from "../limit";
import { type Machine, machinesOf } from "../machines";
import { look, lookHere, type SessionAnswer } from "../session";
import type { StackView } from "../stack";
import { amiss, type Check, clockCheck, fine, flowerCheck, type MachineReport } from "./checks";
import { readAnswer, sessionFault, size } from "./checks";
import { hostKeyCheck, hostKeyOfMachine } from "./host-key";
import { exporterPlaces, reachCheck, reachScript, readReached, tryHere } from "./reach";
import { vmScript } from "./vm";

/** At most so many at once through one bastion: its sshd drops logins beyond ten (MaxStartups). */
const PER_BASTION = 8;

export interface ExamineOptions {
  /** Machines at once. */
  parallel: number;
  /** Hears of each machine as it is done. */
  onDone?: (report: MachineReport) => void;
  /** Whether it is also tried who reaches whom; not needed for what an `up` alone needs. @default true */
  reach?: boolean;
}

export async function examine(view: StackView, options: ExamineOptions): Promise<MachineReport[]> {
  const { config, secrets } = view;
  const { parallel, onDone, reach = true } = options;
  const machines = machinesOf(config, secrets);
  const atOnce = limit(parallel);
  const perBastion = new Map<string, ReturnType<typeof limit>>();
  const through = (machine: Machine): ReturnType<typeof limit> => {
    const { bastion } = machine.target;
    if (bastion === undefined) return (task) => task();
    const key = `${bastion.address} ${bastion.port}`;
    const own = perBastion.get(key) ?? limit(PER_BASTION);
    perBastion.set(key, own);
    return own;
  };
  const looked = machines.map(async (machine) => {
    const report = await through(machine)(() => atOnce(() => examineOne(machine, view)));
    onDone?.(report);
    return report;
  });
  const reports = await Promise.all(looked);
  if (config.monitoring?.docker.kind === "unix") {
    reports.unshift(await examineHere(view));
  }
  if (reach) await examineReach(view, machines, reports);
  return reports;
}

async function examineOne(machine: Machine, view: StackView): Promise<MachineReport> {
  const { name, role, target } = machine;
  const { address, port, user } = target;
  const report: MachineReport = { name, role, address, port, user, facts: {}, checks: [] };
  const { checks } = report;
  const shown = await look("key", machine);
  if (!shown.ok) {
    checks.push(sessionFault(shown.words));
    return report;
  }
  report.hostKey = hostKeyOfMachine(machine, shown.stdout.trim());
  checks.push(fine("ssh", "answers"), hostKeyCheck(report.hostKey, machine));
  // Nothing is said to a machine whose key is not known.
  if (report.hostKey.pinned !== "same") return report;
  await examineInside(machine, view, report);
  return report;
}

async function examineInside(
  machine: Machine,
  view: StackView,
  report: MachineReport,
): Promise<void> {
  const { config } = view;
  const { host } = machine;
  const asked = Date.now() / 1000;
  let answer: SessionAnswer;
  if (host !== undefined) {
    const bundle = cachedBundle(bundleSpec(host, config));
    report.facts["wanted"] = shortHash(bundle.hash);
    answer = await look("check", machine, { rest: bundleKeys(bundle) });
  } else {
    const script = machine.role === "monitoring" ? vmScript(config) : ":\n";
    answer = await look("run", machine, { script });
  }
  addAnswer(report, answer, asked);
  if (!answer.ok || host === undefined) return;
  addHostChecks(report, host, config);
}

/** What every machine tells, in the order of a session. */
function addAnswer(report: MachineReport, answer: SessionAnswer, asked: number): void {
  const { checks, facts } = report;
  if (!answer.ok) {
    const fault = sessionFault(answer.words);
    if (fault.check === "sudo") checks.push(fine("login", report.user));
    checks.push(fault);
    return;
  }
  checks.push(fine("login", report.user));
  const found = readAnswer(answer.stdout);
  Object.assign(facts, found.facts);
  checks.push(...found.checks);
  const { clock, "free-kib": free } = facts;
  if (clock !== undefined) checks.push(clockCheck(Number(clock), asked, Date.now() / 1000));
  if (free !== undefined && isFine(report, "disk")) {
    checks.push(fine("disk", `${size(Number(free))} free`));
  }
}

function addHostChecks(
  report: MachineReport,
  host: NonNullable<Machine["host"]>,
  { context }: StackView["config"],
): void {
  const { checks, facts } = report;
  checks.push(fine("sudo", host.user === "root" ? "root" : "allowed"));
  checks.push(...flowerCheck(facts["flower"]));
  const ports = exporterPlaces(host, context).map(({ port }) => port);
  if (isFine(report, "port")) checks.push(fine("port", `${ports.join(", ")} free, or our own`));
  const control = host.flower?.control?.address;
  const asks = control !== undefined && context.metricsEnabled;
  if (asks && isFine(report, "superlink") && isFine(report, "flower-exporter")) {
    checks.push(fine("superlink", `${control} answers`));
  }
  if (host.gpu !== undefined && facts["gpu"] === undefined && isFine(report, "dcgm-exporter")) {
    const words =
      "the stack says that it has GPUs, and nvidia-smi lists none; install the driver, or set gpu: false for this host";
    checks.push(amiss("gpu", words, "warn"));
  }
}

function isFine({ checks }: MachineReport, check: string): boolean {
  return !checks.some((done) => done.check === check && done.state !== "ok");
}

/** The monitoring VM, where it is this machine. */
async function examineHere({ config }: StackView): Promise<MachineReport> {
  const { address } = config.monitoring;
  const report: MachineReport = {
    ...{ name: "monitoring", role: "monitoring", address, port: 0, user: "" },
    ...{ facts: {}, checks: [] },
  };
  const asked = Date.now() / 1000;
  addAnswer(report, await lookHere(vmScript(config)), asked);
  return report;
}

async function examineReach(
  { config }: StackView,
  machines: Machine[],
  reports: MachineReport[],
): Promise<void> {
  const vm = reports.find(({ role }) => role === "monitoring");
  if (vm === undefined) return;
  const { address, ports, docker } = config.monitoring;
  const own = Object.values(ports).map((port) => ({ address, port }));
  const tried = await Promise.all(
    own.map(async (place) => [`${place.address} ${place.port}`, await tryHere(place)] as const),
  );
  vm.checks.push(reachCheck(own, new Map(tried), "this machine"));
  const hosts = machines.filter(({ host }) => host !== undefined);
  const places = hosts.flatMap(({ host }) =>
    host === undefined ? [] : exporterPlaces(host, config.context),
  );
  const script = reachScript(places);
  const machine = machines.find(({ role }) => role === "monitoring");
  const entered = vm.checks.some(({ check, state }) => check === "login" && state === "ok");
  const answer =
    docker.kind === "unix"
      ? await lookHere(script)
      : machine !== undefined && entered
        ? await look("run", machine, { script })
        : undefined;
  for (const report of reports) {
    const host = machines.find(
      ({ name, role }) => name === report.name && role === report.role,
    )?.host;
    if (host === undefined) continue;
    report.checks.push(reachOf(exporterPlaces(host, config.context), answer));
  }
}

const FROM_VM = "the monitoring VM";

function reachOf(places: { address: string; port: number }[], answer?: SessionAnswer): Check {
  if (answer?.ok === true) return reachCheck(places, readReached(answer.stdout), FROM_VM);
  return {
    check: "reach",
    state: "skipped",
    seen: `${FROM_VM} could not be asked`,
    next: `mend ${FROM_VM} first`,
  };
}
