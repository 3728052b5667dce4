/** The words of notifications, by amtool's own rendering: long lists, ends, and alerts with little in them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../runner/run";
import { alertmanagerTools } from "../../lab/toolchain/prometheus";

const TEMPLATES = resolve(__dirname, "../../rules/notifications.tmpl");
const BODIES = ["text", "html", "slack", "teams"];

let amtool: string;
let directory: string;
beforeAll(async () => {
  amtool = (await alertmanagerTools()).amtool.path;
  directory = await mkdtemp(join(tmpdir(), "flower-monitoring-templates-"));
});
afterAll(() => rm(directory, { recursive: true }));

interface Alert {
  status: "firing" | "resolved";
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const alert = (host: string, more: Partial<Alert> = {}): Alert => ({
  status: "firing",
  labels: { alertname: "TargetDown", severity: "warning", federation: "demo", host },
  annotations: { summary: `${host} cannot be scraped` },
  ...more,
});

/** What a template makes of a group; Alertmanager itself would compute what the alerts share. */
async function render(
  name: string,
  alerts: Alert[],
  common: Record<string, string> = {
    alertname: "TargetDown",
    severity: "warning",
    federation: "demo",
  },
): Promise<string> {
  const at = { startsAt: "2026-01-02T03:04:05Z", endsAt: "2026-01-02T04:05:06Z" };
  const firing = alerts.some(({ status }) => status === "firing");
  const data = {
    receiver: "ops",
    status: firing ? "firing" : "resolved",
    externalURL: "http://10.0.0.10:9093",
    alerts: alerts.map((one) => ({ ...one, ...at })),
    groupLabels: common,
    commonLabels: common,
    commonAnnotations: {},
  };
  const file = join(directory, "data.json");
  await writeFile(file, JSON.stringify(data));
  const text = `{{ template "flower-monitoring.${name}" . }}`;
  const type = name === "html" ? "html" : "text";
  const args = [`--template.glob=${TEMPLATES}`, `--template.text=${text}`];
  const { stdout } = await run(amtool, [
    ...["template", "render", ...args, `--template.data=${file}`, `--template.type=${type}`],
  ]);
  return stdout;
}

describe.each(BODIES)("%s", (body) => {
  test("lists ten alerts of many, and says that there are more and where", async () => {
    const hosts = Array.from({ length: 12 }, (_, i) => `node-${i + 1}.`);
    const text = await render(
      body,
      hosts.map((host) => alert(host)),
    );
    const listed = hosts.filter((host) => text.includes(`${host} cannot be scraped`));
    expect(listed).toEqual(hosts.slice(0, 10));
    expect(text).toContain("Not all 12 alerts are listed here.");
    expect(text).toContain("http://10.0.0.10:9093/#/alerts");
  });

  test("lists up to ten without a word of more", async () => {
    const hosts = Array.from({ length: 10 }, (_, i) => alert(`node-${i + 1}`));
    expect(await render(body, hosts)).not.toContain("Not all");
  });

  test("lists what fires before what ended, each with its time", async () => {
    const text = await render(body, [alert("a", { status: "resolved" }), alert("b")]);
    expect(text.indexOf("b cannot be scraped")).toBeLessThan(text.indexOf("a cannot be scraped"));
    expect(text).toMatch(/[Ss]ince:? 2026-01-02 03:04 UTC/);
    expect(text).toMatch(/[Uu]ntil:? 2026-01-02 04:05 UTC/);
  });

  test("names an alert of the user's own that has nothing but its name", async () => {
    const labels = { alertname: "Own" };
    const text = await render(body, [alert("x", { labels, annotations: {} })], labels);
    expect(text).toContain("Own");
    expect(text).toContain("federation unknown");
    expect(text).not.toMatch(/Runbook|Dashboard|<no value>|map\[/);
  });
});

describe("the title", () => {
  test.each(["title", "slack.title"])(
    "%s says severity, what, and which federation",
    async (name) => {
      expect(await render(name, [alert("a")])).toBe("[WARNING] a cannot be scraped (demo)");
      expect(await render(name, [alert("a", { status: "resolved" })])).toBe(
        "[RESOLVED] a cannot be scraped (demo)",
      );
      const two = [alert("a"), alert("b", { status: "resolved" })];
      expect(await render(name, two)).toBe("[WARNING] TargetDown: 1 firing, 1 resolved (demo)");
      // A route of the user's own may group what shares nothing.
      expect(await render(name, two, {})).toBe("[FIRING] Alerts: 1 firing, 1 resolved");
    },
  );
});

describe("a pager's severity", () => {
  test.each([
    ["critical", "critical", "P1", "danger"],
    ["warning", "warning", "P3", "warning"],
    ["info", "info", "P5", "warning"],
    ["page", "error", "P3", "danger"],
  ])("%s is %s to PagerDuty, %s to Opsgenie, %s to Slack", async (severity, duty, genie, slack) => {
    const of = (name: string): Promise<string> => render(name, [alert("a")], { severity });
    expect(await of("pagerduty.severity")).toBe(duty);
    expect(await of("opsgenie.priority")).toBe(genie);
    expect(await of("slack.color")).toBe(slack);
  });
});
