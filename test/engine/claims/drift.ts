import { expect, test } from "vitest";
import { changes } from "../../../lab/engine";
import { hostOf, scriptOnHost } from "../../../lab/hosts";
import {
  delivered,
  eventually,
  forgetDelivered,
  query,
  type Delivered,
} from "../../../lab/observe";
import { told, up, type World } from "../world";

/** What the issue allows from a change by hand until it is told. */
const DRIFT_SECONDS = 120;

const UNIT = "/etc/systemd/system/flower-monitoring-node-exporter.service";

export function drift(world: () => World): void {
  const drifts = async (): Promise<Delivered[]> =>
    (await delivered(world().lab)).filter(({ labels }) => labels["alertname"] === "HostDrift");

  test("hosts as they were deployed differ in nothing", async () => {
    const { lab } = world();
    const hosts = await query(lab, "host:flower_monitoring_bundle_info:wanted");
    expect(hosts.map(({ labels }) => labels["host"]).sort()).toEqual([
      "superlink",
      "supernode-1",
      "supernode-2",
    ]);
    expect(await query(lab, "flower_monitoring_host_drift")).toEqual([]);
    expect(await query(lab, 'ALERTS{alertname="HostDrift"}')).toEqual([]);
  });

  test("a unit that is edited by hand is told within two minutes, with host and part", async () => {
    await forgetDelivered(world().lab);
    await scriptOnHost(hostOf(world().lab, "supernode-1"), `echo '# mine' >> ${UNIT}\n`);

    const fired = await eventually("firing", DRIFT_SECONDS, drifts, (got) =>
      got.some(({ labels }) => labels["reason"] === "unit-edited"),
    );

    expect(fired.find(({ labels }) => labels["reason"] === "unit-edited")).toMatchObject({
      status: "firing",
      labels: { host: "supernode-1", part: "node-exporter", severity: "warning" },
      annotations: { summary: "node-exporter on supernode-1 is not as deployed: unit-edited" },
    });
  });

  test("an up repairs it where asked to, and what is told ends", async () => {
    expect(told(changes(await up(world())))).toEqual([]);

    const outcome = await up(world(), (config) => {
      config["repair"] = "drift";
    });

    expect(told(changes(outcome))).toEqual(
      ["superlink", "supernode-1", "supernode-2"].map((host) => `update ${host}-install`),
    );
    const hosts = outcome.outputs["hosts"] as Record<string, { status: string }>;
    expect(hosts["supernode-1"]?.status).toContain("changed=1");
    expect(hosts["supernode-2"]?.status).toContain("changed=0");
    await eventually("resolved", DRIFT_SECONDS, drifts, (got) =>
      got.some(({ status, labels }) => status === "resolved" && labels["host"] === "supernode-1"),
    );
    expect(await query(world().lab, "flower_monitoring_host_drift")).toEqual([]);
    await up(world());
  });
}
