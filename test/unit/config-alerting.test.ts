import { describe, expect, it } from "vitest";
import { thresholdsOf } from "../../rules/thresholds";
import type { Case, Expected } from "./config-fixture";
import { errorOf, expectFaults, junk, remove, parse } from "./config-fixture";

const SLACK = "https://hooks.slack.com/services/T00000000/B00000000/abcdefgh";

const webhook = (value: unknown): Case["edit"] => {
  return (raw) => (raw.alerting!.receivers![0]!.webhook = junk(value));
};

const URL_PATH = "alerting.receivers[0].webhook.url";

const wrong: [claim: string, given: Case["edit"], ...faults: Expected[]][] = [
  [
    "a stack without receivers is refused: nobody would be told",
    (raw) => (raw.alerting!.receivers = junk([])),
    ["alerting.receivers", "an empty list", "reaches nobody"],
  ],
  [
    "a missing alerting section is refused",
    (raw) => remove(raw, "alerting"),
    [
      "alerting",
      "got nothing",
      "evaluator, receivers, defaultReceiver, routes, rulesFile, groupWait",
    ],
  ],
  [
    "two receivers of one name are refused",
    (raw) => raw.alerting!.receivers!.push(raw.alerting!.receivers![0]!),
    ["alerting.receivers[1].name", 'got "ops"', "no other receiver"],
    ["alerting.defaultReceiver", "got nothing"],
  ],
  [
    "two receivers need a default",
    (raw) => raw.alerting!.receivers!.push(junk({ name: "b", webhook: { url: "http://b/" } })),
    ["alerting.defaultReceiver", "got nothing", "ops or b"],
  ],
  [
    "a default receiver that does not exist is refused",
    (raw) => (raw.alerting!.defaultReceiver = junk("opps")),
    ["alerting.defaultReceiver", 'got "opps"', "allowed: ops"],
  ],
  [
    "a receiver that a route names has to exist, at any depth",
    (raw) => {
      raw.alerting!.routes = junk([
        { receiver: "ops", routes: [{ receiver: "ops" }, { receiver: "pager" }] },
        { receiver: "mail" },
      ]);
    },
    ["alerting.routes[0].routes[1].receiver", 'got "pager"', "allowed: ops"],
    ["alerting.routes[1].receiver", 'got "mail"'],
  ],
  [
    "a threshold has to be one that there is, in its kind and its range",
    (raw) =>
      (raw.alerting!.thresholds = junk({
        targetDownfor: "5m",
        superNodeOfflineFor: "45s",
        factsAgeSeconds: "60",
        bundleLateAfter: "2d",
      })),
    ["alerting.thresholds.targetDownfor", "did you mean targetDownFor?"],
    ["alerting.thresholds.superNodeOfflineFor", 'got "45s"', "a multiple of 30s"],
    ["alerting.thresholds.factsAgeSeconds", 'got "60"', "a number from 35 to 3600 s"],
    ["alerting.thresholds.bundleLateAfter", 'got "2d"', "from 1m to 1d"],
  ],
  [
    "thresholds are a map",
    (raw) => (raw.alerting!.thresholds = junk(["targetDownFor"])),
    ["alerting.thresholds", "a map of thresholds"],
  ],
  [
    "an unknown key of a route gets a suggestion",
    (raw) => (raw.alerting!.routes = junk([{ matcher: ['severity="critical"'] }])),
    ["alerting.routes[0].matcher", "did you mean matchers?"],
  ],
  [
    "routes as a map are refused",
    (raw) => (raw.alerting!.routes = junk({ receiver: "ops" })),
    ["alerting.routes", "got a map", "a list of Alertmanager routes"],
  ],
  [
    "matchers as a text are refused",
    (raw) => (raw.alerting!.routes = junk([{ matchers: 'severity="critical"' }])),
    ["alerting.routes[0].matchers", "a list"],
  ],
  [
    "an unknown evaluator is refused",
    (raw) => (raw.alerting!.evaluator = junk("mimir")),
    ["alerting.evaluator", 'got "mimir"', "grafana or prometheus"],
  ],
  [
    "a rules file that is missing is named with its absolute path",
    (raw) => (raw.alerting!.rulesFile = junk("rules/mine.yml")),
    ["alerting.rulesFile", "/project/rules/mine.yml (no such file)"],
  ],
  [
    "a rules file that is a directory is refused",
    (raw) => (raw.alerting!.rulesFile = junk("/opt/wheels")),
    ["alerting.rulesFile", "/opt/wheels (a directory)"],
  ],
  [
    "a webhook without target is refused",
    webhook({}),
    ["alerting.receivers[0].webhook", "neither url nor urlSecret", "exactly one"],
  ],
  [
    "a webhook with two targets is refused",
    webhook({ url: "http://a/", urlSecret: "opsWebhookUrl" }),
    ["opsWebhookUrl", "a receiver's webhook URL, as a secret"],
    ["alerting.receivers[0].webhook", "both url and urlSecret"],
  ],
  [
    "a pause of zero and a runbook page that is no URL are refused",
    (raw) => Object.assign(raw.alerting!, { groupWait: "0s", runbooksUrl: "docs/runbooks.md" }),
    ["alerting.groupWait", 'got "0s"', "from 1s"],
    ["alerting.runbooksUrl", 'got "docs/runbooks.md"', "URL"],
  ],
  ["a text that is no URL is refused", webhook({ url: "10.0.0.5:8080" }), [URL_PATH, "http://"]],
  [
    "a URL of another scheme is refused",
    webhook({ url: "ftp://10.0.0.5/" }),
    [URL_PATH, "http://"],
  ],
  [
    "a URL with a password is refused with urlSecret as the way",
    webhook({ url: "https://bot:hunter2@alerts.example.org/" }),
    [URL_PATH, "without credentials", "user and password", "urlSecret", "--secret"],
  ],
  [
    "a Slack URL in plain is refused with urlSecret as the way",
    webhook({ url: SLACK }),
    [URL_PATH, "not shown", "a token", "urlSecret"],
  ],
  [
    "a token in the query is refused",
    webhook({ url: "https://alerts.example.org/in?api_key=abc" }),
    [URL_PATH, "a token", "urlSecret"],
  ],
  [
    "a URL in the place of the secret's name is refused and not shown",
    webhook({ urlSecret: SLACK }),
    ["alerting.receivers[0].webhook.urlSecret", "not shown", "not the secret itself"],
  ],
  [
    "a urlSecret that is another key of the config is refused",
    webhook({ urlSecret: "grafanaAdminPassword" }),
    ["alerting.receivers[0].webhook.urlSecret", "choose another name"],
  ],
];

