import { describe, expect, it } from "vitest";
import type { Case, Expected } from "./config-fixture";
import { expectFaults, junk, parse } from "./config-fixture";

const context = (values: Record<string, unknown>): Case["edit"] => {
  return (raw) => (raw.context = junk(values));
};

const wrong: [claim: string, given: Case["edit"], ...faults: Expected[]][] = [
  [
    "an unknown variable gets a suggestion",
    context({ FL_METRIC_PORT: 9101 }),
    ["context.FL_METRIC_PORT", "an unknown key", "did you mean FL_METRICS_PORT?"],
  ],
  [
    "a log format other than the two is refused",
    context({ FL_LOG_FORMAT: "JSON" }),
    ["context.FL_LOG_FORMAT", 'got "JSON"', "text or json"],
  ],
  [
    "true, false and small letters are refused with what to write",
    context({ FL_METRICS_ENABLED: true, FL_GPU_ENABLED: false, FL_DCGM_ENABLED: "no" }),
    ["context.FL_METRICS_ENABLED", "got true", "YES or NO", "write YES, in capitals"],
    ["context.FL_GPU_ENABLED", "got false", "write NO, in capitals"],
    ["context.FL_DCGM_ENABLED", 'got "no"', "write YES or NO, in capitals"],
  ],
  [
    "DCGM without GPUs is refused",
    context({ FL_DCGM_ENABLED: "YES" }),
    ["context.FL_DCGM_ENABLED", 'got "YES"', "together with FL_GPU_ENABLED: YES"],
  ],
  [
    "DCGM beside a GPU flag that is wrong in itself is not blamed too",
    context({ FL_DCGM_ENABLED: "YES", FL_GPU_ENABLED: "yes" }),
    ["context.FL_GPU_ENABLED", 'got "yes"'],
  ],
  [
    "a metric name that would be another line of the settings is refused",
    context({ FL_LOSS_METRIC: "loss\nFL_MONITORING_HOOK=off", FL_ACCURACY_METRIC: 3 }),
    ["context.FL_LOSS_METRIC", "a metric name", "eval_loss"],
    ["context.FL_ACCURACY_METRIC", "got 3"],
  ],
  [
    "the port of the SuperLink's own API is refused, wherever that is",
    (raw) => {
      raw.context = junk({ FL_METRICS_PORT: 8800 });
      raw.superlink!.flower!.controlApi = junk("10.0.0.11:8800");
    },
    ["superlink.flower.controlApi", "got 8800", "context.FL_METRICS_PORT"],
  ],
  [
    "the exporter's port is taken on a VM that is the SuperLink's host",
    (raw) => {
      raw.context = junk({ FL_METRICS_PORT: 9200 });
      const ports = { prometheus: 9200, alertmanager: 9101 };
      raw.monitoring = junk({ docker: "unix:///d.sock", address: "10.0.0.11", ports });
    },
    ["monitoring.ports.prometheus", "got 9200", "the Flower exporter of superlink"],
  ],
  [
    "a text is no map of variables",
    (raw) => (raw.context = junk("YES")),
    ["context", "a map with"],
  ],
  ["hook takes only true and false", (raw) => (raw.hook = junk("off")), ["hook", 'got "off"']],
  [
    "a SuperNode whose Python is not said cannot have the hook",
    (raw) => (raw.supernodes![0]!.flower = junk({})),
    ["supernodes[0].flower.python", "got nothing", "or runtime: container"],
  ],
  [
    "a SuperNode in containers has no Python to name",
    (raw) =>
      (raw.supernodes![0]!.flower = junk({
        runtime: "container",
        python: "/opt/flower/bin/python",
      })),
    ["supernodes[0].flower.python", "nothing beside runtime: container"],
  ],
  [
    "a runtime other than the two is refused",
    (raw) => (raw.superlink!.flower!.runtime = junk("docker")),
    ["superlink.flower.runtime", 'got "docker"', "venv or container"],
  ],
  [
    "containerMetrics takes only true and false",
    (raw) => (raw.superlink!.flower!.containerMetrics = junk("YES")),
    ["superlink.flower.containerMetrics", 'got "YES"', "without quotes"],
  ],
  [
    "containers are a matter of Flower's host: the key is below flower",
    (raw) => (raw.supernodes![0]!.containerMetrics = junk(true)),
    ["supernodes[0].containerMetrics", "an unknown key"],
  ],
  [
    "the Flower exporter cannot have cAdvisor's port on the SuperLink's host",
    (raw) => {
      raw.context = junk({ FL_METRICS_PORT: 9102 });
      raw.superlink!.flower!.containerMetrics = junk(true);
    },
    ["context.FL_METRICS_PORT", "got 9102", "cAdvisor"],
  ],
  [
    "nor can the Control API",
    (raw) => {
      raw.superlink!.flower!.controlApi = junk("127.0.0.1:9102");
      raw.superlink!.flower!.containerMetrics = junk(true);
    },
    ["superlink.flower.controlApi", "got 9102", "cAdvisor"],
  ],
  [
    "nor Prometheus, where the monitoring VM is such a host",
    (raw) => {
      raw.monitoring!.docker = junk("ssh://10.0.0.21");
      raw.monitoring!.ports = junk({ prometheus: 9102 });
      raw.supernodes![0]!.flower = junk({ runtime: "container" });
    },
    ["monitoring.ports.prometheus", "got 9102", "cAdvisor of supernode-1"],
  ],
  [
    "units to restart are services, and not ours",
    (raw) =>
      (raw.superlink!.flower!.restart = junk([
        "flower-superlink",
        "flower-monitoring-node-exporter.service",
        "a.service; reboot.service",
      ])),
    ["superlink.flower.restart[0]", "ending in .service"],
    ["superlink.flower.restart[1]", "our own units"],
    ["superlink.flower.restart[2]", "for example flower-superlink.service"],
  ],
  [
    "one unit to restart is a list too",
    (raw) => (raw.superlink!.flower!.restart = junk("flower-superlink.service")),
    ["superlink.flower.restart", "a list"],
  ],
];

