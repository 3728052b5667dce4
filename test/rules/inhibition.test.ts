/** What a real Alertmanager holds back with the configuration that the program pushes. */
import { describe, expect, test } from "vitest";
import { heldBack, targetDown } from "../support/held-back";

const suppressed = heldBack();

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

test("and so does one that hears nothing of the SuperLink, but not for what others measure", async () => {
  const unknown = ["flower", "api"].map((job) => ({
    ...{ alertname: "SLONoData", severity: "warning", job, host: job },
  }));
  const blind = { alertname: "FlowerExporterBlind", severity: "critical" };
  expect(await suppressed("blind", [blind, ...unknown])).toEqual(["SLONoData flower"]);
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
