/** The stack's outputs are what their schema says, and what the documented program reads of them. */
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../support/example-program";
import { record } from "../support/mocks";
import { outputsCheck, snippets } from "../support/outputs";
import { asCore, asFleet } from "../support/scopes";
import { junk, type Editable } from "./config-fixture";

type Outputs = Record<string, Record<string, unknown>>;

let outputs: Outputs;
beforeAll(async () => {
  ({ outputs } = (await runProgram()) as { outputs: Outputs });
});

const faults = (value: unknown, closed = false): string[] => {
  const check = outputsCheck(closed);
  check(value);
  return (check.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
};

describe("the outputs' schema", () => {
  it("takes what the whole program says, and names each of its fields", () => {
    expect(faults(outputs, true)).toEqual([]);
    expect(Object.keys(outputs).sort()).toEqual(["hosts", "scrapeTargets", "urls"]);
  });

  it("takes a stack with every job, an IPv6 host and a lost one", async () => {
    const run = await runProgram((raw) => {
      raw["context"] = junk({ FL_GPU_ENABLED: "YES", FL_DCGM_ENABLED: "YES" });
      Object.assign(raw["superlink"]?.["flower"] ?? {}, { containerMetrics: true });
      Object.assign(raw["supernodes"]?.[1] ?? {}, { lost: true });
    });
    expect(faults(run.outputs, true)).toEqual([]);
    expect(Object.keys(run.outputs["scrapeTargets"] as object).sort()).toEqual([
      "cadvisor",
      "dcgm",
      "flower",
      "node",
    ]);
    expect((run.outputs["hosts"] as Outputs)["supernode-2"]?.["signals"]).toEqual([]);
  });

  it("takes those of two stacks", async () => {
    const fleet = await runProgram((raw: Editable) => asFleet(raw));
    expect(faults(fleet.outputs, true)).toEqual([]);
    expect(fleet.outputs).not.toHaveProperty("urls");
    const stacks = { "organization/flower-monitoring/fleet": fleet.outputs };
    const core = await runProgram((raw: Editable) => asCore(raw, "fleet"), {}, stacks);
    expect(faults(core.outputs, true)).toEqual([]);
    expect(core.outputs["scrapeTargets"]).toEqual(fleet.outputs["scrapeTargets"]);
  });

  it("takes fields that come later", () => {
    const more = { ...outputs, enrol: {}, urls: { ...outputs["urls"], tempo: "http://x" } };
    expect(faults(more)).toEqual([]);
  });

  const host = (change: object): Outputs => ({
    ...outputs,
    hosts: { a: { ...(outputs["hosts"]?.["superlink"] as object), ...change } },
  });
  const target = (targets: string[]): Outputs => ({
    ...outputs,
    scrapeTargets: {
      node: [{ targets, labels: { federation: "f", host: "h", role: "supernode" } }],
    },
  });

  it.each<[string, () => unknown, string]>([
    ["no targets at all", () => ({ hosts: {} }), " required"],
    [
      "a URL with a password",
      () => ({ ...outputs, urls: { ...outputs["urls"], grafana: "http://a:b@c" } }),
      "/urls/grafana pattern",
    ],
    ["another role", () => host({ role: "client" }), "/hosts/a/role enum"],
    ["a bundle that is no hash", () => host({ bundle: "latest" }), "/hosts/a/bundle pattern"],
    [
      "a target without a port",
      () => target(["10.0.0.1"]),
      "/scrapeTargets/node/0/targets/0 pattern",
    ],
    [
      "an IPv6 target without brackets",
      () => target(["fd00::1:9100"]),
      "/scrapeTargets/node/0/targets/0 pattern",
    ],
  ])("refuses %s", (_what, value, fault) => {
    expect(faults(value())).toEqual([fault]);
  });

  it("takes an IPv6 target in brackets", () => {
    expect(faults(target(["[fd00::1]:9100"]))).toEqual([]);
  });
});

describe("the documented program", () => {
  it("reads another stack's outputs", async () => {
    const [source = ""] = snippets("ts");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    const found: { exporters?: pulumi.Output<string[]>; grafana?: pulumi.Output<string> } = {};
    let said: unknown;
    await record(
      async () => {
        // It is the page's own text, and has to run as it stands.
        // eslint-disable-next-line @typescript-eslint/no-implied-eval
        const program = new Function("require", "exports", outputText) as (
          r: NodeJS.Require,
          e: object,
        ) => void;
        program(createRequire(__filename), found);
        said = await new Promise((resolve) =>
          pulumi.all([found.exporters, found.grafana]).apply(resolve),
        );
      },
      {},
      { "acme/flower-monitoring/production": outputs },
    );
    expect(said).toEqual([
      ["172.31.77.11:9101", "172.31.77.11:9100", "172.31.77.21:9100", "172.31.77.22:9100"],
      "http://172.31.77.10:3000",
    ]);
  });
});
