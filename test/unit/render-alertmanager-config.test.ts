import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { AlertingConfig } from "../../components/config/schema";
import { renderAlertmanagerConfig } from "../../components/render/alertmanager-config";
import { integrationsOf } from "../../components/render/alertmanager-receivers";
import { inhibitions } from "../../rules/inhibitions";
import { exampleAlerting, SECRETS } from "../support/alerting-example";
import { parse as parseStack } from "./config-fixture";

const PATHS = { secrets: "/etc/am/secrets", config: "/etc/am/current" };
const plain = parseStack().alerting;

interface Route {
  receiver?: string;
  matchers?: string[];
  routes?: Route[];
  [key: string]: unknown;
}
interface Config {
  route: Route & { routes: Route[] };
  inhibit_rules: unknown[];
  time_intervals?: unknown[];
  receivers: ({ name: string } & Record<string, Record<string, unknown>[]>)[];
}

function render(alerting: AlertingConfig): { config: Config; files: Record<string, string> } {
  const files = renderAlertmanagerConfig(alerting, PATHS);
  return {
    config: parse(files[0]?.content ?? "") as Config,
    files: Object.fromEntries(files.map(({ path, content }) => [path, content])),
  };
}
const config = (changes: Partial<AlertingConfig> = {}): Config =>
  render({ ...plain, ...changes }).config;

