import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changes } from "../../../lab/engine";
import { eventually, monitorUrl, query } from "../../../lab/observe";
import { getJson } from "../../../runner/status/ask";
import { containerStarts, operate, report, told, up, type World } from "../world";

async function liveConfig(world: World, port: 9090 | 9093): Promise<string> {
  const path = port === 9090 ? "/api/v1/status/config" : "/api/v2/status";
  const answer = (await getJson(monitorUrl(world.lab, port) + path)) as {
    data?: { yaml: string };
    config?: { original: string };
  };
  return answer.data?.yaml ?? answer.config?.original ?? "";
}

export function reload(world: () => World): void {
  test("another scrape interval reloads Prometheus and restarts nothing", async () => {
    const { lab } = world();
    const before = await containerStarts(world());
    const oldest = async (): Promise<number> =>
      (await query(lab, "prometheus_tsdb_lowest_timestamp_seconds"))[0]?.value ?? NaN;
    const since = await oldest();
    const outcome = await up(world(), (config) => {
      config["scrapeInterval"] = "4s";
    });
    expect(told(changes(outcome))).toEqual(["update monitoring-prometheus-live-config"]);
    expect(await liveConfig(world(), 9090)).toContain("scrape_interval: 4s");
    expect(await containerStarts(world())).toBe(before);
    expect(await oldest()).toBe(since);
    expect(told(changes(await up(world())))).toEqual(["update monitoring-prometheus-live-config"]);
    expect(await liveConfig(world(), 9090)).toContain("scrape_interval: 5s");
  });

  test("an invalid rule is refused with promtool's words and the old rules stay live", async () => {
    const before = await liveConfig(world(), 9090);
    const rulesFile = join(world().lab.dir, "broken.yml");
    const rule = { alert: "Broken", expr: "sum(up" };
    await writeFile(rulesFile, JSON.stringify({ groups: [{ name: "own", rules: [rule] }] }));
    const outcome = await operate(world(), "up", (config) => {
      (config["alerting"] as Record<string, unknown>)["rulesFile"] = rulesFile;
    });
    expect(outcome.ok).toBe(false);
    expect(Object.keys(outcome.failures)).toEqual(["monitoring-prometheus-live-config"]);
    expect(report(outcome)).toMatch(/unclosed left parenthesis/);
    expect(await liveConfig(world(), 9090)).toBe(before);
    expect(told(changes(await up(world())))).toEqual([]);
  });

  test("a good rule of the user's own is live without a restart", async () => {
    const before = await containerStarts(world());
    const rulesFile = join(world().lab.dir, "own.yml");
    const rule = { record: "own:targets:count", expr: "count(up)" };
    await writeFile(rulesFile, JSON.stringify({ groups: [{ name: "own", rules: [rule] }] }));
    await up(world(), (config) => {
      (config["alerting"] as Record<string, unknown>)["rulesFile"] = rulesFile;
    });
    await eventually(
      "the recorded series",
      60,
      () => query(world().lab, "own:targets:count"),
      ([count]) => count?.value === 7,
    );
    expect(await containerStarts(world())).toBe(before);
    await up(world());
  });

  test("an invalid route is refused with amtool's words and the old routes stay live", async () => {
    const before = await liveConfig(world(), 9093);
    const outcome = await operate(world(), "up", (config) => {
      (config["alerting"] as Record<string, unknown>)["routes"] = [
        { receiver: "lab", matchers: ["severity=~("] },
      ];
    });
    expect(outcome.ok).toBe(false);
    expect(Object.keys(outcome.failures)).toEqual(["monitoring-alertmanager-live-config"]);
    expect(report(outcome)).toMatch(/amtool: error: failed to validate 1 file/);
    expect(await liveConfig(world(), 9093)).toBe(before);
    expect(told(changes(await up(world())))).toEqual([]);
  });
}
