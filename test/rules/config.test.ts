/** promtool and amtool accept what the program pushes, and refuse what they should. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../runner/run";
import { alertmanagerTools, prometheusTools } from "../../lab/toolchain/prometheus";
import { renderDeliveryProof } from "../../components/render/delivery-proof";
import { inhibitions } from "../../rules/inhibitions";
import { exampleAlerting } from "../support/alerting-example";
import { QUIET, writeConfiguration } from "../../lab/servers/alertmanager";
import { runProgram } from "../support/example-program";
import { byName } from "../support/registrations";
import { filesIn } from "../support/rendered";
import type { Editable } from "../unit/config-fixture";

let promtool: string;
let amtool: string;
let directory: string;

beforeAll(async () => {
  promtool = (await prometheusTools()).promtool.path;
  amtool = (await alertmanagerTools()).amtool.path;
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "flower-monitoring-config-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** Writes what the program pushes for a service into the test's directory. */
async function pushed(
  service: string,
  edit?: (raw: Editable) => void,
  secrets?: Record<string, string>,
): Promise<void> {
  const { registrations } = await runProgram(edit, secrets);
  const resource = byName({ registrations }, `monitoring-${service}-live-config`);
  for (const [path, content] of Object.entries(filesIn(resource.inputs["stdin"] as string))) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

const checkPrometheus = (): Promise<{ stdout: string }> =>
  run(promtool, ["check", "config", "prometheus.yml"], { cwd: directory });
const checkAlertmanager = (): Promise<{ stdout: string }> =>
  run(amtool, ["check-config", "alertmanager.yml"], { cwd: directory });

function alerting(raw: Editable, changes: Record<string, unknown>): void {
  Object.assign(raw["alerting"] as object, changes);
}
const evaluatedBy = (evaluator: string) => (raw: Editable) => alerting(raw, { evaluator });

describe("promtool accepts prometheus.yml", () => {
  test.each([
    ["prometheus", "SUCCESS: 3 rule files found"],
    ["grafana", "SUCCESS: 2 rule files found"],
  ])("with evaluator %s", async (evaluator, words) => {
    await pushed("prometheus", evaluatedBy(evaluator));
    expect((await checkPrometheus()).stdout).toContain(words);
  });

  test.each(["1s", "90s", "2m", "5m"])("with a scrape interval of %s", async (interval) => {
    await pushed("prometheus", (raw) => {
      raw["scrapeInterval"] = interval as unknown as Editable;
    });
    expect((await checkPrometheus()).stdout).toContain("is valid prometheus config file syntax");
  });

  test("but not with a broken rule of the user's own, and says where", async () => {
    await pushed("prometheus");
    const rules = "groups: [{name: own, rules: [{alert: Broken, expr: 'up ==='}]}]\n";
    await writeFile(join(directory, "rules/flower-monitoring.yml"), rules);
    await expect(checkPrometheus()).rejects.toThrow("could not parse expression");
  });
});

describe("amtool accepts alertmanager.yml", () => {
  const receivers = [
    { name: "lab", webhook: { url: "http://172.31.77.5:8080/alerts" } },
    { name: "ops", webhook: { urlSecret: "opsHook" } },
  ];
  const routes = [
    { receiver: "ops", matchers: ['severity="critical"'], continue: false },
    { receiver: "ops", matchers: ['alertname="TargetDown"', 'job="flower"'] },
  ];

  test("of the example", async () => {
    await pushed("alertmanager");
    expect((await checkAlertmanager()).stdout).toContain("2 receivers");
  });

  test("with a secret URL and routes, and sends alerts where the routes say", async () => {
    await pushed("alertmanager", (raw) => alerting(raw, { receivers, routes }), {
      opsHook: "https://hooks.example.org/secret",
    });
    expect((await checkAlertmanager()).stdout).toContain("3 receivers");
    const receiverOf = async (...labels: string[]): Promise<string> => {
      const args = ["config", "routes", "test", "--config.file=alertmanager.yml", ...labels];
      return (await run(amtool, args, { cwd: directory })).stdout.trim();
    };
    expect(await receiverOf("alertname=SuperNodeOffline", "severity=critical")).toBe("ops");
    expect(await receiverOf("alertname=TargetDown", "job=flower", "severity=warning")).toBe("ops");
    expect(await receiverOf("alertname=TargetDown", "job=node", "severity=warning")).toBe("lab");
    expect(await receiverOf("alertname=MyOwn")).toBe("lab");
  });

  test("but not a receiver that nobody defined, and says which", async () => {
    const { config } = await writeConfiguration(directory, { ...QUIET, defaultReceiver: "who" });
    await expect(run(amtool, ["check-config", join(config, "alertmanager.yml")])).rejects.toThrow(
      'undefined receiver "who"',
    );
  });
});

describe("the complete example of docs/alerting.md", () => {
  let file: string;
  beforeEach(async () => {
    const { config } = await writeConfiguration(directory, exampleAlerting());
    file = join(config, "alertmanager.yml");
  });

  test("is accepted with its templates, mute timings and pairs", async () => {
    const { stdout } = await run(amtool, ["check-config", file]);
    expect(stdout).toContain(`${inhibitions.length} inhibit rules`);
    expect(stdout).toContain("7 receivers");
    expect(stdout).toMatch(/1 templates[\s\S]*SUCCESS$/m);
  });

  const MACHINES = "flower-monitoring/";
  test.each([
    ["critical", {}, "pager,mail,chat"],
    ["critical", { site: "hospital-1" }, "hospital-1,pager,mail,chat"],
    ["critical", { site: "hospital-2" }, "pager,mail,chat"],
    ["warning", {}, "mail,chat"],
    ["warning", { site: "hospital-1" }, "hospital-1,mail,chat"],
    ["warning", { site: "hospital-2" }, "mail,chat"],
    ["info", {}, "hook"],
    ["info", { site: "hospital-1" }, "hospital-1,hook"],
    ["", {}, "hook"],
    ["", { site: "hospital-1" }, "hospital-1,hook"],
    ["none", { site: "hospital-1" }, `${MACHINES}nobody`],
    ["none", { alertname: "Watchdog" }, `${MACHINES}dead-mans-switch`],
    ["info", { alertname: "FlowerMonitoringDeliveryTest", receiver: "pager" }, "pager"],
    [
      "info",
      { alertname: "FlowerMonitoringDeliveryTest", receiver: "hook", site: "hospital-1" },
      `${MACHINES}nobody`,
    ],
  ])("tells of severity %s with %j: %s", async (severity, more: object, receivers) => {
    const labels = Object.entries({ alertname: "Any", severity, ...more }).map(
      ([key, value]) => `${key}="${value}"`,
    );
    const args = ["config", "routes", "test", `--config.file=${file}`];
    const { stdout } = await run(amtool, [...args, ...labels]);
    expect(stdout.trim()).toBe(receivers);
  });
});

describe("shellcheck finds nothing in", () => {
  test.each([
    "prometheus-live-config",
    "prometheus-targets",
    "alertmanager-live-config",
    "alertmanager-secrets",
    "grafana-secrets",
  ])("the script %s", async (name) => {
    const { registrations } = await runProgram();
    const stdin = byName({ registrations }, `monitoring-${name}`).inputs["stdin"];
    const text = typeof stdin === "string" ? stdin : (stdin as { value: string }).value;
    // What comes before the first empty line is read by session.sh.
    const script = text.slice(text.indexOf("\n\n"));
    // The script of the container is data to shellcheck, so it is checked by itself.
    const inner = [...script.matchAll(/ -s <<'(END_\w+)'\n([\s\S]*?)^\1\n/gm)];
    expect(inner.length).toBeGreaterThan(0);
    for (const input of [script, ...inner.map(([, , body = ""]) => body)]) {
      await run("shellcheck", ["--shell=sh", "-"], { input });
    }
  });

  test.each([undefined, "/etc/alertmanager/secrets"])(
    "the delivery proof, with secrets in %s",
    async (secrets) => {
      const script = renderDeliveryProof({
        ...{ container: "c", url: "http://127.0.0.1:9093", secrets, federation: "f", digest: "0" },
        receivers: ["a", "b"].map((name) => ({ name, integrations: ["webhook", "email"] })),
      });
      await run("shellcheck", ["--shell=sh", "-"], { input: script });
    },
  );
});
