import { expect, test } from "vitest";
import { changes } from "../../../lab/engine";
import { hostOf, scriptOnHost, stopRun } from "../../../lab/hosts";
import { eventually, query } from "../../../lab/observe";
import { told, up, type World } from "../world";

const HOOKED = ["superlink", "supernode-1", "supernode-2"];

/** Three rounds of the lab's app; most of them pass while other claims are tried. */
const ROUNDS_SECONDS = 300;

/** Whether a new Python of Flower's, as Flower's user starts it, has the hook; its log format. */
function hookOn({ lab }: World, host: string): Promise<string> {
  return scriptOnHost(
    hostOf(lab, host),
    `cd / && runuser -u flower -- /opt/flower/bin/python -B - <<'END'
import sys
print(any(type(f).__module__.startswith("flower_monitoring") for f in sys.meta_path))
from flower_monitoring.hook import settings
print(settings.get("FL_LOG_FORMAT"))
END
`,
  ).then((text) => text.trim().replace("\n", " "));
}

/** Start of every Flower service of the lab: equal before and after means that none restarted. */
async function flowerStarts({ lab }: World): Promise<string[]> {
  const units = "flower-superlink flower-supernode flower-training";
  const show = `systemctl show ${units} -p Id -p ActiveState -p InvocationID -p NRestarts\n`;
  return Promise.all(HOOKED.map((host) => scriptOnHost(hostOf(lab, host), show)));
}

const updates = HOOKED.map((host) => `update ${host}-install`);

/** Right after the first `up`: what the later claims need time for begins here. */
export function hookPlaced(world: () => World): void {
  test("the hook is in Flower's environment where the stack says so, and nowhere else", async () => {
    const seen = await Promise.all(HOOKED.map((host) => hookOn(world(), host)));
    expect(seen).toEqual(HOOKED.map(() => "True json"));
    const third = await scriptOnHost(
      hostOf(world().lab, "supernode-3"),
      "find /opt -name 'flower*monitoring*'\n",
    );
    expect(third).toBe("");
  });

  test("a run that began before the hook is read from its log, and can be stopped", async () => {
    const running = await eventually(
      "the run before the hook",
      60,
      () =>
        query(world().lab, 'fl_training_status == 1 and on (run_id) fl_run_source{source="logs"}'),
      (runs) => runs.length === 1,
    );
    const runId = running[0]?.labels["run_id"] ?? "";
    await stopRun(world().lab, runId);
    await eventually(
      "the stopped run is idle",
      60,
      () => query(world().lab, `fl_training_status{run_id="${runId}"}`),
      ([status]) => status?.value === 0,
    );
  });
}

export function hook(world: () => World): void {
  test("an app that never heard of us has a loss that falls, round by round, told by the hook", async () => {
    // Of a run that the hook tells of: its loss changed twice or more, each time downwards.
    const hooked = 'and on (run_id) fl_run_source{source="hook"} == 1';
    const seen = await eventually(
      "a falling loss",
      ROUNDS_SECONDS,
      () => query(world().lab, `changes(fl_aggregated_loss[20m]) ${hooked}`),
      (runs) => runs.some(({ value }) => value >= 2),
    );
    const falls = await query(world().lab, `resets(fl_aggregated_loss[20m]) ${hooked}`);
    for (const { labels, value } of seen.filter((run) => run.value >= 2)) {
      const down = falls.find((run) => run.labels["run_id"] === labels["run_id"]);
      // A SuperNode was killed before: the one round without its examples may end above the last.
      expect(down?.value, `falls of ${value} changes`).toBeGreaterThanOrEqual(value - 1);
    }
  });

  test("another log format touches the hosts and what they should run, and restarts nothing of Flower's", async () => {
    const before = await flowerStarts(world());
    const outcome = await up(world(), (config) => {
      (config["context"] as Record<string, unknown>)["FL_LOG_FORMAT"] = "text";
    });
    const wanted = "update monitoring-prometheus-live-config";
    expect(told(changes(outcome))).toEqual([...updates, wanted].sort());
    const seen = await Promise.all(HOOKED.map((host) => hookOn(world(), host)));
    expect(seen).toEqual(HOOKED.map(() => "True text"));
    expect(await flowerStarts(world())).toEqual(before);
    const hosts = outcome.outputs["hosts"] as Record<string, { status: string }>;
    expect(hosts["supernode-1"]?.status).toMatch(
      / hook=changed; running Flower services follow at their next start$/,
    );
    await up(world());
    expect(await flowerStarts(world())).toEqual(before);
  });

  test("a unit that the stack names is restarted with the change, and no other", async () => {
    const before = await flowerStarts(world());
    const outcome = await up(world(), (config) => {
      (config["context"] as Record<string, unknown>)["FL_GPU_ENABLED"] = "YES";
      const [first] = config["supernodes"] as { flower: Record<string, unknown> }[];
      if (first !== undefined) first.flower["restart"] = ["flower-supernode.service"];
    });
    const hosts = outcome.outputs["hosts"] as Record<string, { status: string }>;
    expect(hosts["supernode-1"]?.status).toMatch(/ restarted=flower-supernode.service$/);
    const after = await flowerStarts(world());
    expect(after[1]).not.toBe(before[1]);
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    await up(world());
    await eventually(
      "the SuperNode is back",
      90,
      () => query(world().lab, 'fl_supernodes{status="online"}'),
      ([online]) => online?.value === 3,
    );
  });
}
