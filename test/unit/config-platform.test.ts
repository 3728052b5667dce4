/** What runs beside Flower. */
import { describe, expect, it, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { renderPrometheusConfig } from "../../components/render/prometheus-config";
import { prometheusSettings } from "../../components/monitoring-vm";
import { alerting } from "../../components/alerting";
import { slos } from "../../rules/slo/slos";
import { inventory } from "../rules/alert-case";
import { junk, parse, expectFaults, type Case, type Expected } from "./config-fixture";

function given(platform: unknown): Case {
  return {
    edit: (raw) => {
      raw["platform"] = junk(platform);
    },
    secret: ["grafanaAdminPassword"],
  };
}

const api = { targets: ["10.0.0.20:8001"] };
const mongodb = { targets: ["10.0.0.21:9216"] };

describe("the platform", () => {
  it("is nothing where the stack does not name it", () => {
    expect(parse().platform).toEqual({});
    expect(parse(given({})).platform).toEqual({});
  });

  it("has defaults for everything but where it is", () => {
    expect(parse(given({ api, mongodb })).platform).toEqual({
      api: {
        ...api,
        metricsPath: "/metrics",
        scheme: "http",
        metrics: {
          requests: "http_requests_total",
          statusLabel: "status",
          duration: "http_request_duration_seconds",
        },
      },
      mongodb: { ...mongodb, metricsPath: "/metrics", scheme: "http" },
    });
  });

  it("may serve other names, elsewhere, and more than once", () => {
    const other = {
      targets: ["api-1.example.org:443", "[fd00::20]:443"],
      metricsPath: "/internal/metrics",
      scheme: "https",
      requestsMetric: "app:requests_total",
      statusLabel: "code",
      durationMetric: "http_request_duration_highr_seconds",
    };
    expect(parse(given({ api: other })).platform).toEqual({
      api: {
        targets: other.targets,
        metricsPath: other.metricsPath,
        scheme: "https",
        metrics: {
          requests: other.requestsMetric,
          statusLabel: other.statusLabel,
          duration: other.durationMetric,
        },
      },
    });
  });

  const wrong: [claim: string, platform: unknown, ...faults: Expected[]][] = [
    ["it is a map", "10.0.0.20:8001", ["platform", "a map with the keys api, mongodb"]],
    ["an unknown part", { apis: api }, ["platform.apis", "did you mean api?"]],
    ["a part needs targets", { api: {} }, ["platform.api.targets", "a list"]],
    [
      "one target or more",
      { mongodb: { targets: [] } },
      ["platform.mongodb.targets", "an empty list", "one target or more"],
    ],
    [
      "a target is no URL",
      { api: { targets: ["http://10.0.0.20:8001/metrics"] } },
      ["platform.api.targets[0]", "without scheme and path"],
    ],
    [
      "a target has a port",
      { api: { targets: ["10.0.0.20"] } },
      ["platform.api.targets[0]", 'got "10.0.0.20"', "host:port"],
    ],
    [
      "loopback is Prometheus' own container",
      { api: { targets: ["127.0.0.1:8001"] } },
      ["platform.api.targets[0]", "the container itself"],
    ],
    [
      "every interface is none",
      { mongodb: { targets: ["0.0.0.0:9216"] } },
      ["platform.mongodb.targets[0]", "stands for every interface"],
    ],
    [
      "a target twice would be counted twice",
      { api: { targets: [...api.targets, ...api.targets] } },
      ["platform.api.targets[1]", "remove one of the two"],
    ],
    [
      "a path begins with a slash",
      { api: { ...api, metricsPath: "metrics" } },
      ["platform.api.metricsPath", 'got "metrics"'],
    ],
    [
      "a scheme that there is not",
      { api: { ...api, scheme: "grpc" } },
      ["platform.api.scheme", "http or https"],
    ],
    [
      "names that Prometheus does not have",
      {
        api: {
          ...api,
          requestsMetric: "http-requests",
          statusLabel: "http.status",
          durationMetric: "sum(x)",
        },
      },
      ["platform.api.requestsMetric", "the name of a Prometheus metric"],
      ["platform.api.statusLabel", "a Prometheus label name"],
      ["platform.api.durationMetric", "without _bucket"],
    ],
    [
      "MongoDB's names are mongodb_exporter's",
      { mongodb: { ...mongodb, requestsMetric: "x" } },
      ["platform.mongodb.requestsMetric", "an unknown key"],
    ],
  ];
  it.each(wrong)("%s", (_claim, platform, ...faults) => expectFaults(given(platform), faults));
});

describe("what a stack has with it", () => {
  const whole = parse(
    given({ api: { ...api, scheme: "https" }, mongodb: { ...mongodb, metricsPath: "/m" } }),
  );

  test("a job each, whose targets have the labels that everything has", () => {
    const [file] = renderPrometheusConfig({ ...prometheusSettings(whole, []), fileJobs: [] });
    const { scrape_configs: jobs } = parseYaml(file?.content ?? "") as {
      scrape_configs: { job_name: string }[];
    };
    const labels = { federation: "demo", role: "platform" };
    expect(jobs.filter(({ job_name }) => ["api", "mongodb"].includes(job_name))).toEqual([
      {
        job_name: "api",
        scheme: "https",
        static_configs: [{ targets: api.targets, labels: { ...labels, host: "10.0.0.20" } }],
      },
      {
        job_name: "mongodb",
        metrics_path: "/m",
        static_configs: [{ targets: mongodb.targets, labels: { ...labels, host: "10.0.0.21" } }],
      },
    ]);
  });

  test("alerts and promises for what it has, and none for what it has not", () => {
    const alertsOf = (platform: unknown): string[] =>
      alerting(parse(given(platform)), [])
        .grafana.flatMap(({ name, alerts }) => (name === "platform" ? alerts : []))
        .map(({ alert }) => alert);
    expect(alertsOf({})).toEqual([]);
    expect(alertsOf({ api })).toEqual(["ServiceDown", "HighErrorRate", "APILatencyHigh"]);
    expect(alertsOf({ mongodb })).toEqual(["ServiceDown", "DatabaseConnectionsHigh"]);
    const without = { ...inventory, platform: { mongodb: true } };
    expect(slos(without).map(({ name }) => name)).not.toContain("api_availability");
  });

  test("alerts and promises that read the names that the API serves", () => {
    const other = {
      ...api,
      requestsMetric: "app_requests_total",
      statusLabel: "code",
      durationMetric: "app_seconds",
    };
    const { grafana, prometheus } = alerting(parse(given({ api: other })), []);
    const rules = JSON.stringify(grafana);
    expect(rules).toContain('app_requests_total{job=\\"api\\", code=~\\"5..\\"}');
    expect(rules).toContain("app_seconds_bucket");
    expect(rules + JSON.stringify(prometheus)).not.toMatch(/http_request/);
  });
});
