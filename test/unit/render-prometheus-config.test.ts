import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import {
  renderPrometheusConfig,
  renderTargetFiles,
  toYaml,
  type PrometheusConfigArgs,
} from "../../components/render/prometheus-config";
import { scrapeTargets } from "../../components/render/scrape-targets";

const args: PrometheusConfigArgs = {
  federation: "demo",
  scrapeInterval: "15s",
  scrapeIntervalSeconds: 15,
  alertmanager: "alertmanager:9093",
  services: [{ job: "grafana", target: "grafana:3000" }],
  platform: {},
  fileJobs: ["node"],
  rules: [{ path: "rules/a.yml", content: "groups: []\n" }],
};

function config(changes: Partial<PrometheusConfigArgs> = {}): unknown {
  const [main] = renderPrometheusConfig({ ...args, ...changes });
  return parse(main?.content ?? "");
}

describe("prometheus.yml", () => {
  test("is exactly this for a federation with one service and one job of hosts", () => {
    expect(config()).toEqual({
      global: {
        scrape_interval: "15s",
        scrape_timeout: "10s",
        evaluation_interval: "15s",
        external_labels: { federation: "demo" },
      },
      rule_files: ["rules/a.yml"],
      alerting: { alertmanagers: [{ static_configs: [{ targets: ["alertmanager:9093"] }] }] },
      scrape_configs: [
        {
          job_name: "grafana",
          static_configs: [
            { targets: ["grafana:3000"], labels: { federation: "demo", host: "monitoring" } },
          ],
        },
        {
          job_name: "node",
          file_sd_configs: [{ files: ["/etc/prometheus/targets/node.json"] }],
        },
      ],
    });
  });

  test.each([
    ["1s", 1, "1s"],
    ["5s", 5, "5s"],
    ["10s", 10, "10s"],
    ["1m", 60, "10s"],
  ])("scraped every %s, a scrape may take at most %s s: %s", (interval, seconds, timeout) => {
    expect(config({ scrapeInterval: interval, scrapeIntervalSeconds: seconds })).toMatchObject({
      global: { scrape_timeout: timeout },
    });
  });

  test("comes with its rule files, and names none where there is none", () => {
    expect(renderPrometheusConfig(args).map(({ path }) => path)).toEqual([
      "prometheus.yml",
      "rules/a.yml",
    ]);
    expect(config({ rules: [] })).toMatchObject({ rule_files: [] });
  });

  test("does not depend on which hosts there are: a new host reloads nothing", () => {
    expect(Object.keys(args)).not.toContain("targets");
    expect(JSON.stringify(config())).not.toContain(":9100");
  });
});

describe("target files", () => {
  const labels = { site: "hospital-1" };
  const demo = { federation: "demo", context: CONTEXT_DEFAULTS };
  const node = scrapeTargets(
    { name: "supernode-1", role: "supernode", address: "10.0.0.21", labels },
    demo,
  );

  test("hold a job's targets in file_sd form", () => {
    expect(JSON.parse(renderTargetFiles(["node"], node)[0]?.content ?? "")).toEqual([
      {
        targets: ["10.0.0.21:9100"],
        labels: { ...labels, federation: "demo", host: "supernode-1", role: "supernode" },
      },
    ]);
  });

  test("a job without targets has an empty list, so that nothing stale stays", () => {
    expect(renderTargetFiles(["node", "flower"], node)[1]).toEqual({
      path: "flower.json",
      content: "[]\n",
    });
  });

  test("the SuperLink's host is scraped twice, and an IPv6 address stands in brackets", () => {
    const both = scrapeTargets(
      { name: "superlink", role: "superlink", address: "fd00::11", labels: {} },
      demo,
    );
    expect(both.map(({ job, targets }) => [job, targets])).toEqual([
      ["node", ["[fd00::11]:9100"]],
      ["flower", ["[fd00::11]:9101"]],
    ]);
  });

  test("a host's own labels cannot take the place of ours", () => {
    const [target] = scrapeTargets(
      { name: "h", role: "supernode", address: "10.0.0.1", labels: { host: "x", federation: "y" } },
      demo,
    );
    expect(target?.labels).toEqual({ federation: "demo", host: "h", role: "supernode" });
  });
});

test("toYaml writes any value so that it reads back the same, on unfolded lines", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.array(text))), (value) => {
      // The prototype's own name is no key of a YAML map.
      fc.pre(!Object.hasOwn(value, "__proto__"));
      expect(parse(toYaml(value))).toEqual({ ...value });
    }),
  );
  expect(toYaml({ expr: "a ".repeat(200) }).split("\n")).toHaveLength(2);
});
