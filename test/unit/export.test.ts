/** An export is what the program pushes, the same on any machine, and without a secret. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runProgram, type ProgramRun } from "../support/example-program";
import { writeExampleFiles } from "../support/example-stack";
import { cipher, exampleValues, ExportProject, withAllReceivers } from "../support/export-project";
import { byName } from "../support/registrations";
import { filesIn } from "../support/rendered";
import { asCore, asFleet } from "../support/scopes";
import { type Raw, remove } from "./config-fixture";

let project: ExportProject;
beforeEach(() => {
  project = new ExportProject();
});
afterEach(() => project.remove());

describe("the export of a stack whose files are at hand", () => {
  let home: string;
  let run: ProgramRun;
  let files: Record<string, string>;

  beforeAll(async () => {
    run = await runProgram();
    home = mkdtempSync(join(tmpdir(), "flower-monitoring-home-"));
    writeExampleFiles(home);
    vi.stubEnv("HOME", home);
    const own = new ExportProject();
    ({ files } = own.stack("trial", exampleValues()).export("trial"));
    own.remove();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  });

  const stdin = (name: string): string => byName(run, name).inputs["stdin"] as string;

  it("has the rules that are pushed", () => {
    const pushed = filesIn(stdin("monitoring-prometheus-live-config"));
    const rules = Object.keys(files).filter((path) => path.startsWith("rules/"));
    expect(rules).toEqual([
      "rules/always.yml",
      "rules/flower-monitoring.yml",
      "rules/recording.yml",
    ]);
    for (const path of rules) expect(files[path]).toBe(pushed[path]);
    expect(files["prometheus.yml"]).toBe(
      pushed["prometheus.yml"]?.replaceAll("/etc/prometheus/targets/", "targets/"),
    );
  });

  it("has the targets, the routes and the dashboards that are pushed", () => {
    for (const [path, content] of Object.entries(filesIn(stdin("monitoring-prometheus-targets")))) {
      expect(files[path]).toBe(content);
    }
    const routes = filesIn(stdin("monitoring-alertmanager-live-config"));
    expect(files["alertmanager.yml"]).toBe(routes["alertmanager.yml"]);
    expect(files["notifications.tmpl"]).toBe(routes["notifications.tmpl"]);
    const dashboards = run.registrations.filter(({ type }) => type.endsWith(":Dashboard"));
    expect(dashboards.length).toBeGreaterThan(10);
    for (const { name, inputs } of dashboards) {
      const path = `dashboards/${name.replace(/^grafana-/, "")}.json`;
      expect(files[path]).toBe(`${inputs["configJson"] as string}\n`);
    }
  });

  it.each(["prometheus", "alertmanager", "grafana"])("has the container of %s", (service) => {
    const told = JSON.parse(files[`services/${service}.json`] ?? "") as Raw;
    const { inputs } = byName(run, `monitoring-${service}-container`);
    expect(told).toMatchObject({ containerName: inputs["name"], image: inputs["image"] });
    expect(told["command"]).toEqual(inputs["command"]);
    expect(told["envs"]).toEqual(inputs["envs"]);
  });

  it("has each host with the bundle that it should run", () => {
    const hosts = JSON.parse(files["hosts.json"] ?? "") as Record<string, { bundle: string }>;
    const deployed = run.outputs["hosts"] as Record<string, { bundle: string }>;
    expect(Object.keys(hosts)).toEqual(["superlink", "supernode-1", "supernode-2"]);
    for (const [name, { bundle }] of Object.entries(hosts)) {
      expect(bundle).toBe(deployed[name]?.bundle);
    }
    expect(hosts["supernode-1"]).toMatchObject({
      labels: { site: "hospital-1" },
      parts: { "node-exporter": expect.stringMatching(/^[0-9a-f]{12}$/) as string },
    });
  });

  it("has units and settings of each host, and no program", () => {
    const own = Object.keys(files).filter((path) => path.startsWith("hosts/supernode-1/"));
    expect(own).toEqual(
      expect.arrayContaining([
        "hosts/supernode-1/hook/flower_monitoring.conf",
        "hosts/supernode-1/units/flower-monitoring-node-exporter.service",
      ]),
    );
    expect(own.filter((path) => /\.(py|sh|whl)$/.test(path))).toEqual([]);
    expect(files["hosts/superlink/etc/flower-exporter.json"]).toContain('"federation": "demo"');
  });
});

describe("an export from the stack's file alone", () => {
  it("is the same twice, in the order of the paths", () => {
    project.stack("trial", exampleValues());
    const { files } = project.export("trial");
    expect(project.export("trial").files).toEqual(files);
    expect(Object.keys(files)).toEqual(Object.keys(files).sort());
  });

  it("names what is not on this machine, and shows hosts as though they download it", () => {
    vi.stubEnv("HOME", project.directory);
    const { about, files } = project.stack("trial", exampleValues()).export("trial");
    vi.unstubAllEnvs();
    expect(about.missing).toEqual(
      ["cadvisor", "dcgmImage", "nodeExporter", "wheels"].map((key) => `artifacts.${key}`),
    );
    expect(files["hosts/superlink/fetch"]).toContain("https://github.com/prometheus/node_exporter");
  });

  it("has no secret, whether encrypted, of a receiver, or by mistake in plain", () => {
    const values = { ...withAllReceivers(), grafanaAdminPassword: "canary-plain" };
    const { about, files } = project.stack("trial", values).export("trial");
    expect(JSON.stringify(files)).not.toContain("canary");
    expect(JSON.stringify(files)).not.toContain("[secret]");
    expect(files["alertmanager.yml"]).toContain("/etc/alertmanager/secrets/slackToken");
    expect(about.secrets).toContain("slackToken");
  });

  it("has the rules in Prometheus' form whoever evaluates them", () => {
    const of = (evaluator: string): Record<string, string> =>
      project
        .stack(
          evaluator,
          exampleValues((raw) => Object.assign(raw["alerting"] as object, { evaluator })),
        )
        .export(evaluator).files;
    const [prometheus, grafana] = [of("prometheus"), of("grafana")];
    expect(grafana["rules/flower-monitoring.yml"]).toContain("alert: TargetDown");
    expect(grafana["rules/flower-monitoring.yml"]).toBe(prometheus["rules/flower-monitoring.yml"]);
    expect(JSON.parse(grafana["stack.json"] ?? "")).toMatchObject({ evaluator: "grafana" });
  });

  it("takes Pulumi.yaml's defaults, and scalars as Pulumi keeps them", () => {
    const own = new ExportProject({
      name: "flower-monitoring",
      config: { scrapeInterval: { type: "string", default: "45s" }, retainData: false },
    });
    const values = exampleValues((raw) => {
      remove(raw, "scrapeInterval");
      remove(raw, "retainData");
    });
    const { about, files } = own.stack("trial", { ...values, repair: 2 }).export("trial");
    own.remove();
    expect(files["prometheus.yml"]).toContain("scrape_interval: 45s");
    expect(about).toMatchObject({ retainData: false, repair: "2" });
  });

  it("of a host that is lost has its entry and no file", () => {
    const values = exampleValues((raw) => {
      Object.assign(raw["supernodes"]?.[0] ?? {}, { lost: true });
    });
    const { files } = project.stack("trial", values).export("trial");
    expect(JSON.parse(files["hosts.json"] ?? "")).toMatchObject({
      "supernode-1": { lost: true, parts: {} },
    });
    expect(Object.keys(files).filter((path) => path.startsWith("hosts/supernode-1"))).toEqual([]);
    expect(files["targets/node.json"]).not.toContain("172.31.77.21");
  });
});

describe("an export of two stacks", () => {
  it("has the hosts in one, and in the other what watches them", () => {
    const [fleet, core, whole] = [exampleValues(), exampleValues(), exampleValues()];
    asFleet(fleet);
    asCore(core, "hosts");
    project.stack("hosts", fleet).stack("vm", core).stack("whole", whole);
    const [ofFleet, ofCore, ofWhole] = ["hosts", "vm", "whole"].map((name) => project.export(name));
    const paths = (of: typeof ofFleet): string[] => Object.keys(of?.files ?? {});
    expect(paths(ofFleet).filter((path) => /^(rules|dashboards|services)/.test(path))).toEqual([]);
    expect(paths(ofCore).filter((path) => path.startsWith("hosts"))).toEqual([]);
    for (const path of new Set([...paths(ofFleet), ...paths(ofCore)])) {
      if (path === "stack.json") continue;
      const all = ofFleet?.files[path] ?? ofCore?.files[path];
      expect([path, all]).toEqual([path, ofWhole?.files[path]]);
    }
    expect(ofCore?.about).toMatchObject({ scope: "core", fleetStack: "hosts" });
  });

  it("refuses a core whose stack of hosts has none", () => {
    const core = exampleValues();
    asCore(core, "whole");
    project.stack("vm", core).stack("whole", { ...core, fleetStack: "vm" });
    expect(() => project.export("vm")).toThrow(
      /^fleetStack: got "whole", which has no hosts; allowed/,
    );
  });
});

describe("an export refuses in one line", () => {
  it("a stack without a file, and a file that is no YAML, without quoting it", () => {
    expect(() => project.export("none")).toThrow(
      /^--stack: got "none", and there is no .*Pulumi.none.yaml; allowed/,
    );
    project.write("Pulumi.broken.yaml", "config:\n  a: canary-1\n b: [\n");
    expect(() => project.export("broken")).toThrow(
      /Pulumi.broken.yaml, line \d: got no YAML map; allowed/,
    );
    project.write("Pulumi.list.yaml", "- canary\n");
    expect(() => project.export("list")).toThrow(/^(?!.*canary).*got no YAML map/);
  });

  it("a ciphertext where the program takes no secret", () => {
    project.stack("trial", { ...exampleValues(), federation: cipher("federation") });
    expect(() => project.export("trial")).toThrow(/federation: got a secret value, here or deeper/);
    expect(() => project.export("trial")).not.toThrow(/canary/);
  });

  it("all other faults of the config at once", () => {
    project.stack("trial", { ...exampleValues(), federation: "No Good", retention: "soon" });
    expect(() => project.export("trial")).toThrow(/^2 faults in the stack's config\n/);
  });
});
