import { expect, test } from "vitest";
import { changes } from "../../../lab/engine";
import { delivered, eventually, monitorUrl, query } from "../../../lab/observe";
import { getJson } from "../../../runner/status/ask";
import { note } from "../../../runner/progress";
import { everyTargetUp, operate, report, told, up, type World } from "../world";

/**
 * Seconds for an `up` or preview that changes nothing: it takes about ten on a machine at rest, and this
 * only has to tell it from one that does something. `make up` prints what it takes.
 */
const NO_OP_SECONDS = 60;

export function firstUp(world: () => World): void {
  test("the first up, from nothing, ends healthy", async () => {
    const outcome = await up(world());
    const made = changes(outcome);
    expect(made.length).toBeGreaterThan(20);
    expect(new Set(made.map(({ op }) => op))).toEqual(new Set(["create"]));
    await everyTargetUp(world(), 7);
    await eventually(
      "SuperNodes online",
      60,
      () => query(world().lab, 'fl_supernodes{status="online"}'),
      // The third SuperNode's host takes part in the federation before it is monitored.
      ([online]) => online?.value === 3,
    );
  });

  test("Flower's bytes grow while it trains", async () => {
    const { lab } = world();
    await eventually(
      "bytes sent",
      120,
      () => query(lab, "sum(increase(fl_bytes_sent_total[1m]))"),
      ([sent]) => (sent?.value ?? 0) > 0,
    );
  });

  test("Grafana is healthy, and says which server it is", async () => {
    const health = (await getJson(`${monitorUrl(world().lab, 3000)}/api/health`)) as {
      database: string;
      version: string;
    };
    expect(health.database).toBe("ok");
    note(`engine tests: Grafana server ${health.version}`);
  });

  test(`a second up changes nothing, in under ${NO_OP_SECONDS} s`, async () => {
    const outcome = await up(world());
    expect(told(changes(outcome))).toEqual([]);
    expect(outcome.steps.length).toBeGreaterThan(20);
    expect(outcome.seconds).toBeLessThan(NO_OP_SECONDS);
  });

  test("the first up has proven the receiver by a test alert and its end, the second told nothing", async () => {
    const tests = (await delivered(world().lab)).filter(
      ({ labels }) => labels["alertname"] === "FlowerMonitoringDeliveryTest",
    );
    expect(tests.map(({ status, labels }) => [status, labels["receiver"]])).toEqual([
      ["firing", "lab"],
      ["resolved", "lab"],
    ]);
  });

  test(`a second preview shows nothing, in under ${NO_OP_SECONDS} s`, async () => {
    const outcome = await operate(world(), "preview");
    expect(told(changes(outcome))).toEqual([]);
    expect(outcome.seconds).toBeLessThan(NO_OP_SECONDS);
  });

  test("a refresh finds no drift, and an up after it nothing to do", async () => {
    const refreshed = await operate(world(), "refresh");
    expect(refreshed.ok, report(refreshed)).toBe(true);
    expect(refreshed.steps.filter(({ op }) => !["same", "refresh"].includes(op))).toEqual([]);
    expect(told(changes(await up(world())))).toEqual([]);
  });
}
