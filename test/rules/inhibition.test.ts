/** What a real Alertmanager holds back with the configuration that the program pushes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../lab/observe";
import { QUIET, startAlertmanager, type AlertmanagerServer } from "../support/alertmanager-server";

let server: AlertmanagerServer;
beforeAll(async () => {
  server = await startAlertmanager(QUIET);
});
afterAll(() => server.stop());

/** A pair of which the second is held back once Alertmanager has taken in everything before it. */
const CONTROL = [
  { alertname: "Control", severity: "critical", host: "control" },
  { alertname: "Held", severity: "warning", host: "control" },
];

/** Sends the alerts of a federation; tells which of them are held back. */
async function suppressed(federation: string, alerts: Record<string, string>[]): Promise<string[]> {
  const labelled = [...alerts, ...CONTROL].map((labels) => ({ labels: { ...labels, federation } }));
  await server.post(labelled);
  const held = await eventually(
    "the control is held back",
    15,
    async () => {
      const got = await server.alerts(`federation="${federation}"`);
      const mute = got.filter(({ status }) => status.inhibitedBy.length > 0);
      const names = mute.map(({ labels }) => `${labels["alertname"]} ${labels["host"] ?? "-"}`);
      return { all: got.length, names };
    },
    ({ all, names }) => names.includes("Held control") && all === labelled.length,
  );
  return held.names.filter((name) => name !== "Held control").sort();
}

const targetDown = (host: string, job = "node"): Record<string, string> => ({
  ...{ alertname: "TargetDown", severity: "warning", job, host },
});

test("a SuperNode that is offline speaks for the exporter of its own host, and no other", async () => {
  const offline = { alertname: "SuperNodeOffline", severity: "critical", host: "supernode-1" };
  expect(
    await suppressed("named", [offline, targetDown("supernode-1"), targetDown("superlink")]),
  ).toEqual(["TargetDown supernode-1"]);
});

test("a critical alert without a host holds nothing back, warnings without a host least of all", async () => {
  const offline = { alertname: "SuperNodeOffline", severity: "critical", node_id: "33" };
  const own = { alertname: "UsersOwn", severity: "warning" };
  expect(await suppressed("unnamed", [offline, own, targetDown("superlink")])).toEqual([]);
});

test("another federation's critical alert holds nothing back here", async () => {
  const offline = { alertname: "SuperNodeOffline", severity: "critical", host: "supernode-1" };
  await suppressed("theirs", [offline]);
  expect(await suppressed("ours", [targetDown("supernode-1")])).toEqual([]);
});

const clock = { alertname: "Clock", severity: "warning", host: "superlink" };

test("a host that is down speaks for its parts, but not for itself or another host", async () => {
  const parts = [targetDown("superlink", "flower"), clock, targetDown("supernode-1", "flower")];
  expect(await suppressed("host", [targetDown("superlink"), ...parts])).toEqual([
    "Clock superlink",
    "TargetDown superlink",
  ]);
});

test("a host that is down never holds back what is critical", async () => {
  const offline = { alertname: "SuperNodeOffline", severity: "critical", host: "superlink" };
  // The other way round: the critical alert speaks for the host.
  expect(await suppressed("critical", [targetDown("superlink"), offline])).toEqual([
    "TargetDown superlink",
  ]);
});

test("an exporter that is down alone holds nothing back", async () => {
  expect(await suppressed("exporter", [targetDown("superlink", "flower"), clock])).toEqual([]);
});

test("when most targets are gone, one message says so, and other warnings are still told", async () => {
  const many = { alertname: "ManyTargetsDown", severity: "critical" };
  const parts = [targetDown("superlink", "flower"), targetDown("supernode-1"), clock];
  // The node_exporter of supernode-1 speaks for that host alone.
  expect(await suppressed("many", [many, ...parts])).toEqual([
    "TargetDown superlink",
    "TargetDown supernode-1",
  ]);
});

test("a critical alert speaks for its own warning about the same subject, and no other", async () => {
  const slow = (severity: string, run_id: string): Record<string, string> => ({
    ...{ alertname: "RunSlow", severity, run_id },
  });
  const held = await suppressed("subject", [
    slow("critical", "1"),
    slow("warning", "1"),
    slow("warning", "2"),
    { alertname: "LossNaN", severity: "warning", run_id: "1" },
  ]);
  expect(held).toEqual(["RunSlow -"]);
});
