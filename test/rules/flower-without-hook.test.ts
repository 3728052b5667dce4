/** Where no host has the hook, alerts on Flower make do with what ServerApps print. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyAlert, type Inventory } from "../../rules";
import { inventory } from "./alert-case";
import { flClientFailureRate } from "./cases/client-failures";
import { flTrainingStalled } from "./cases/training-stalled";
import { startPlayer, type Player } from "./player";

const bare: Inventory = {
  ...inventory,
  hosts: inventory.hosts.map((host) => ({
    ...host,
    signals: host.signals.filter((signal) => signal !== "hook"),
  })),
};
let player: Player;
beforeAll(async () => {
  player = await startPlayer(bare);
});
afterAll(() => player.close());

test("the rule file is one that promtool has nothing to say about", async () => {
  expect(await player.check()).toContain("SUCCESS");
  expect(everyAlert(bare).flatMap(({ alerts }) => alerts).length).toBeGreaterThan(15);
});

/** Stories in which nothing is told that only the hook knows. */
describe.each([
  ["FLClientFailureRate", flClientFailureRate, ["without the hook good", "without the hook, a"]],
  ["FLTrainingStalled", flTrainingStalled, ["hangs in its first round", "a first round of 50"]],
] as const)("%s", (alert, { fires, silent }, [firing, quiet]) => {
  test.each([
    ["fires", fires.filter(({ name }) => name.includes(firing))],
    ["is silent", silent.filter(({ name }) => name.includes(quiet))],
  ])("%s as with it", async (_what, [story]) => {
    if (story === undefined) throw new Error("the story has another name by now");
    await player.runCase(alert, story);
  });
});
