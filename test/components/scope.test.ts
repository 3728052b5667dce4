/** The program as two stacks: together they register what one stack does. */
import { beforeAll, describe, expect, test } from "vitest";
import { runProgram, type ProgramRun } from "../support/example-program";
import { lint } from "../support/lint";
import { changedBetween } from "../support/registrations";
import { asCore, asFleet } from "../support/scopes";
import type { Editable } from "../unit/config-fixture";

const FLEET = "organization/flower-monitoring/fleet";

type Edit = (raw: Editable) => void;

function runFleet(edit?: Edit): Promise<ProgramRun> {
  return runProgram((raw) => {
    edit?.(raw);
    asFleet(raw);
  });
}

function runCore(fleet: Record<string, unknown>, edit?: Edit): Promise<ProgramRun> {
  return runProgram(
    (raw) => {
      edit?.(raw);
      asCore(raw, "fleet");
    },
    {},
    { [FLEET]: fleet },
  );
}

/** As the engine hands them over: maps in no order of ours. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item)]);
  return Object.fromEntries(entries.reverse()) as unknown;
}

const names = ({ registrations }: ProgramRun): string[] =>
  registrations.map(({ type, name, parent }) => `${type} ${name} < ${parent ?? "stack"}`).sort();

const grafanaEvaluates: Edit = (raw) => {
  (raw["alerting"] as unknown as Record<string, unknown>)["evaluator"] = "grafana";
};

describe.each([
  ["prometheus", undefined],
  ["grafana", grafanaEvaluates],
])("with evaluator %s, the two stacks", (_evaluator, edit) => {
  let whole: ProgramRun;
  let fleet: ProgramRun;
  let core: ProgramRun;
  beforeAll(async () => {
    whole = await runProgram(edit);
    fleet = await runFleet(edit);
    core = await runCore(shuffled(fleet.outputs) as Record<string, unknown>, edit);
  });

  test("register together exactly what one stack does, with the same inputs", () => {
    expect([...names(fleet), ...names(core)].sort()).toEqual(names(whole));
    const registrations = [...fleet.registrations, ...core.registrations];
    expect(changedBetween(whole, { registrations })).toEqual([]);
  });

  test("are found faultless by the lint", () => {
    expect(lint(fleet.registrations)).toEqual([]);
    expect(lint(core.registrations)).toEqual([]);
  });

  test("are each its part: hosts there, the monitoring VM and Grafana's content here", () => {
    const roots = (run: ProgramRun): string[] =>
      run.registrations.filter(({ parent }) => parent === undefined).map(({ name }) => name);
    expect(roots(fleet)).toEqual(["superlink", "supernode-1", "supernode-2"]);
    expect(roots(core)).toEqual(["grafana", "monitoring"]);
  });

  test("tell what one stack does: targets and hosts both, URLs the core alone", () => {
    const { scrapeTargets, hosts } = whole.outputs;
    expect(fleet.outputs).toEqual({ scrapeTargets, hosts });
    expect(core.outputs).toEqual(whole.outputs);
    // Also as text: Prometheus' files are made of it.
    expect(JSON.stringify(core.outputs["scrapeTargets"])).toBe(JSON.stringify(scrapeTargets));
  });
});

describe("a core", () => {
  let fleet: ProgramRun;
  beforeAll(async () => {
    fleet = await runFleet();
  });

  test("follows its fleet: another host changes Prometheus' targets and rules, nothing else", async () => {
    const without = await runFleet((raw) => void raw["supernodes"]?.pop());
    expect(changedBetween(await runCore(fleet.outputs), await runCore(without.outputs))).toEqual([
      "monitoring-prometheus-live-config",
      "monitoring-prometheus-targets",
    ]);
  });

  const refused: [claim: string, outputs: () => Record<string, unknown>, ...words: string[]][] = [
    ["that was never deployed", () => ({}), `the stack ${FLEET}, which has no hosts`],
    [
      "without a host",
      () => ({ scrapeTargets: {}, hosts: {} }),
      "deploy the hosts first: pulumi up --stack organization/flower-monitoring/fleet",
    ],
    ["of another program", () => ({ hosts: ["a"] }), "a stack with scope: fleet that is deployed"],
    [
      "of another federation",
      () => ({
        ...fleet.outputs,
        scrapeTargets: { node: [{ targets: ["10.0.0.1:9100"], labels: { federation: "other" } }] },
      }),
      'federation: got "demo"; allowed: "other", as in the stack',
    ],
  ];

  test.each(refused)("with a fleet %s is refused", async (_claim, outputs, ...words) => {
    const error = await runCore(outputs()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    for (const word of words) expect((error as Error).message).toContain(word);
  });

  test("that names a stack which is not there, or itself, is refused", async () => {
    const named = (stack: string): Promise<ProgramRun> =>
      runProgram((raw) => asCore(raw, stack), {}, { [FLEET]: fleet.outputs });
    await expect(named("flet")).rejects.toThrow("the stack organization/flower-monitoring/flet");
    await expect(named("dev")).rejects.toThrow("got this stack itself; allowed: another stack");
    expect((await named(FLEET)).outputs).toHaveProperty("urls");
  });
});
