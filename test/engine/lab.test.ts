/**
 * The program on the real engine against a lab of its own, from nothing to nothing. The claims build
 * on each other, so they run in this order; each leaves the stack as the example describes it.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { removeHosts } from "../../lab/hosts";
import { note } from "../../runner/progress";
import { alerts } from "./claims/alerts";
import { canaries } from "./claims/canaries";
import { drift } from "./claims/drift";
import { evaluator } from "./claims/evaluator";
import { examples } from "./claims/examples";
import { failures } from "./claims/failures";
import { firstUp } from "./claims/first-up";
import { hook, hookPlaced } from "./claims/hook";
import { hosts } from "./claims/hosts";
import { life, listings } from "./claims/life";
import { outputs } from "./claims/outputs";
import { registry } from "./claims/registry";
import { reload } from "./claims/reload";
import { runnerOnStack } from "./claims/runner";
import { scope } from "./claims/scope";
import { makeWorld, type World } from "./world";

let made: World;
let found: Record<string, string>;
const world = (): World => made;
const before = (): Record<string, string> => found;

beforeAll(async () => {
  made = await makeWorld();
  for (const [name, { kind, version }] of Object.entries(made.tools.plugins)) {
    note(`engine tests: ${name} plugin is ${kind} (${version})`);
  }
  found = await listings(made);
});

afterAll(async () => {
  await removeHosts(made.lab);
});

describe("first up", () => firstUp(world));
describe("the hook, placed", () => hookPlaced(world));
describe("outputs", () => outputs(world));
describe("secrets", () => canaries(world));
describe("a changed configuration", () => reload(world));
describe("who evaluates the alerts", () => evaluator(world));
describe("images", () => registry(world));
describe("hosts come and go", () => hosts(world, before));
describe("npm run", () => runnerOnStack(world));
describe("alerts", () => alerts(world));
describe("drift", () => drift(world));
describe("the hook", () => hook(world));
describe("hosts fail", () => failures(world, before));
describe("the stack's life", () => life(world, before));
describe("as two stacks", () => scope(world, before));
describe("the examples", () => examples(world));
