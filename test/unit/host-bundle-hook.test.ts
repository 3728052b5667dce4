import { describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { ContextConfig, FlowerConfig } from "../../components/config/schema";
import { hostBundle, type HostBundle, type HostBundleSpec } from "../../components/host-bundle";
import { HOOK_DIRECTORY } from "../../components/host-bundle-hook";
import { renderHookSettings } from "../../components/render/hook-settings";

const venv: FlowerConfig = {
  python: "/opt/flower/bin/python",
  runtime: "venv",
  hook: true,
  containerMetrics: false,
  restart: [],
};
const control = { address: "127.0.0.1:8000", insecure: true };

function bundle(flower?: FlowerConfig, changes: Partial<HostBundleSpec> = {}): HostBundle {
  return hostBundle({
    role: "supernode",
    federation: "demo",
    context: CONTEXT_DEFAULTS,
    artifacts: {},
    ...(flower === undefined ? {} : { flower }),
    ...changes,
  });
}

function fileIn({ files }: HostBundle, path: string): string {
  return files.find((file) => file.path === path)?.content.toString() ?? "";
}

function env(of: HostBundle): Record<string, string> {
  const lines = fileIn(of, "bundle.env").trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s) as [string, string]));
}

/** What of the hook a bundle has, without the package's own modules. */
function hookPaths(of: HostBundle): string[] {
  const paths = of.files.map(({ path }) => path);
  return paths.filter((path) => /^hook\/|^lib\/flower_monitoring\/__init__.py$/.test(path)).sort();
}

const PTH = "hook/flower-monitoring.pth";
const DIRECTORY_ALONE = [
  "hook/flower_monitoring.conf",
  "hook/sitecustomize.py",
  "lib/flower_monitoring/__init__.py",
];

describe("the hook in a bundle", () => {
  it("is there where the host says what runs Flower, and nowhere else", () => {
    expect(hookPaths(bundle())).toEqual([]);
    expect(hookPaths(bundle({ ...venv, hook: false }))).toEqual([]);
    expect(hookPaths(bundle(venv))).toEqual([PTH, ...DIRECTORY_ALONE].sort());
  });

  it("comes without .pth file for Flower in containers, which mount its directory", () => {
    const { hook, containerMetrics, restart } = venv;
    expect(hookPaths(bundle({ runtime: "container", hook, containerMetrics, restart }))).toEqual(
      DIRECTORY_ALONE,
    );
  });

  it("is one copy of the package, of which a SuperNode has no exporter", () => {
    const superlink = bundle({ ...venv, control }, { role: "superlink" });
    const names = superlink.files.map(({ path }) => path);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("lib/flower_monitoring/exporter/__main__.py");
    expect(bundle(venv).files.filter(({ path }) => path.includes("exporter/"))).toEqual([]);

    const withoutHook = bundle({ ...venv, control, hook: false }, { role: "superlink" });
    expect(hookPaths(withoutHook)).toEqual(["lib/flower_monitoring/__init__.py"]);
    expect(env(withoutHook)["FM_HOOK"]).toBe("''");
  });

  it("has a .pth file of one import line that names the stable directory", () => {
    const lines = fileIn(bundle(venv), PTH).split("\n");
    expect(lines[0]).toMatch(/^import /);
    expect(lines[0]).toContain(HOOK_DIRECTORY);
    expect(lines.slice(1)).toEqual([""]);
  });

  it("has an id of its own: another one only where its files differ", () => {
    const id = (of: HostBundle): string => env(of)["FM_HOOK"] ?? "";
    const of = (context: Partial<ContextConfig>): string =>
      id(bundle(venv, { context: { ...CONTEXT_DEFAULTS, ...context } }));
    expect(of({})).toMatch(/^[0-9a-f]{12}$/);
    expect(of({ metricsPort: 9200 })).toBe(of({}));
    expect(of({ logFormat: "json" })).not.toBe(of({}));
    expect(id(bundle({ ...venv, restart: ["a.service"] }))).toBe(of({}));
    // Compiled for its Python.
    expect(id(bundle({ ...venv, python: "/usr/bin/python3" }))).not.toBe(of({}));
  });

  it("names the units to restart, as words of the shell", () => {
    const restart = ["flower-supernode.service", "flower@1.service"];
    expect(env(bundle({ ...venv, restart }))["FM_RESTART"]).toBe(
      "'flower-supernode.service flower@1.service'",
    );
    expect(env(bundle(venv))["FM_RESTART"]).toBe("''");
  });
});

describe("the hook's settings", () => {
  const all: ContextConfig = {
    logFormat: "json",
    metricsEnabled: true,
    metricsPort: 9200,
    gpuEnabled: true,
    dcgmEnabled: true,
    lossMetric: "eval_loss",
    accuracyMetric: "val/acc",
  };

  it("are the role's own, and never FL_METRICS_*, which would start a second server", () => {
    expect(renderHookSettings("superlink", all, undefined)).toBe(`\
# Written by flower-monitoring; changes here are overwritten.
FL_LOG_FORMAT=json
FL_LOSS_METRIC=eval_loss
FL_ACCURACY_METRIC=val/acc
FL_EVENT_SOCKET=/run/flower-monitoring-flower-exporter/events.sock
`);
    expect(renderHookSettings("supernode", all, {})).toBe(`\
# Written by flower-monitoring; changes here are overwritten.
FL_LOG_FORMAT=json
FL_GPU_ENABLED=YES
`);
  });

  it("name no socket where no exporter listens", () => {
    expect(
      renderHookSettings("superlink", { ...all, metricsEnabled: false }, undefined),
    ).not.toContain("SOCK");
  });
});
