import { expect, test } from "vitest";
import { changes, start } from "../../../lab/engine";
import { eventually, query } from "../../../lab/observe";
import { run } from "../../../lab/run";
import { difference, listing, operate, report, told, up, type World } from "../world";

/** Hosts whose state is compared: all that the stack touches. */
export const TOUCHED = ["monitor", "superlink", "supernode-1", "supernode-2", "supernode-3"];

/** What every host has; compared before the first `up` and after `destroy`. */
export async function listings(world: World): Promise<Record<string, string>> {
  const all = await Promise.all(
    TOUCHED.map(async (host) => [host, await listing(world, host)] as const),
  );
  return Object.fromEntries(all);
}

/** Starts an `up` and sends a signal once a step matches. */
async function interrupt(world: World, signal: NodeJS.Signals, at: RegExp): Promise<string[]> {
  const seen: string[] = [];
  const running = await start(world.lab, world.tools, "up", {
    onStep: ({ op, name }) => {
      seen.push(`${op} ${name}`);
      if (at.test(`${op} ${name}`)) running.signal(signal);
    },
  });
  await running.outcome;
  return seen;
}

export function life(world: () => World, before: () => Record<string, string>): void {
  test("destroy leaves every host as it was found", async () => {
    const outcome = await operate(world(), "destroy");
    expect(outcome.ok, report(outcome)).toBe(true);
    const after = await listings(world());
    for (const host of TOUCHED) {
      expect(difference(before()[host], after[host] ?? ""), host).toEqual([]);
    }
  });

  test("training went on all the while", async () => {
    const { lab } = world();
    const superlink = lab.hosts.find(({ role }) => role === "superlink");
    const { stdout } = await run("docker", [
      ...["exec", superlink?.container ?? "", "systemctl", "show", "flower-superlink"],
      ...["--property=NRestarts", "--property=ActiveState", "--value"],
    ]);
    expect(stdout.trim().split("\n").sort()).toEqual(["0", "active"]);
  });

  test("an up that is interrupted (SIGINT), then killed (SIGKILL), ends healthy when run again", async () => {
    // Early enough to leave the containers to the second try: an interrupted engine ends its steps.
    const first = await interrupt(world(), "SIGINT", /create monitoring-prometheus-targets/);
    expect(first).toContain("create monitoring-prometheus-targets");
    const second = await interrupt(world(), "SIGKILL", /create .*-container/);
    expect(second.some((step) => step.includes("-container"))).toBe(true);
    await up(world());
    await eventually(
      "every target up",
      60,
      () => query(world().lab, "up"),
      (samples) => samples.length === 7 && samples.every(({ value }) => value === 1),
    );
    expect(told(changes(await up(world())))).toEqual([]);
  });

  test("destroy after all that leaves nothing either", async () => {
    const outcome = await operate(world(), "destroy");
    expect(outcome.ok, report(outcome)).toBe(true);
    const after = await listings(world());
    for (const host of TOUCHED) {
      expect(difference(before()[host], after[host] ?? ""), host).toEqual([]);
    }
  });

  test("the same program on this machine's own Docker (unix://), and gone again", async () => {
    const ports = { prometheus: 19090, alertmanager: 19093, grafana: 13000 };
    const onThisMachine = (config: Record<string, unknown>): void => {
      config["monitoring"] = { docker: "unix:///var/run/docker.sock", ports };
      // Docker keeps its own networks apart, so the lab's hosts and receiver are out of reach from here.
      const { receivers } = config["alerting"] as { receivers: { verify: boolean }[] };
      for (const receiver of receivers) receiver.verify = false;
    };
    const machine = async (): Promise<string> => {
      const lists = await Promise.all([
        run("docker", ["ps", "--all", "--format", "{{.Names}}"]),
        run("docker", ["volume", "ls", "--quiet"]),
        run("docker", ["network", "ls", "--format", "{{.Name}}"]),
      ]);
      return lists.map(({ stdout }) => stdout).join("\n");
    };
    const found = await machine();
    await up(world(), onThisMachine);
    try {
      const query = encodeURIComponent('sum(up{host="monitoring"})');
      const url = `http://127.0.0.1:${ports.prometheus}/api/v1/query?query=${query}`;
      await eventually(
        "Prometheus, Alertmanager and Grafana up",
        60,
        async () => (await fetch(url)).text(),
        (text) => text.includes('"3"'),
      );
      expect(told(changes(await up(world(), onThisMachine)))).toEqual([]);
    } finally {
      const outcome = await operate(world(), "destroy", onThisMachine);
      expect(outcome.ok, report(outcome)).toBe(true);
    }
    expect(await machine()).toBe(found);
  });
}
