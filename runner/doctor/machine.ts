/** Looks at one machine of a stack. */
import type { FederationHostConfig, FleetConfig } from "../../components/config/schema";
import { bundleSpec, cachedBundle } from "../../components/host-bundle";
import { bundleKeys, type SessionBundle } from "../../components/render/session";
import { shortHash } from "../../components/render/shell";
import type { Machine } from "../machines";
import { look, lookHere, type SessionAnswer } from "../session";
import { coreOf, fleetOf, type StackView } from "../stack";
import { amiss, clockCheck, fine, flowerCheck, type MachineReport } from "./checks";
import { readAnswer, sessionFault, size } from "./checks";
import { hostKeyCheck, hostKeyOfMachine } from "./host-key";
import { exporterPlaces } from "./reach";
import { vmScript } from "./vm";

/** Also shows the machine's host key, and logs in only where that is the pinned one. */
export async function examineMachine(machine: Machine, view: StackView): Promise<MachineReport> {
  const report = blank(machine);
  const shown = await look("key", machine);
  if (!shown.ok) {
    report.checks.push(sessionFault(shown.words));
    return report;
  }
  report.hostKey = hostKeyOfMachine(machine, shown.stdout.trim());
  report.checks.push(fine("ssh", "answers"), hostKeyCheck(report.hostKey, machine));
  return report.hostKey.pinned === "same" ? examineInside(machine, view, report) : report;
}

/** What an `up` alone has to know, over one connection. */
export async function preflightMachine(machine: Machine, view: StackView): Promise<MachineReport> {
  return examineInside(machine, view, blank(machine));
}

/** The monitoring VM, where it is this machine. */
export async function examineHere(view: StackView): Promise<MachineReport> {
  const core = coreOf(view.config);
  if (core === undefined) throw new Error("this stack has no monitoring VM");
  const { address } = core.monitoring;
  const report: MachineReport = {
    ...{ name: "monitoring", role: "monitoring", address, port: 0, user: "" },
    ...{ facts: {}, checks: [] },
  };
  const asked = Date.now() / 1000;
  addAnswer(report, await lookHere(vmScript(core)), asked);
  return report;
}

function blank({ name, role, target: { address, port, user } }: Machine): MachineReport {
  return { name, role, address, port, user, facts: {}, checks: [] };
}

async function examineInside(
  machine: Machine,
  { config }: StackView,
  report: MachineReport,
): Promise<MachineReport> {
  const { host } = machine;
  const [fleet, core] = [fleetOf(config), coreOf(config)];
  const asked = Date.now() / 1000;
  if (host !== undefined && fleet !== undefined) {
    const bundle = bundleOf(host, fleet);
    if (typeof bundle === "string") {
      report.checks.push(amiss("bundle", bundle));
      return report;
    }
    report.facts["wanted"] = shortHash(bundle.hash);
    const answer = await look("check", machine, { rest: bundleKeys(bundle) });
    addAnswer(report, answer, asked);
    if (answer.ok) addHostChecks(report, host, fleet);
  } else {
    const vm = machine.role === "monitoring" && core !== undefined;
    addAnswer(report, await look("run", machine, { script: vm ? vmScript(core) : ":\n" }), asked);
  }
  return report;
}

/** The bundle that the host should have, or why it cannot be made: artifacts that are not what they should be. */
function bundleOf(host: FederationHostConfig, fleet: FleetConfig): SessionBundle | string {
  try {
    return cachedBundle(bundleSpec(host, fleet));
  } catch (error) {
    return (error as Error).message;
  }
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
  host: FederationHostConfig,
  { context }: FleetConfig,
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
