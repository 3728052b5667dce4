import { beforeAll, describe, expect, test } from "vitest";
import { exampleAlerts } from "../support/example-alerts";
import { runProgram, type ProgramRun } from "../support/example-program";
import { byName, changedBetween } from "../support/registrations";
import type { Editable } from "../unit/config-fixture";

/** `type name < parent`, sorted; the types of a component in one line each. */
const HOSTS = ["superlink", "supernode-1", "supernode-2"].flatMap((host) => [
  `command:local:Command ${host}-install < ${host}`,
  `flower-monitoring:index:FederationHost ${host} < stack`,
]);

function service(name: string, component: string, scripts: string[]): string[] {
  const full = `monitoring-${name}`;
  return [
    `flower-monitoring:index:${component} ${full} < monitoring`,
    ...scripts.map((script) => `command:local:Command ${full}-${script} < ${full}`),
    `docker:index/container:Container ${full}-container < ${full}`,
    `docker:index/remoteImage:RemoteImage ${full}-image < ${full}`,
    `docker:index/volume:Volume ${full}-config < ${full}`,
    `docker:index/volume:Volume ${full}-data < ${full}`,
  ];
}

const MONITORING = [
  "flower-monitoring:index:MonitoringVm monitoring < stack",
  "pulumi:providers:docker monitoring-docker < monitoring",
  "docker:index/network:Network monitoring-network < monitoring",
  ...service("prometheus", "Prometheus", ["targets", "live-config"]),
  ...service("alertmanager", "Alertmanager", ["secrets", "live-config", "delivery"]),
  ...service("grafana", "Grafana", ["secrets"]),
];

const CONTENT = [
  "flower-monitoring:index:GrafanaContent grafana < stack",
  "pulumi:providers:grafana grafana-provider < grafana",
  "grafana:oss/folder:Folder grafana-folder < grafana",
  "grafana:oss/dataSource:DataSource grafana-prometheus < grafana",
  ...[
    "alerts",
    "clients",
    "containers",
    "federation",
    "fl-overview",
    "fl-training",
    "gpu",
    "hosts",
    "run-explorer",
    "slos",
    "stack",
    "stragglers",
    "system",
  ].map((slug) => `grafana:oss/dashboard:Dashboard grafana-${slug} < grafana`),
];

const GRAFANA_ALERTS = [
  ...exampleAlerts().groups.map(
    (name) => `grafana:alerting/ruleGroup:RuleGroup grafana-rules-${name} < grafana`,
  ),
  "grafana:alerting/contactPoint:ContactPoint grafana-alertmanager < grafana",
  "grafana:alerting/notificationPolicy:NotificationPolicy grafana-policy < grafana",
];

function told({ registrations }: ProgramRun): string[] {
  return registrations.map(({ type, name, parent }) => `${type} ${name} < ${parent ?? "stack"}`);
}

function unix(raw: Editable): void {
  raw["monitoring"] = { docker: "unix:///var/run/docker.sock" } as unknown as Editable;
}

describe("the example stack", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram();
  });

  test("registers exactly these resources, each below its component", () => {
    expect(told(run).sort()).toEqual([...HOSTS, ...MONITORING, ...CONTENT].sort());
  });

  test("gives scrape targets per job, and URLs without credentials", () => {
    const labels = (host: string, role: string, site?: string): object => ({
      ...(site === undefined ? {} : { site }),
      ...{ federation: "demo", host, role },
    });
    expect(run.outputs["scrapeTargets"]).toEqual({
      flower: [{ targets: ["172.31.77.11:9101"], labels: labels("superlink", "superlink") }],
      node: [
        { targets: ["172.31.77.11:9100"], labels: labels("superlink", "superlink") },
        {
          targets: ["172.31.77.21:9100"],
          labels: labels("supernode-1", "supernode", "hospital-1"),
        },
        {
          targets: ["172.31.77.22:9100"],
          labels: labels("supernode-2", "supernode", "hospital-2"),
        },
      ],
    });
    expect(run.outputs["urls"]).toEqual({
      prometheus: "http://172.31.77.10:9090",
      alertmanager: "http://172.31.77.10:9093",
      grafana: "http://172.31.77.10:3000",
    });
  });

  test("the VM's first connection is the network's; everything else of the VM waits for it", () => {
    const waiting = run.registrations.filter(({ type }) => type.includes("RemoteImage"));
    expect(waiting.map(({ dependsOn }) => dependsOn)).toEqual(
      waiting.map(() => ["monitoring-network"]),
    );
    const chains = ["prometheus", "alertmanager", "grafana"].map((name) => {
      const of = (part: string): string[] => byName(run, `monitoring-${name}-${part}`).dependsOn;
      return [of("config"), of("data")];
    });
    expect(chains).toEqual(
      ["prometheus", "alertmanager", "grafana"].map((name) => [
        [`monitoring-${name}-image`],
        [`monitoring-${name}-image`],
      ]),
    );
  });

  test("a service starts when its configuration is live, Grafana's content when Grafana is healthy", () => {
    const waits = (name: string): string[] => byName(run, name).dependsOn;
    expect(waits("monitoring-prometheus-targets")).toEqual(["monitoring-prometheus-config"]);
    expect(waits("monitoring-prometheus-live-config")).toEqual(["monitoring-prometheus-targets"]);
    expect(waits("monitoring-prometheus-container")).toContain("monitoring-prometheus-live-config");
    expect(waits("monitoring-alertmanager-live-config")).toEqual([
      "monitoring-alertmanager-secrets",
    ]);
    expect(waits("monitoring-alertmanager-container")).toContain(
      "monitoring-alertmanager-live-config",
    );
    expect(waits("monitoring-grafana-container")).toContain("monitoring-grafana-secrets");
    expect(waits("grafana-folder")).toEqual(["monitoring-grafana-container"]);
  });

  test("no component waits: if what it waits for failed, its children would be deleted", () => {
    const components = run.registrations.filter(({ type }) =>
      type.startsWith("flower-monitoring:"),
    );
    expect(components.length).toBeGreaterThan(5);
    expect(components.filter(({ dependsOn }) => dependsOn.length > 0)).toEqual([]);
  });

  test("what it deploys is pinned by the stack's own images", () => {
    const images = ["prometheus", "alertmanager", "grafana"].map(
      (name) => byName(run, `monitoring-${name}-container`).inputs["image"],
    );
    expect(images).toEqual([
      "flower-monitoring-lab/prometheus:v3.15.0",
      "flower-monitoring-lab/alertmanager:v0.31.1",
      "flower-monitoring-lab/grafana-stand-in:12.4.10",
    ]);
  });
});

