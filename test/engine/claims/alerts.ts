import { expect, test } from "vitest";
import { hostOf, scriptOnHost } from "../../../lab/hosts";
import { delivered, eventually, forgetDelivered, query } from "../../../lab/observe";
import { containerStarts, type World } from "../world";

/** Flower calls a killed SuperNode offline after 37 to 60 s; then the alert's own 30 s, and delivery. */
const OFFLINE_SECONDS = 150;
/** A crashed SuperNode is refused until its old heartbeat has run out, and tries every 20 s. */
const RETURN_SECONDS = 180;

export function alerts(world: () => World): void {
  test("a killed SuperNode is told to the receiver, and so is its return", async () => {
    const { lab } = world();
    await forgetDelivered(lab);
    const node = hostOf(lab, "supernode-2");
    await scriptOnHost(
      node,
      "mkdir -p /run/systemd/system/flower-supernode.service.d\n" +
        "printf '[Service]\\nRestart=no\\n' > /run/systemd/system/flower-supernode.service.d/test.conf\n" +
        "systemctl daemon-reload\nsystemctl kill --signal=KILL flower-supernode\n",
    );
    const mine = async (): Promise<{ status: string; labels: Record<string, string> }[]> =>
      (await delivered(lab)).filter(
        ({ labels }) =>
          labels["alertname"] === "SuperNodeOffline" && labels["name"] === "supernode-2",
      );
    const fired = await eventually("firing", OFFLINE_SECONDS, mine, (got) => got.length > 0);
    expect(fired[0]).toMatchObject({
      status: "firing",
      labels: { severity: "critical", federation: "demo" },
    });
    await scriptOnHost(
      node,
      "rm -r /run/systemd/system/flower-supernode.service.d\nsystemctl daemon-reload\n" +
        "systemctl start flower-supernode\n",
    );
    const all = await eventually("resolved", RETURN_SECONDS, mine, (got) =>
      got.some(({ status }) => status === "resolved"),
    );
    // Told once, resolved once.
    expect(all.map(({ status }) => status)).toEqual(["firing", "resolved"]);
  });

  test("a Prometheus that is killed comes back with its data", async () => {
    const { lab } = world();
    const monitor = hostOf(lab, "monitor");
    const before = await query(lab, "prometheus_tsdb_head_min_time_seconds");
    const starts = await containerStarts(world());
    await scriptOnHost(
      monitor,
      "kill -KILL $(docker inspect --format '{{.State.Pid}}' flower-monitoring-prometheus)\n",
    );
    await eventually(
      "Prometheus answers again",
      60,
      () => query(lab, 'count_over_time(up{job="prometheus"}[10m])'),
      ([count]) => (count?.value ?? 0) > 10,
    );
    expect(await containerStarts(world())).not.toBe(starts);
    const after = await eventually(
      "its oldest sample",
      60,
      () => query(lab, "prometheus_tsdb_head_min_time_seconds"),
      ([sample]) => sample !== undefined,
    );
    expect(after[0]?.value).toBe(before[0]?.value);
  });
}
