import { expect, test } from "vitest";
import { changes, type Edit, type EngineOptions, type Outcome } from "../../../lab/engine";
import { asCore, asFleet } from "../../support/scopes";
import {
  containerStarts,
  destroy,
  everyTargetUp,
  inTerminal,
  interrupt,
  operate,
  report,
  stateText,
  told,
  up,
  withThird,
  type World,
} from "../world";
import { differences } from "./life";

/** As docs/scaling.md has it: the fleet alone saves its state once, at the end. */
const FLEET: EngineOptions = { stack: "fleet", env: { PULUMI_SKIP_CHECKPOINTS: "true" } };
const CORE: EngineOptions = { stack: "core" };

const fleet =
  (edit?: Edit): Edit =>
  (config) => {
    edit?.(config);
    asFleet(config);
  };
const core: Edit = (config) => asCore(config, "fleet");

/** As docs/scaling.md has it, for a stack `dev` that becomes the core. */
const MOVE_HOSTS = `pulumi stack export --stack dev |
  grep -o 'urn:[^"]*:FederationHost::[^"]*' | sort -u |
  xargs pulumi state move --yes --source dev --dest fleet`;

/** Starts where nothing is deployed, and ends there. */
export function scope(world: () => World, before: () => Record<string, string>): void {
  const upFleet = (edit?: Edit): Promise<Outcome> => up(world(), fleet(edit), FLEET);
  const upCore = (): Promise<Outcome> => up(world(), core, CORE);

  /** A core that has no fleet says so, with what to do, and touches nothing. */
  async function refused(): Promise<void> {
    const outcome = await operate(world(), "up", core, CORE);
    expect(outcome.ok).toBe(false);
    expect(report(outcome)).toMatch(
      /fleetStack: got the stack organization\/flower-monitoring\/fleet, which has no hosts; .*do: .*deploy the hosts first: pulumi up --stack/,
    );
    expect(told(changes(outcome))).toEqual([]);
  }

  test("a core is refused before its fleet is deployed", () => refused());

  test("a fleet that is killed has saved nothing, and has all its hosts when run again", async () => {
    const at = /create supernode-2-install/;
    await interrupt(world(), "up", "SIGKILL", at, { ...FLEET, edit: fleet() });
    expect(await stateText(world(), "fleet")).not.toContain("superlink-install");

    const outcome = await upFleet();
    const hosts = ["superlink", "supernode-1", "supernode-2"];
    expect(told(changes(outcome))).toEqual(
      hosts.flatMap((host) => [`create ${host}`, `create ${host}-install`]),
    );
    expect(Object.keys(outcome.outputs).sort()).toEqual(["hosts", "scrapeTargets"]);
    expect(await stateText(world(), "fleet")).toContain("superlink-install");
  });

  test("its core, by a reference to it, monitors every host", async () => {
    const { outputs } = await upCore();
    await everyTargetUp(world(), 7);
    expect(outputs).toHaveProperty("urls");
    expect(outputs["hosts"]).toEqual((await upFleet()).outputs["hosts"]);
  });

  test("a second up of each changes nothing", async () => {
    expect(told(changes(await upFleet()))).toEqual([]);
    expect(told(changes(await upCore()))).toEqual([]);
  });

  test("a host more is one entry of the fleet, and reaches the core's targets with its next up", async () => {
    const starts = await containerStarts(world());
    expect(told(changes(await upFleet(withThird)))).toEqual([
      "create supernode-3",
      "create supernode-3-install",
    ]);
    expect(told(changes(await upCore()))).toEqual([
      "update monitoring-prometheus-live-config",
      "update monitoring-prometheus-targets",
    ]);
    await everyTargetUp(world(), 8);
    expect(await containerStarts(world())).toBe(starts);
  });

  test("a core whose fleet is destroyed keeps what it has: it is refused, not emptied", async () => {
    const starts = await containerStarts(world());
    await destroy(world(), fleet(withThird), FLEET);
    await refused();
    expect(await containerStarts(world())).toBe(starts);
  });

  test("destroyed both, they leave every host as it was found", async () => {
    await destroy(world(), core, CORE);
    expect(await differences(world(), before())).toEqual([]);
  });

  test("one stack becomes two without a step on any host or on the VM", async () => {
    await up(world());
    await inTerminal(world(), MOVE_HOSTS);
    expect(told(changes(await upFleet()))).toEqual([]);
    // The stack that there was keeps the VM.
    expect(told(changes(await up(world(), core)))).toEqual([]);
    await everyTargetUp(world(), 7);
    await destroy(world(), fleet(), FLEET);
    await destroy(world(), core);
    expect(await differences(world(), before())).toEqual([]);
  });
}