describe("variants of the example", () => {
  test("with evaluator grafana the alerts are Grafana's, and nothing else is different", async () => {
    const run = await runProgram((raw) => {
      (raw["alerting"] as unknown as Record<string, unknown>)["evaluator"] = "grafana";
    });
    expect(told(run).sort()).toEqual(
      [...HOSTS, ...MONITORING, ...CONTENT, ...GRAFANA_ALERTS].sort(),
    );
    // The alerts have one owner: Prometheus keeps the recording rules, and what tells of Grafana's end.
    const pushed = byName(run, "monitoring-prometheus-live-config").inputs["stdin"];
    expect(pushed).toContain(
      "rule_files:\n  - rules/recording.yml\n  - rules/always.yml\nalerting:",
    );
    expect(pushed).toContain("GrafanaDown");
    expect(pushed).not.toContain("TargetDown");
  });

  test("on a unix socket the same resources run their scripts on this machine, on 127.0.0.1", async () => {
    const run = await runProgram(unix);
    expect(told(run).sort()).toEqual([...HOSTS, ...MONITORING, ...CONTENT].sort());
    const { create, stdin } = byName(run, "monitoring-prometheus-live-config").inputs;
    expect(create).toBe("exec timeout 300 sh -s");
    expect((stdin as string).split("\n")[0]).toBe("export DOCKER_HOST=unix:///var/run/docker.sock");
    expect(byName(run, "monitoring-docker").inputs).toEqual({
      host: "unix:///var/run/docker.sock",
    });
    expect(run.outputs["urls"]).toMatchObject({ grafana: "http://127.0.0.1:3000" });
  });

  test("a host that is taken away takes its own resources with it and no other", async () => {
    const before = await runProgram();
    const after = await runProgram((raw) => {
      raw["supernodes"]?.pop();
    });
    const gone = told(before).filter((line) => !told(after).includes(line));
    expect(gone).toEqual(HOSTS.filter((line) => line.includes("supernode-2")));
    expect(changedBetween(before, after)).toEqual([
      "monitoring-prometheus-live-config",
      "monitoring-prometheus-targets",
    ]);
  });

  test("a lost host is asked nothing, is not scraped, and can be taken out later without it", async () => {
    const run = await runProgram((raw) => {
      raw["supernodes"]![1]!["lost"] = true as unknown as Editable;
    });
    expect(byName(run, "supernode-2-install").inputs).toEqual({
      create: "echo lost",
      logging: "none",
      addPreviousOutputInEnv: false,
    });
    expect(JSON.stringify(run.outputs["scrapeTargets"])).not.toContain("supernode-2");
    expect(changedBetween(await runProgram(), run)).toEqual([
      "monitoring-prometheus-targets",
      "supernode-2-install",
    ]);
  });

  test("repair touches every host and nothing else; another text does it again", async () => {
    const with_ = (text: string) =>
      runProgram((raw) => {
        raw["repair"] = text as unknown as Editable;
      });
    const hosts = ["superlink-install", "supernode-1-install", "supernode-2-install"];
    expect(changedBetween(await runProgram(), await with_("a"))).toEqual(hosts);
    expect(changedBetween(await with_("a"), await with_("b"))).toEqual(hosts);
  });

  test("data volumes are protected and kept where the stack says so, configuration never", async () => {
    const kept = async (retainData: boolean): Promise<string[]> => {
      const { registrations } = await runProgram((raw) => {
        raw["retainData"] = retainData as unknown as Editable;
      });
      return registrations.filter((r) => r.protect && r.retainOnDelete).map(({ name }) => name);
    };
    expect(await kept(false)).toEqual([]);
    expect(await kept(true)).toEqual(
      ["alertmanager", "grafana", "prometheus"].map((name) => `monitoring-${name}-data`),
    );
  });
});
