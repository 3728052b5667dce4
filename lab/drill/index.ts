/** Faults in a lab of their own, for real, until somebody is told of them, and of their end. */
import { parseArgs } from "node:util";
import { step } from "../../runner/progress";
import { engine, type Edit } from "../engine";
import { removeHosts, startHosts, stopTraining } from "../hosts";
import { images } from "../images";
import { labOf, type Lab } from "../layout";
import { delivered, eventually, forgetDelivered, query } from "../observe";
import { toolchain, type Toolchain } from "../toolchain";
import type { Fault } from "./fault";
import { hostFaults } from "./host-faults";
import { runFaults } from "./run-faults";
import { sufferAll, type Result } from "./suffer";

const FAULTS = [...hostFaults, ...runFaults];

const DRILL_HELP = `drill [NAME...]   faults in a lab of their own, each until its alert is told and is over again

  --calm MINUTES   before: how long a healthy lab has to be silent, default 15
  --keep           leaves the lab

Names: ${FAULTS.map(({ name }) => name).join(", ")}
`;

/** Three SuperNodes, GPUs by the stand-in, and pauses that a drill has time for. */
const stack: Edit = (config) => {
  const nodes = config["supernodes"] as { flower: object; address: string }[];
  const third = { name: "supernode-3", address: "172.31.79.23", labels: { site: "hospital-3" } };
  const flower = { ...nodes[0]?.flower, containerMetrics: true };
  config["supernodes"] = [
    { ...nodes[0], gpu: true, dcgm: true },
    ...nodes.slice(1),
    { ...third, flower },
  ];
  Object.assign(config["alerting"] as object, {
    deadMansSwitch: { url: labOf("drill").receiver.url },
    thresholds: {
      trainingStalledFor: "30s",
      clientFailureFor: "30s",
      // Good answers of the calm minutes count too.
      clientFailureShare: 0.05,
      stragglerFor: "30s",
      stragglerSeconds: 30,
    },
  });
};

/** Runs faults, all or the named; true when each was told in time, once, and nothing else. */
export async function drill(args: string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      calm: { type: "string", default: "15" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(DRILL_HELP);
    return true;
  }
  const chosen = choose(positionals);
  const lab = labOf("drill", 3);
  const tools = await toolchain();
  try {
    await prepare(lab, tools);
    const noise = await calm(lab, Number(values.calm));
    await step("training ends", () => stopTraining(lab));
    const lane = (name: Fault["lane"]): Promise<Result[]> =>
      sufferAll(
        lab,
        chosen.filter((fault) => fault.lane === name),
      );
    await forgetDelivered(lab);
    const both = await Promise.all([lane("hosts"), lane("training")]);
    const results = [...both.flat(), ...(await lane("alone"))];
    const others = await unasked(lab, chosen);
    process.stdout.write(table(results, noise, others));
    return (
      noise.length + others.length === 0 && results.every(({ problems }) => problems.length === 0)
    );
  } finally {
    if (!values.keep) await step("the lab is removed", () => removeHosts(lab));
  }
}

function choose(names: string[]): Fault[] {
  if (names.length === 0) return FAULTS;
  return names.map((name) => {
    const found = FAULTS.find((fault) => fault.name === name);
    if (found === undefined) throw new Error(`${name}: no such fault\n\n${DRILL_HELP}`);
    return found;
  });
}

async function prepare(lab: Lab, tools: Toolchain): Promise<void> {
  await startHosts(lab, await images(tools));
  await step("pulumi up", async () => {
    const outcome = await engine(lab, tools, "up", { edit: stack });
    if (!outcome.ok) throw new Error(outcome.error ?? JSON.stringify(outcome.failures));
  });
}

/** Alerts that a healthy lab has told within so many minutes. */
async function calm(lab: Lab, minutes: number): Promise<string[]> {
  await eventually(
    "every target is up",
    120,
    () => query(lab, "up == 0"),
    (down) => down.length === 0,
  );
  await forgetDelivered(lab);
  await step(`${minutes} minutes of a healthy lab`, () => pause(minutes * 60));
  const firing = await query(lab, 'ALERTS{alertstate="firing",alertname!="Watchdog"}');
  return namesOf([...(await delivered(lab)), ...firing]);
}

/** Alerts that were told and are no fault's. */
async function unasked(lab: Lab, faults: Fault[]): Promise<string[]> {
  const asked = faults.flatMap(({ alert, also = [] }) => [alert, ...also]);
  return namesOf(await delivered(lab)).filter((name) => !asked.includes(name));
}

/** Names of alerts, each once, but for the one that is always told. */
function namesOf(alerts: { labels: Record<string, string> }[]): string[] {
  const names = new Set(alerts.map(({ labels }) => labels["alertname"] ?? ""));
  return [...names].filter((name) => name !== "Watchdog");
}

function table(results: Result[], noise: string[], others: string[]): string {
  const rows = results.map(({ fault, told, over, problems }) =>
    [
      fault.name,
      fault.alert,
      `${told ?? "not"} (${fault.tells})`,
      `${over ?? "not"} (${fault.ends})`,
      problems.join("; "),
    ].join(" | "),
  );
  const head = "fault | alert | told after s (limit) | over after s (limit) | problems";
  const list = (names: string[]): string => names.join(", ") || "nothing";
  return [
    `\nA healthy lab told, but for Watchdog: ${list(noise)}`,
    `Told and of no fault: ${list(others)}`,
    `\n| ${head} |\n| --- | --- | --- | --- | --- |`,
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));