function receiver(name: string): Config["receivers"][number] {
  const found = render(exampleAlerting()).config.receivers.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no receiver ${name}`);
  return found;
}

describe("the route", () => {
  test("is the default receiver's, one message per problem and severity", () => {
    expect(config().route).toMatchObject({
      receiver: "ops",
      group_by: ["alertname", "federation", "severity"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "4h",
    });
  });

  test("without more in the config has one child: what is for no person goes to none", () => {
    expect(config().route.routes).toEqual([
      { matchers: ['severity="none"'], receiver: "flower-monitoring/nobody" },
    ]);
  });

  test("may make each alert a message of its own", () => {
    expect(config({ groupBy: ["..."] }).route["group_by"]).toEqual(["..."]);
  });

  test("passes the user's routes on as they are, before the severities", () => {
    const routes = [{ receiver: "ops", matchers: ['job="x"'], continue: true }];
    const children = config({ routes, routing: { critical: ["ops"] } }).route.routes;
    expect(children.slice(1)).toEqual([
      ...routes,
      { matchers: ['severity="critical"'], receiver: "ops" },
    ]);
  });

  test("tells all receivers of a severity, the last of them without going on", () => {
    expect(config({ routing: { warning: ["a", "b"] } }).route.routes.slice(1)).toEqual([
      { matchers: ['severity="warning"'], receiver: "a", continue: true },
      { matchers: ['severity="warning"'], receiver: "b" },
    ]);
  });

  test("mutes a severity at its sites too, and where it has no receivers of its own", () => {
    const muteTimings: AlertingConfig["muteTimings"] = [
      { name: "nights", severities: ["warning"], intervals: [{}] },
      { name: "unused", severities: [], intervals: [{}] },
    ];
    const muted = { matchers: ['severity="warning"'], mute_time_intervals: ["nights"] };
    const { route, time_intervals } = config({ muteTimings, sites: { 'h"1': ["it"] } });
    expect(route.routes.slice(1)).toEqual([
      { matchers: ['site="h\\"1"'], receiver: "it", continue: true, routes: [muted] },
      { receiver: "ops", routes: [{ ...muted, receiver: "ops" }] },
    ]);
    expect(time_intervals).toEqual([
      { name: "nights", time_intervals: [{}] },
      { name: "unused", time_intervals: [{}] },
    ]);
  });

  test("hands Watchdog to the dead man's switch each minute, and not the word of its end", () => {
    const { route, receivers } = config({ deadMansSwitch: { urlSecret: "deadMan" } });
    expect(route.routes[0]?.routes).toEqual([
      {
        matchers: ['alertname="Watchdog"'],
        receiver: "flower-monitoring/dead-mans-switch",
        group_wait: "0s",
        group_interval: "30s",
        repeat_interval: "50s",
      },
    ]);
    expect(receivers.at(-1)).toEqual({
      name: "flower-monitoring/dead-mans-switch",
      webhook_configs: [{ url_file: "/etc/am/secrets/deadMan", send_resolved: false }],
    });
  });

  test("has a way for the test alert to each receiver that is to be proven, and only those", () => {
    const [first] = render(exampleAlerting()).config.route.routes;
    expect(first).toMatchObject({
      matchers: ['alertname="FlowerMonitoringDeliveryTest"'],
      receiver: "flower-monitoring/nobody",
      routes: ["mail", "chat", "pager"].map((name) => ({
        matchers: [`receiver="${name}"`],
        receiver: name,
      })),
    });
  });
});

describe("the receivers", () => {
  test("all tell the end of an alert", () => {
    const people = render(exampleAlerting()).config.receivers.slice(0, -2);
    const configs = people.flatMap(({ name: _name, ...kinds }) => Object.values(kinds).flat());
    expect(configs).toHaveLength(7);
    for (const one of configs) expect(one["send_resolved"]).toBe(true);
  });

  test("have URLs in plain or as the name of a file", () => {
    expect(receiver("hook")["webhook_configs"]).toEqual([
      { url: "http://10.0.0.5:8080/alerts", send_resolved: true },
    ]);
    expect(receiver("hospital-1")["webhook_configs"]).toEqual([
      { url_file: "/etc/am/secrets/hospital1Url", send_resolved: true },
    ]);
  });

  test("name a file for each secret, and hold none", () => {
    expect(receiver("mail")["email_configs"]?.[0]).toMatchObject({
      auth_username: "monitoring",
      auth_password_file: "/etc/am/secrets/smtpPassword",
      require_tls: true,
    });
    expect(receiver("chat")["slack_configs"]?.[0]).toMatchObject({
      api_url: "https://slack.com/api/chat.postMessage",
      http_config: { authorization: { credentials_file: "/etc/am/secrets/slackToken" } },
    });
    expect(receiver("chat")["msteamsv2_configs"]?.[0]).toMatchObject({
      webhook_url_file: "/etc/am/secrets/teamsUrl",
    });
    expect(receiver("pager")["pagerduty_configs"]?.[0]).toMatchObject({
      routing_key_file: "/etc/am/secrets/pagerdutyKey",
    });
    expect(receiver("pager")["opsgenie_configs"]?.[0]).toMatchObject({
      api_key_file: "/etc/am/secrets/opsgenieKey",
      api_url: "https://api.eu.opsgenie.com/",
    });
    const text = JSON.stringify(render(exampleAlerting()).files);
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
  });

  test("a Slack webhook is read from its file", () => {
    const slack = { urlSecret: "slackUrl" };
    const { receivers } = config({ receivers: [{ name: "chat", verify: false, slack }] });
    expect(receivers[0]?.["slack_configs"]?.[0]).toMatchObject({
      api_url_file: "/etc/am/secrets/slackUrl",
    });
    expect(receivers[0]?.["slack_configs"]?.[0]).not.toHaveProperty("channel");
  });

  test("the CA of a mail server lies beside alertmanager.yml", () => {
    const email = {
      to: "a@x.org",
      from: "b@x.org",
      smarthost: "m:25",
      requireTls: true,
      ca: "PEM",
    };
    const alerting = { ...plain, receivers: [{ name: "mail", verify: false, email }] };
    const { config: rendered, files } = render(alerting);
    expect(rendered.receivers[0]?.["email_configs"]?.[0]?.["tls_config"]).toEqual({
      ca_file: "/etc/am/current/ca/mail.pem",
    });
    expect(files["ca/mail.pem"]).toBe("PEM");
  });

  test("have the names of their integrations as Alertmanager counts them", () => {
    const named = exampleAlerting().receivers.map((one) => [one.name, integrationsOf(one)]);
    expect(Object.fromEntries(named)).toEqual({
      hook: ["webhook"],
      mail: ["email"],
      chat: ["slack", "msteamsv2"],
      pager: ["pagerduty", "opsgenie"],
      "hospital-1": ["webhook"],
    });
  });
});

test("what is held back is what rules/inhibitions.ts says", () => {
  expect(config().inhibit_rules).toEqual(
    inhibitions.map(({ source, target, equal }) => ({
      source_matchers: source,
      target_matchers: target,
      equal,
    })),
  );
});

test("the templates lie beside the configuration", () => {
  expect(Object.keys(render(plain).files)).toEqual(["alertmanager.yml", "notifications.tmpl"]);
});