describe("wrong context variables and hook settings", () => {
  it.each(wrong)("%s", (_claim, edit, ...faults) => {
    expectFaults({ edit }, faults);
  });

  it.each([1023, 65536, 8000, 9091, 9092, 9093, 9094, 9100, "9102", 9101.5, -1])(
    "FL_METRICS_PORT %j is refused",
    (port) => {
      expectFaults({ edit: context({ FL_METRICS_PORT: port }) }, [
        ["context.FL_METRICS_PORT", "a port from 1024 to 65535 other than 8000, 9091"],
      ]);
    },
  );
});

describe("right context variables and hook settings", () => {
  it("are YES and NO as on Flower's appliances, metrics on where nothing is said", () => {
    expect(parse().context).toEqual({
      logFormat: "text",
      metricsEnabled: true,
      metricsPort: 9101,
      gpuEnabled: false,
      dcgmEnabled: false,
    });
    const edit = context({
      FL_LOG_FORMAT: "json",
      FL_METRICS_ENABLED: "NO",
      FL_METRICS_PORT: 1024,
      FL_GPU_ENABLED: "YES",
      FL_DCGM_ENABLED: "YES",
      FL_LOSS_METRIC: "eval_loss",
      FL_ACCURACY_METRIC: "val/acc",
    });
    expect(parse({ edit }).context).toEqual({
      logFormat: "json",
      metricsEnabled: false,
      metricsPort: 1024,
      gpuEnabled: true,
      dcgmEnabled: true,
      lossMetric: "eval_loss",
      accuracyMetric: "val/acc",
    });
  });

  it("without metrics their port is free for others", () => {
    const edit: Case["edit"] = (raw) => {
      raw.context = junk({ FL_METRICS_ENABLED: "NO" });
      raw.superlink!.flower!.controlApi = junk("10.0.0.11:9101");
    };
    expect(parse({ edit }).hosts[0]?.flower?.control?.address).toBe("10.0.0.11:9101");
  });

  it("a host says for itself what the stack says for all", () => {
    const edit: Case["edit"] = (raw) => {
      raw.hook = junk("false");
      raw.supernodes![0]!.flower = junk({ runtime: "container", hook: true });
      raw.supernodes![1]!.flower = junk({ restart: ["flower-supernode.service"] });
    };
    expect(parse({ edit }).hosts.map(({ flower }) => flower)).toEqual([
      {
        python: "/opt/flower/bin/python",
        runtime: "venv",
        hook: false,
        containerMetrics: false,
        restart: [],
        control: { address: "127.0.0.1:8000", insecure: true },
      },
      { runtime: "container", hook: true, containerMetrics: true, restart: [] },
      {
        runtime: "venv",
        hook: false,
        containerMetrics: false,
        restart: ["flower-supernode.service"],
      },
    ]);
  });

  it("containers are measured where Flower runs in them, unless the host says otherwise", () => {
    const measured = (flower: object): boolean | undefined => {
      const edit: Case["edit"] = (raw) => (raw.supernodes![0]!.flower = junk(flower));
      return parse({ edit }).hosts[1]?.flower?.containerMetrics;
    };
    expect(measured({ runtime: "container" })).toBe(true);
    expect(measured({ runtime: "container", containerMetrics: false })).toBe(false);
    expect(measured({ hook: false })).toBe(false);
    expect(measured({ hook: false, containerMetrics: true })).toBe(true);
  });

  it("where no container is measured, cAdvisor's port is free for others", () => {
    expect(parse({ edit: context({ FL_METRICS_PORT: 9102 }) }).context.metricsPort).toBe(9102);
  });

  it("a SuperNode that says nothing of Flower is left alone", () => {
    expect(
      parse()
        .hosts.slice(1)
        .map(({ flower }) => flower),
    ).toEqual([undefined, undefined]);
  });
});
