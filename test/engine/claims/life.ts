import { expect, test } from "vitest";
import { changes } from "../../../lab/engine";
import { eventually } from "../../../lab/observe";
import { run } from "../../../runner/run";
import {
  destroy,
  difference,
  everyTargetUp,
  inTerminal,
  interrupt,
  listing,
  operate,
  report,
  told,
  up,
  type World,
} from "../world";

/** Hosts whose state is compared: all that the stack touches. */
const TOUCHED = ["monitor", "superlink", "supernode-1", "supernode-2", "supernode-3"];

/** What every host has; compared before the first `up` and after `destroy`. */
export async function listings(world: World): Promise<Record<string, string>> {
  const all = await Promise.all(
    TOUCHED.map(async (host) => [host, await listing(world, host)] as const),
  );
  return Object.fromEntries(all);
}

/** Where hosts differ from what they were before: none when all is as it was found. */
export async function differences(world: World, before: Record<string, string>): Promise<string[]> {
  const after = await listings(world);
  return TOUCHED.flatMap((host) =>
    difference(before[host], after[host] ?? "").map((line) => `${host}: ${line}`),
  );
}

export function life(world: () => World, before: () => Record<string, string>): void {
  test("destroy leaves every host as it was found", async () => {
    await destroy(world());
    expect(await differences(world(), before())).toEqual([]);
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

  test("an up that is interrupted (SIGINT) or killed (SIGKILL) in any phase ends healthy when run again", async () => {
    // In the order of the phases: each try gets further than the one before it.
    await interrupt(world(), "up", "SIGKILL", /create supernode-1-install/);
    // An interrupted engine ends the steps that it is in.
    await interrupt(world(), "up", "SIGINT", /create monitoring-prometheus-targets/);
    await interrupt(world(), "up", "SIGKILL", /create .*-container/);
    await interrupt(world(), "up", "SIGKILL", /create grafana-/);
    await up(world());
    await everyTargetUp(world(), 7);
    expect(told(changes(await up(world())))).toEqual([]);
  });

  test("pulumi cancel takes the lock of an up that is at work, which goes on, and an up after it ends healthy", async () => {
    const edit = (config: Record<string, unknown>): void => void (config["retention"] = "3d");
    let cancelled: Promise<unknown> | undefined;
    const outcome = await operate(world(), "up", edit, {
      onStep: () => {
        cancelled ??= inTerminal(world(), `pulumi cancel --yes --stack ${world().lab.stack}`);
      },
    });
    expect(cancelled).toBeDefined();
    await cancelled;
    expect(outcome.ok, report(outcome)).toBe(true);
    await up(world(), edit);
    expect(told(changes(await up(world(), edit)))).toEqual([]);
    await everyTargetUp(world(), 7);
  });

  test("an update and a destroy that are killed are done when run again", async () => {
    const edit = (config: Record<string, unknown>): void => void (config["repair"] = "killed");
    await interrupt(world(), "up", "SIGKILL", /update supernode-2-install/, { edit });
    await up(world(), edit);
    expect(told(changes(await up(world(), edit)))).toEqual([]);
    await everyTargetUp(world(), 7);
    await interrupt(world(), "destroy", "SIGKILL", /delete .*-container/);
  });

  test("destroy after all that leaves nothing either", async () => {
    await destroy(world());
    expect(await differences(world(), before())).toEqual([]);
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
      await destroy(world(), onThisMachine);
    }
    expect(await machine()).toBe(found);
  });
}
