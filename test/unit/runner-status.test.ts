import { describe, expect, it } from "vitest";
import type { ScrapeTarget } from "../../components/render/scrape-targets";
import type { Sample } from "../../runner/status/ask";
import {
  alertFindings,
  federationFindings,
  hostFindings,
  hostsDown,
  reloadFindings,
  ruleFindings,
  superlinkFindings,
  type Target,
  targetFindings,
} from "../../runner/status/findings";
import { statusReport, statusText } from "../../runner/status/report";

const target = (host: string, health: Target["health"] = "up", lastError = ""): Target => ({
  ...{ labels: { job: "node", host }, health, lastError },
});
const expected = (host: string): ScrapeTarget => ({
  ...{ job: "node", targets: [`${host}:9100`], labels: { host } },
});
const sample = (labels: Record<string, string>, value = 1): Sample => ({ labels, value });
const words = (found: { state: string; seen: string }[]): string[] =>
  found.map(({ state, seen }) => `${state}: ${seen}`);

describe("targets", () => {
  it("are counted where all of them answer", () => {
    expect(words(targetFindings([target("a"), target("b")], [expected("a")]))).toEqual([
      "ok: 2 of 2 answer",
    ]);
  });

  it("that wait for their first scrape are a warning", () => {
    expect(words(targetFindings([target("a"), target("b", "unknown")], []))).toEqual([
      "warn: 1 of 2 answer; 1 not scraped yet",
    ]);
  });

  it("that are down are named with Prometheus' reason, or ssh's, which knows more", () => {
    const down = [target("a", "down", "connection refused"), target("b", "down", "timeout")];
    const found = targetFindings(down, [], { b: "ssh: No route to host" });
    expect(words(found)).toEqual([
      "fault: node of a is down: connection refused",
      "fault: node of b is down: ssh: No route to host",
    ]);
    expect(found[0]?.next).toBe("on a: systemctl status flower-monitoring-node-exporter");
    expect(hostsDown([...down, target("c")])).toEqual(["a", "b"]);
  });

  it("that Prometheus does not know are missing", () => {
    expect(words(targetFindings([target("a")], [expected("a"), expected("b")]))).toEqual([
      "fault: node of b is not scraped: Prometheus does not know it",
    ]);
    expect(words(targetFindings([], []))).toEqual(["fault: Prometheus scrapes nothing"]);
  });
});

describe("hosts", () => {
  it("run the wanted bundle and have not drifted, or are named", () => {
    expect(words(hostFindings([], []))[0]).toMatch(/^ok: /);
    const drift = [sample({ host: "b", part: "hook", reason: "pth" })];
    expect(words(hostFindings([sample({ host: "a", hash: "abc" })], drift))).toEqual([
      "fault: a does not run the bundle that the stack wants (abc)",
      "fault: b has drifted: hook, pth",
    ]);
  });
});

describe("alerts", () => {
  const alert = (alertname: string, severity: string, startsAt: string) => ({
    ...{ labels: { alertname, severity }, startsAt },
    annotations: { summary: `${alertname}!`, runbook_url: `https://wiki/#${alertname}` },
  });
  const watchdog = alert("Watchdog", "none", "2026-11-25T08:00:00.000Z");

  it("that fire are told oldest first, critical ones as faults", () => {
    const found = alertFindings([
      alert("Late", "warning", "2026-11-25T10:00:00.000Z"),
      watchdog,
      alert("Early", "critical", "2026-11-25T09:00:00.000Z"),
    ]);
    expect(words(found)).toEqual([
      "fault: Early since 2026-11-25 09:00:00: Early!",
      "warn: Late since 2026-11-25 10:00:00: Late!",
    ]);
    expect(found[0]?.next).toBe("https://wiki/#Early");
  });

  it("do not get through where the Watchdog is not heard", () => {
    expect(words(alertFindings([watchdog]))).toEqual(["ok: none fires"]);
    expect(words(alertFindings([]))[0]).toMatch(/^fault: Alertmanager does not hear the Watchdog/);
  });
});

describe("the federation", () => {
  const nodes = [sample({ status: "online" }, 2), sample({ status: "offline" }, 1)];

  it("has as many SuperNodes online as the stack has, or that is a fault", () => {
    expect(words(federationFindings(nodes, [sample({}, 3)], 2))).toEqual([
      "ok: 2 of 2 online",
      "ok: 3 live",
    ]);
    expect(words(federationFindings(nodes, [], 3))).toEqual([
      "fault: 2 of 3 online",
      "ok: none is live",
    ]);
    expect(words(federationFindings(nodes, [], undefined))[0]).toBe("ok: 2 online");
  });

  it("has a SuperLink that answers, or that is a fault", () => {
    expect(words(superlinkFindings([sample({}, 12)]))).toEqual(["ok: answers"]);
    expect(words(superlinkFindings([sample({}, 75.4)]))).toEqual([
      "fault: the Flower exporter has heard nothing of it for 75 s",
    ]);
  });

  it("is not spoken of where nothing tells of it", () => {
    expect(superlinkFindings([])).toEqual([]);
    expect(federationFindings([], [], 2)).toEqual([]);
  });
});

describe("configurations and rules", () => {
  it("are told where one was refused or fails", () => {
    expect(
      words(reloadFindings([sample({ job: "prometheus" }), sample({ job: "alertmanager" }, 0)])),
    ).toEqual(["fault: alertmanager refused its last configuration, and runs the one before"]);
    const rules = [
      { name: "r1", health: "ok" },
      { name: "r2", health: "err", lastError: "many-to-many" },
    ];
    expect(words(ruleFindings([{ name: "g", rules }]))).toEqual(["fault: g, r2: many-to-many"]);
  });
});

describe("the page", () => {
  it("says healthy or not first, then what is wrong, then the rest", () => {
    const report = statusReport(
      {
        stack: "prod",
        federation: "demo",
        urls: { prometheus: "http://p", alertmanager: "http://a", grafana: "http://g" },
      },
      [
        { what: "targets", state: "ok", seen: "7 of 7 answer" },
        { what: "alerts", state: "warn", seen: "Hot", next: "cool it" },
        { what: "hosts", state: "fault", seen: "a has drifted" },
      ],
    );
    expect(report.healthy).toBe(false);
    expect(statusText(report)).toBe(`\
The stack prod, federation demo, is NOT healthy.

  NOT OK   hosts    a has drifted
  warning  alerts   Hot
    do: cool it
  ok       targets  7 of 7 answer

  prometheus    http://p
  alertmanager  http://a
  grafana       http://g
`);
  });

  it("is healthy with warnings", () => {
    expect(
      statusReport({ stack: "s", federation: "f" }, [{ what: "alerts", state: "warn", seen: "x" }])
        .healthy,
    ).toBe(true);
  });
});
