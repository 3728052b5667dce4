/** From an earlier release to this one, in the lab: what ran goes on, and what was kept is there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { note, step } from "../runner/progress";
import { run } from "../runner/run";
import { getJson } from "../runner/status/ask";
import { changes, engine, type Operation, type Outcome } from "./engine";
import { REPO } from "./engine/project";
import { hostOf, removeHosts, scriptOnHost } from "./hosts";
import { images } from "./images";
import { loadInto } from "./images/load";
import { labOf, type Lab } from "./layout";
import { eventually, monitorUrl, query, SAMPLES } from "./observe";
import { toolchain, type Toolchain } from "./toolchain";

const HELP = `upgrade [--from REF] [--keep]   an earlier release deploys the lab, then this one does

  --from REF   a tag or commit; default the newest tag before this commit
  --keep       leaves the lab as the upgrade left it

It is the lab of "up", which must not be there before. Exit code 0: Prometheus has its data and Alertmanager its
silences, no process of Flower's was restarted, every target is up, a second up changes nothing, and destroy leaves
nothing of either release on a host.
`;

export async function upgrade(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return true;
  }
  const lab = labOf();
  const from = values.from ?? (await lastTag());
  await deployOld(from);
  try {
    const problems = await upgradeFrom(lab, await toolchain());
    for (const problem of problems) note(problem);
    note(`from ${from}: ${problems.length === 0 ? "nothing was lost" : "not as it should be"}`);
    return problems.length === 0;
  } finally {
    if (!values.keep) await step("the lab is removed", () => removeHosts(lab));
  }
}

async function lastTag(): Promise<string> {
  const git = ["describe", "--tags", "--abbrev=0", "HEAD^"];
  return run("git", git, { cwd: REPO }).then(
    ({ stdout }) => stdout.trim(),
    () => {
      throw new Error(
        "upgrade: no release is tagged before this commit; do: upgrade --from COMMIT",
      );
    },
  );
}

/** `make up` of the earlier release, in a checkout of its own. */
async function deployOld(from: string): Promise<void> {
  const checkout = await mkdtemp(join(tmpdir(), "flower-monitoring-upgrade-"));
  try {
    await run("git", ["worktree", "add", "--detach", checkout, from], { cwd: REPO });
    await step(`make up of ${from}`, (say) =>
      run("lab/bootstrap.sh", ["up"], { cwd: checkout, onLine: say }),
    );
  } finally {
    await run("git", ["worktree", "remove", "--force", checkout], { cwd: REPO });
    await rm(checkout, { recursive: true, force: true });
  }
}

/** What is not as it should be. */
async function upgradeFrom(lab: Lab, tools: Toolchain): Promise<string[]> {
  const [before] = await query(lab, SAMPLES);
  const processes = await flowerProcesses(lab);
  const silence = await silenced(lab);
  const { prometheus, alertmanager, grafana } = await images(tools);
  // As a VM would pull them.
  await loadInto(
    hostOf(lab, "monitor").container,
    [prometheus, alertmanager, grafana],
    () => undefined,
  );

  const problems: string[] = [];
  const must = (so: boolean, problem: string): void => void (so || problems.push(problem));
  const done = async (operation: Operation): Promise<Outcome> => {
    const outcome = await step(`${operation} of this release`, () => engine(lab, tools, operation));
    const why = outcome.error ?? JSON.stringify(outcome.failures);
    must(outcome.ok, `${operation}: ${why}`);
    return outcome;
  };
  note(`${changes(await done("up")).length} resources changed`);
  await eventually(
    "every target is up",
    120,
    () => query(lab, "up"),
    (samples) => samples.length > 3 && samples.every(({ value }) => value === 1),
  ).catch((error: Error) => must(false, error.message));
  const [after] = await query(lab, SAMPLES);
  must((after?.value ?? 0) >= (before?.value ?? 1), "Prometheus has lost samples");
  must(await isActive(lab, silence), "Alertmanager has lost a silence");
  must((await flowerProcesses(lab)) === processes, "a process of Flower's was restarted");
  must(changes(await done("up")).length === 0, "a second up changes something");
  await done("destroy");
  must((await leftOn(lab)) === "", `left on hosts: ${await leftOn(lab)}`);
  return problems;
}

/** Process ids of Flower's units on all hosts. */
async function flowerProcesses(lab: Lab): Promise<string> {
  const script = "systemctl show --property=Id,MainPID 'flower-super*'\n";
  const hosts = lab.hosts.filter(({ role }) => role !== "monitor");
  return (await Promise.all(hosts.map((host) => scriptOnHost(host, script)))).join("\n");
}

async function silenced(lab: Lab): Promise<string> {
  const silence = {
    matchers: [{ name: "alertname", value: "Upgrade", isRegex: false, isEqual: true }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    createdBy: "upgrade",
    comment: "is there after it",
  };
  const response = await fetch(`${monitorUrl(lab, 9093)}/api/v2/silences`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(silence),
  });
  return ((await response.json()) as { silenceID: string }).silenceID;
}

async function isActive(lab: Lab, id: string): Promise<boolean> {
  const url = `${monitorUrl(lab, 9093)}/api/v2/silence/${id}`;
  const found = (await getJson(url).catch(() => ({}))) as { status?: { state: string } };
  return found.status?.state === "active";
}

async function leftOn(lab: Lab): Promise<string> {
  const script = "ls -d /opt/flower-monitoring /var/lib/flower-monitoring 2>/dev/null || :\n";
  const all = lab.hosts.map(async (host) => (await scriptOnHost(host, script)).trim());
  return (await Promise.all(all)).filter(Boolean).join(" ");
}
