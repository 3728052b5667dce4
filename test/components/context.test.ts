import { beforeAll, describe, expect, test } from "vitest";
import { runProgram, type ProgramRun } from "../support/example-program";
import { changedBetween } from "../support/registrations";
import type { Editable } from "../unit/config-fixture";

const touched = (...hosts: string[]): string[] => hosts.map((host) => `${host}-install`).sort();

function withContext(values: Record<string, unknown>): Promise<ProgramRun> {
  return runProgram((raw) => {
    raw["context"] = { ...raw["context"], ...values } as unknown as Editable;
  });
}

function jobs({ outputs }: ProgramRun): Record<string, { targets: string[] }[]> {
  return outputs["scrapeTargets"] as Record<string, { targets: string[] }[]>;
}

describe("a change of the context or the hook", () => {
  let example: ProgramRun;
  beforeAll(async () => {
    example = await runProgram();
  });

  test("FL_LOG_FORMAT is the hosts' alone", async () => {
    expect(changedBetween(example, await withContext({ FL_LOG_FORMAT: "text" }))).toEqual(
      touched("superlink", "supernode-1", "supernode-2"),
    );
  });

  test("FL_LOSS_METRIC is the SuperLink's, FL_GPU_ENABLED the SuperNodes'", async () => {
    expect(changedBetween(example, await withContext({ FL_LOSS_METRIC: "eval_loss" }))).toEqual(
      touched("superlink"),
    );
    expect(changedBetween(example, await withContext({ FL_GPU_ENABLED: "YES" }))).toEqual(
      touched("supernode-1", "supernode-2"),
    );
  });

  test("FL_METRICS_PORT is the exporter's and its target's", async () => {
    const run = await withContext({ FL_METRICS_PORT: 9201 });
    expect(changedBetween(example, run)).toEqual(
      ["monitoring-prometheus-targets", ...touched("superlink")].sort(),
    );
    expect(jobs(run)["flower"]?.map(({ targets }) => targets)).toEqual([["172.31.77.11:9201"]]);
  });

  test("FL_METRICS_ENABLED: NO takes exporter and target away", async () => {
    const run = await withContext({ FL_METRICS_ENABLED: "NO" });
    expect(changedBetween(example, run)).toEqual(
      ["monitoring-prometheus-targets", ...touched("superlink")].sort(),
    );
    expect(Object.keys(jobs(run))).toEqual(["node"]);
  });

  test("hook: false on one host is that host's alone, and for the stack every host's", async () => {
    const one = await runProgram((raw) => {
      raw["supernodes"]![1]!["flower"]!["hook"] = false as unknown as Editable;
    });
    expect(changedBetween(example, one)).toEqual(touched("supernode-2"));
    const all = await runProgram((raw) => {
      raw["hook"] = false as unknown as Editable;
    });
    expect(changedBetween(example, all)).toEqual(
      touched("superlink", "supernode-1", "supernode-2"),
    );
  });
});
