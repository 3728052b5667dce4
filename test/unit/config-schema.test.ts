import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import { DEFAULTS } from "../../components/config/defaults";
import { CONFIG_KEYS } from "../../components/config/parse";
import { parseStackConfig } from "../../components/config/schema";
import { officialImages, versions } from "../../components/versions";
import { PASSWORD, fakeIo, parse, privateKey, publicKey, whole } from "./config-fixture";

const ROOT = join(__dirname, "../..");
const yaml = (file: string): unknown => parseYaml(readFileSync(join(ROOT, file), "utf8"));

describe("a right config", () => {
  it("comes back whole, with every default and every path absolute", () => {
    expect(parse()).toEqual({
      scope: "all",
      federation: "demo",
      scrapeInterval: "15s",
      scrapeIntervalSeconds: 15,
      retention: "15d",
      platform: {},
      retainData: true,
      context: CONTEXT_DEFAULTS,
      ssh: {
        user: "root",
        port: 22,
        privateKeyFile: "/home/op/.ssh/id_ed25519",
        knownHostsFile: "/project/known_hosts",
        controlDirectory: "/home/op/.ssh",
        waitSeconds: 60,
      },
      monitoring: {
        docker: {
          kind: "ssh",
          host: "10.0.0.10",
          user: "root",
          port: 22,
          url: "ssh://root@10.0.0.10:22",
        },
        address: "10.0.0.10",
        ports: { prometheus: 9090, alertmanager: 9093, grafana: 3000 },
        hostKey: publicKey(),
      },
      hosts: [
        {
          name: "superlink",
          role: "superlink",
          address: "10.0.0.11",
          user: "root",
          port: 22,
          hostKey: publicKey(),
          lost: false,
          labels: {},
          flower: {
            python: "/opt/flower/bin/python",
            runtime: "venv",
            hook: true,
            containerMetrics: false,
            restart: [],
            control: { address: "127.0.0.1:8000", insecure: true },
          },
        },
        {
          name: "supernode-1",
          role: "supernode",
          address: "10.0.0.21",
          user: "root",
          port: 22,
          hostKey: publicKey(),
          lost: false,
          labels: { site: "hospital-1" },
        },
        {
          name: "supernode-2",
          role: "supernode",
          address: "node-2.example.org",
          user: "root",
          port: 22,
          hostKey: publicKey(),
          lost: false,
          labels: {},
        },
      ],
      alerting: {
        evaluator: "grafana",
        receivers: [
          { name: "ops", verify: false, webhook: { url: "http://10.0.0.5:8080/alerts" } },
        ],
        defaultReceiver: "ops",
        routing: {},
        sites: {},
        thresholds: {},
        routes: [],
        muteTimings: [],
        groupBy: ["alertname", "federation"],
        timing: { groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" },
        runbooksUrl:
          "https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md",
      },
      images: officialImages,
      artifacts: {},
    });
  });
});

/** The machine that `make up` leaves behind. */
function labIo() {
  const lab = "/home/op/.cache/flower-monitoring/labs/dev";
  const hosts = ["10", "11", "21", "22"].map((octet) => `172.31.77.${octet} ${publicKey()}`);
  return fakeIo({
    [`${lab}/ssh/id_ed25519`]: privateKey(),
    [`${lab}/known_hosts`]: hosts.join("\n"),
    [`${lab}/artifacts/node_exporter`]: "ELF",
    [`${lab}/artifacts/cadvisor`]: "ELF",
    [`${lab}/artifacts/wheels/`]: "",
    [`${lab}/artifacts/dcgm-exporter.tar`]: "tar",
  });
}

describe("the example stack", () => {
  const file = yaml("Pulumi.dev.yaml") as { config: Record<string, unknown> };
  const prefix = "flower-monitoring:";
  const raw = Object.fromEntries(
    Object.entries(file.config).map(([key, value]) => [key.replace(prefix, ""), value]),
  );

  it("is a right config as soon as the password is set", () => {
    const secretKeys = new Set(["grafanaAdminPassword"]);
    const given = { ...raw, grafanaAdminPassword: PASSWORD };
    const config = whole(parseStackConfig(given, labIo(), secretKeys));
    expect(config.hosts.map(({ name, address }) => [name, address])).toEqual([
      ["superlink", "172.31.77.11"],
      ["supernode-1", "172.31.77.21"],
      ["supernode-2", "172.31.77.22"],
    ]);
    expect(config.monitoring.docker.url).toBe("ssh://root@172.31.77.10:22");
    expect(config.artifacts.wheels).toBe(
      "/home/op/.cache/flower-monitoring/labs/dev/artifacts/wheels",
    );
  });

  it("has every key, and no secret; those of another kind of stack in a comment", () => {
    const keys = CONFIG_KEYS.map((key) => prefix + key);
    const others = [":fleetStack", ":grafana", ":platform"];
    expect(Object.keys(file.config)).toEqual(
      keys.filter((key) => !others.some((other) => key.endsWith(other))),
    );
    const text = readFileSync(join(ROOT, "Pulumi.dev.yaml"), "utf8");
    for (const other of others) expect(text).toContain(`#   flower-monitoring${other}:`);
  });

  it("uses the lab's images at the pinned versions", () => {
    expect(raw.images).toEqual({
      prometheus: `flower-monitoring-lab/prometheus:v${versions.prometheus}`,
      alertmanager: `flower-monitoring-lab/alertmanager:v${versions.alertmanager}`,
      grafana: `flower-monitoring-lab/grafana-stand-in:${versions.grafana}`,
      dcgmExporter: `flower-monitoring-lab/dcgm-exporter-stand-in:${versions.dcgmExporter}`,
    });
  });
});

describe("Pulumi.yaml", () => {
  const project = yaml("Pulumi.yaml") as {
    name: string;
    requiredPulumiVersion: string;
    config: Record<string, { type: string; description: string; default: unknown }>;
  };

  it("declares the defaults that the parser has", () => {
    const defaults = Object.entries(project.config).map(([key, value]) => [key, value.default]);
    expect(Object.fromEntries(defaults)).toEqual(DEFAULTS);
  });

  it("asks for the pinned engine", () => {
    expect(project.name).toBe("flower-monitoring");
    expect(project.requiredPulumiVersion).toBe(`>=${versions.pulumi} <4.0.0`);
  });
});
