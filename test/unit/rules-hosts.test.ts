/** Alerts on hosts, containers and GPUs exist for what is deployed, and ask only hosts that have it. */
import { expect, test } from "vitest";
import { everyAlert } from "../../rules";
import { bare, inventory } from "../rules/alert-case";
import { namesOf, without } from "../support/inventory";

/** What the stack of the cases has and this one has not. */
function gone(of: typeof inventory): string[] {
  const left = new Set(namesOf(of));
  return namesOf(inventory).filter((name) => !left.has(name));
}

test("without GPUs nothing is about GPUs, and all else is there", () => {
  const missing = gone(without("dcgm", "supernode"));
  expect(missing.length).toBeGreaterThan(25);
  expect(missing.filter((name) => !/^(GPU|Dcgm|gpu:|host:gpu_)/.test(name))).toEqual([]);
  expect(namesOf(without("dcgm", "supernode")).filter((name) => /gpu|dcgm/i.test(name))).toEqual(
    [],
  );
});

test("without profiling only its own alert is gone", () => {
  expect(gone(without("profiling", "supernode"))).toEqual(["GPUProfilingAbsent"]);
});

test("without cAdvisor nothing is about containers", () => {
  const missing = gone(without("cadvisor", "superlink", "supernode"));
  expect(missing.sort()).toEqual([
    "ContainerCpuThrottled",
    "ContainerMemoryNearLimit",
    "ContainerOomKilled",
    "ContainerRestarting",
    "ContainerUnhealthy",
  ]);
});

test("a stack without hosts has no alert about them", () => {
  expect(
    namesOf(bare).filter((name) => /^(Host|Container|Certificate|System|GPU|Dcgm)/.test(name)),
  ).toEqual([]);
});

test("one host with GPUs of two: only there is the exporter missed", () => {
  const hosts = inventory.hosts.map((host) =>
    host.name === "supernode-2" ? { ...host, signals: ["node" as const] } : host,
  );
  const exprs = everyAlert({ ...inventory, hosts })
    .flatMap(({ alerts }) => alerts)
    .filter(({ alert }) => ["DcgmMetricsAbsent", "GPUProfilingAbsent"].includes(alert))
    .map(({ expr }) => expr);
  expect(exprs).toHaveLength(2);
  for (const expr of exprs) {
    expect(expr).toContain('host=~"supernode-1"');
    expect(expr).not.toContain("supernode-2");
  }
});

test("a slow scrape interval widens what counts as now", () => {
  const slow = everyAlert({ ...inventory, scrapeIntervalSeconds: 300 }).flatMap((g) => g.alerts);
  const of = (name: string) => slow.find(({ alert }) => alert === name)?.expr;
  expect(of("GPURowRemapFailure")).toContain("[900s]");
  expect(of("GPULost")).toContain('min_over_time(up{job="dcgm"}[900s])');
});
