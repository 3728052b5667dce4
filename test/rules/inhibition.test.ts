/** What a real Alertmanager holds back with the configuration that the program pushes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

const warning = (alertname: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...{ alertname, severity: "warning", host: "supernode-1", ...more },
});
const critical = (alertname: string, more: Record<string, string> = {}): Record<string, string> =>
  warning(alertname, { severity: "critical", ...more });

test("a host that is down speaks for its exporters, its warnings and its SuperNode, and no other's", async () => {
  const parts = [
    targetDown("supernode-1"),
    targetDown("supernode-1", "dcgm"),
    warning("HostDrift"),
    critical("SuperNodeOffline"),
  ];
  const others = [critical("SuperNodeOffline", { host: "supernode-2" }), clock];
  expect(await suppressed("host", [critical("HostDown"), ...parts, ...others])).toEqual([
    "HostDrift supernode-1",
    "SuperNodeOffline supernode-1",
    "TargetDown supernode-1",
    "TargetDown supernode-1",
  ]);
});

test("a host that is down holds back no other critical alert of its host", async () => {
  const disk = critical("HostDiskFull", { mountpoint: "/" });
  expect(await suppressed("critical", [critical("HostDown"), disk])).toEqual([]);
});

test("an exporter that is down alone holds nothing back, whichever it is", async () => {
  const alone = [targetDown("superlink", "flower"), targetDown("superlink"), clock];
  expect(await suppressed("exporter", alone)).toEqual([]);
});

test("what is critical by itself for days leaves its host's warnings alone", async () => {
  const alone = [
    critical("CertificateExpiringSoon", { path: "/etc/flower/ca.crt" }),
    critical("HostDiskFull", { mountpoint: "/data" }),
    critical("HostReadOnlyFilesystem", { mountpoint: "/data" }),
  ];
  const others = [warning("HostDrift"), warning("HostDiskWillFill", { mountpoint: "/" })];
  expect(await suppressed("alone", [...alone, ...others])).toEqual([]);
});

test("a full disk needs no prediction, another one does", async () => {
  const full = critical("HostDiskFull", { mountpoint: "/" });
  const fill = (mountpoint: string) => warning("HostDiskWillFill", { mountpoint });
  expect(await suppressed("disk", [full, fill("/"), fill("/data")])).toEqual([
    "HostDiskWillFill supernode-1",
  ]);
});

test("waiting for a CPU says more than a busy one, and nothing about memory", async () => {
  const high = (resource: string, host: string) =>
    warning("SystemResourceHigh", { resource, host });
  const held = await suppressed("resource", [
    ...[warning("HostCpuSaturated"), high("CPU", "supernode-1"), high("memory", "supernode-1")],
    ...[warning("HostMemoryPressure", { host: "h2" }), high("memory", "h2"), high("CPU", "h2")],
  ]);
  expect(held).toEqual(["SystemResourceHigh h2", "SystemResourceHigh supernode-1"]);
});

test("a container that was killed for memory speaks for its host's kernel and its own restarts", async () => {
  const named = (alertname: string, name: string) => warning(alertname, { name });
  const held = await suppressed("container", [
    named("ContainerOomKilled", "app"),
    warning("HostOomKill"),
    ...["ContainerRestarting", "ContainerMemoryNearLimit"].map((alert) => named(alert, "app")),
    named("ContainerRestarting", "other"),
  ]);
  expect(held).toEqual([
    "ContainerMemoryNearLimit supernode-1",
    "ContainerRestarting supernode-1",
    "HostOomKill supernode-1",
  ]);
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

const gpu = (alertname: string, UUID: string, more: Record<string, string> = {}) => ({
  ...{ alertname, severity: "warning", host: "supernode-1", UUID },
  ...more,
});
const CRITICAL = { severity: "critical" };

test("a GPU in critical trouble speaks for its own warnings, and for no other GPU or disk", async () => {
  const held = await suppressed("gpu", [
    gpu("GPUTemperatureCritical", "a", CRITICAL),
    gpu("GPUTemperatureHigh", "a"),
    gpu("GPUClockDrop", "a"),
    gpu("GPUClockDrop", "b"),
    gpu("GPUMemoryHeld", "a"),
    warning("HostDiskWillFill", { mountpoint: "/" }),
  ]);
  expect(held).toEqual(["GPUClockDrop supernode-1", "GPUTemperatureHigh supernode-1"]);
});

test("a GPU that is lost is one page: not its XID 79 too, nor nvidia-smi that fails", async () => {
  const held = await suppressed("gpu-lost", [
    gpu("GPULost", "a", CRITICAL),
    gpu("GPUXIDError", "a", { ...CRITICAL, xid: "79" }),
    warning("HostFactMissing", { fact: "gpus" }),
    warning("DcgmMetricsAbsent"),
    warning("DcgmMetricsAbsent", { host: "supernode-2" }),
  ]);
  expect(held).toEqual([
    "DcgmMetricsAbsent supernode-1",
    "GPUXIDError supernode-1",
    "HostFactMissing supernode-1",
  ]);
});

test("another XID of a GPU that is lost, and XID 79 of another GPU, are told", async () => {
  const told = [
    gpu("GPULost", "a", CRITICAL),
    gpu("GPUXIDError", "a", { ...CRITICAL, xid: "119" }),
    gpu("GPUXIDError", "b", { ...CRITICAL, xid: "79" }),
  ];
  expect(await suppressed("xid", told)).toEqual([]);
});

test("an uncorrected memory error is one page, and a full GPU on which training fails one message", async () => {
  const held = await suppressed("memory", [
    gpu("GPUUncorrectedMemoryErrors", "a", CRITICAL),
    gpu("GPUXIDError", "a", { ...CRITICAL, xid: "95" }),
    gpu("GPUMemoryRepairPending", "a"),
    gpu("GPUOutOfMemory", "b"),
    gpu("GPUMemoryExhaustion", "b"),
  ]);
  expect(held).toEqual([
    "GPUMemoryExhaustion supernode-1",
    "GPUMemoryRepairPending supernode-1",
    "GPUXIDError supernode-1",
  ]);
});

test("what slows a GPU down speaks for its clock", async () => {
  const slow = [gpu("GPUPowerBrake", "a"), gpu("GPUClockDrop", "a"), gpu("GPUClockDrop", "b")];
  expect(await suppressed("clock", slow)).toEqual(["GPUClockDrop supernode-1"]);
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

test("an exporter that is down speaks for the promises that it measures", async () => {
  const noData = (job: string, host: string): Record<string, string> => ({
    ...{ alertname: "SLONoData", severity: "warning", job, host },
  });
  // A host that no alert has: these have a promise instead.
  const unknown = [noData("flower", "a"), noData("api", "b")];
  expect(await suppressed("measures", [targetDown("superlink", "flower"), ...unknown])).toEqual([
    "SLONoData a",
  ]);
});

test("a budget that burns fast speaks for itself burning slowly, and for no other budget", async () => {
  const burns = (severity: string, slo: string): Record<string, string> => ({
    alertname: severity === "critical" ? "SLOBudgetBurnsFast" : "SLOBudgetBurnsSlowly",
    ...{ severity, slo },
  });
  const held = await suppressed("budgets", [
    burns("critical", "round_time"),
    burns("warning", "round_time"),
    burns("warning", "data_freshness"),
  ]);
  expect(held).toEqual(["SLOBudgetBurnsSlowly -"]);
});

describe("one problem of Flower's is told once", () => {
  const about = (
    alertname: string,
    labels: Record<string, string> = {},
  ): Record<string, string> => ({
    ...{ alertname, severity: "warning" },
    ...labels,
  });
  const run = (alertname: string, run_id = "7001"): Record<string, string> =>
    about(alertname, { run_id });
  const offline = { alertname: "SuperNodeOffline", severity: "critical", node_id: "33" };

  test("a SuperNode is lost: not that runs wait for it, but that a run learns nothing", async () => {
    const told = [
      run("RunWaitingForNodes"),
      run("FLExcessiveClientDropout"),
      about("ClientDropout"),
    ];
    const held = await suppressed("lost", [offline, ...told, run("LossNaN")]);
    expect(held).toEqual(["ClientDropout -", "FLExcessiveClientDropout -", "RunWaitingForNodes -"]);
  });

  test("and its own coming and going, not another's", async () => {
    const flapping = (node_id: string): Record<string, string> =>
      about("SuperNodeFlapping", { node_id });
    expect(await suppressed("flapping", [offline, flapping("33"), flapping("34")])).toEqual([
      "SuperNodeFlapping -",
    ]);
  });

  test("a run has stalled: not that its round is overdue, but that another's is", async () => {
    const stalled = { alertname: "FLTrainingStalled", severity: "critical", run_id: "7001" };
    const slow = [run("RoundOverdue"), run("TrainingJobStuck"), run("RoundOverdue", "7002")];
    const held = await suppressed("stalled", [stalled, ...slow, run("LossNotFalling")]);
    expect(held).toEqual(["RoundOverdue -", "TrainingJobStuck -"]);
  });

  test("of warnings alone the one that says most is told", async () => {
    const pairs: [Record<string, string>, Record<string, string>][] = [
      [run("RunWaitingForNodes"), run("FLExcessiveClientDropout")],
      [run("FLExcessiveClientDropout"), about("ClientDropout")],
      [run("RoundOverdue"), run("TrainingJobStuck")],
      [run("LossNaN"), run("LossNotFalling")],
      [about("SuperNodeFailing", { node_id: "33" }), about("FLClientFailureRate")],
    ];
    for (const [index, [source, target]] of pairs.entries()) {
      const held = await suppressed(`pair-${index}`, [source, target]);
      expect(held).toEqual([`${target["alertname"]} -`]);
    }
  });
});