describe("wrong alerting", () => {
  it.each(wrong)("%s", (_claim, edit, ...faults) => {
    expectFaults({ edit }, faults);
  });

  it.each([
    "https://events.pagerduty.com/integration/0123456789abcdef/enqueue",
    "https://api.eu.opsgenie.com/v1/json/prometheus/0123456789abcdef",
    "https://example.webhook.office.com/webhookb2/0123456789abcdef",
    "https://discord.com/api/webhooks/1/0123456789abcdef",
  ])("%s carries a token and is refused without being shown", (url) => {
    const { message } = errorOf({ edit: webhook({ url }) });
    expect(message).toContain("urlSecret");
    expect(message).not.toContain("0123456789abcdef");
  });

  it("a webhook that is a text is refused and not shown", () => {
    expect(errorOf({ edit: webhook(SLACK) }).message).not.toContain("slack");
  });

  it("a route tree without end is refused instead of ending the parser", () => {
    let route: object = { receiver: "ops" };
    for (let depth = 0; depth < 5000; depth++) route = { routes: [route] };
    const { faults } = errorOf({ edit: (raw) => (raw.alerting!.routes = junk([route])) });
    expect(faults).toHaveLength(1);
    expect(faults[0]?.allowed).toContain("20 levels");
  });
});

describe("right alerting", () => {
  it("Grafana evaluates, and the only receiver is the default", () => {
    expect(parse().alerting).toEqual({
      evaluator: "grafana",
      receivers: [{ name: "ops", verify: false, webhook: { url: "http://10.0.0.5:8080/alerts" } }],
      defaultReceiver: "ops",
      routing: {},
      sites: {},
      thresholds: {},
      routes: [],
      muteTimings: [],
      groupBy: ["alertname", "federation"],
      timing: { groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" },
      runbooksUrl: expect.stringMatching(/^https:.*docs\/runbooks\.md$/) as string,
    });
  });

  it("thresholds that the stack changes are kept, and all others are the defaults", () => {
    const own = { targetDownFor: "5m", factsAgeSeconds: 60 };
    const { thresholds } = parse({
      edit: (raw) => (raw.alerting!.thresholds = junk(own)),
    }).alerting;
    expect(thresholds).toEqual(own);
    expect(thresholdsOf(thresholds)).toEqual({ ...thresholdsOf(), ...own });
  });

  it("Alertmanager's pauses and the runbooks' page can be set", () => {
    const edit: Case["edit"] = (raw) => {
      const own = { groupWait: "1s", repeatInterval: "1d", runbooksUrl: "https://wiki.lan/fl" };
      Object.assign(raw.alerting!, own);
    };
    expect(parse({ edit }).alerting).toMatchObject({
      timing: { groupWait: "1s", groupInterval: "5m", repeatInterval: "1d" },
      runbooksUrl: "https://wiki.lan/fl",
    });
  });

  it("routes are handed on as they are, the rules file with its content", () => {
    const routes = [{ matchers: ['severity="info"'], receiver: "ops", repeat_interval: "12h" }];
    const edit: Case["edit"] = (raw) => {
      raw.alerting!.routes = junk(routes);
      raw.alerting!.rulesFile = junk("my-rules.yml");
    };
    expect(parse({ edit }).alerting).toMatchObject({
      routes,
      rulesFile: { path: "/project/my-rules.yml", content: "groups: []\n" },
    });
  });
});
