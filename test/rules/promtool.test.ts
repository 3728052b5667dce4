/** Each alert, by promtool, over the rule file as it is deployed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyAlert, prometheusOwn } from "../../rules";
import { inventory } from "./alert-case";
import { cases } from "./cases";
import { startPlayer, type Player } from "./player";
import { recordCases } from "./record-cases";

let player: Player;
const groups = everyAlert(inventory);
const { records } = prometheusOwn(inventory);

beforeAll(async () => {
  player = await startPlayer(inventory);
});
afterAll(() => player.close());

test("promtool finds nothing to say about the rule file", async () => {
  const count =
    groups.reduce((sum, group) => sum + group.alerts.length, 0) +
    records.reduce((sum, group) => sum + group.rules.length, 0);
  expect(await player.check()).toContain(`SUCCESS: ${count} rules found`);
});

describe.each(Object.entries(cases))("%s", (alert, { fires, silent }) => {
  test.each(fires.map((one) => [one.name, one] as const))("fires: %s", async (_name, one) => {
    await player.runCase(alert, one);
  });

  test.each(silent.map((one) => [one.name, one] as const))("silent: %s", async (_name, one) => {
    await player.runCase(alert, one);
  });
});

describe.each(Object.entries(recordCases))("%s", (record, given) => {
  test.each(given.map((one) => [one.name, one] as const))("is: %s", async (_name, one) => {
    await player.runRecordCase(record, one);
  });
});

test("every recording rule has a case, and no case is left of one that is gone", () => {
  const names = records.flatMap(({ rules }) => rules.map(({ record }) => record));
  expect(Object.keys(recordCases).sort()).toEqual([...new Set(names)].sort());
});

test("a case that expects the wrong thing fails: promtool does compare", async () => {
  const [one] = cases["TargetDown"]?.fires ?? [];
  if (one === undefined) throw new Error("no case");
  const wrong = { ...one, expect: { "2m30s": [] } };
  await expect(player.runCase("TargetDown", wrong)).rejects.toThrow("got:");
});
