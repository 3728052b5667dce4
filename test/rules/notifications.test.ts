/**
 * The complete example of docs/alerting.md in a real Alertmanager, with sinks in the place of the
 * services: who is told of what, in which words, with which secret.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AlertingConfig, ReceiverConfig } from "../../components/config/schema";
import { eventually } from "../../lab/observe";
import { exampleAlerting, SECRETS } from "../support/alerting-example";
import {
  startAlertmanager,
  type AlertmanagerServer,
  type PostedAlert,
} from "../../lab/servers/alertmanager";
import { startHttpSink, type HttpSink, type SunkRequest } from "../support/http-sink";
import { startSmtpSink, type SmtpSink } from "../support/smtp-sink";

let http: HttpSink;
let smtp: SmtpSink;
let server: AlertmanagerServer;

/** The example with the sinks' addresses, and a Slack webhook beside the token. */
function alerting(): AlertingConfig {
  const example = exampleAlerting();
  const local = (given: ReceiverConfig): ReceiverConfig => ({
    ...given,
    webhook: given.webhook && "url" in given.webhook ? { url: `${http.url}/hook` } : given.webhook,
    email: given.email && { ...given.email, smarthost: smtp.address, ca: smtp.ca },
    slack:
      given.slack && "tokenSecret" in given.slack
        ? { ...given.slack, apiUrl: `${http.url}/chat.postMessage` }
        : given.slack,
    pagerduty: given.pagerduty && { ...given.pagerduty, apiUrl: `${http.url}/enqueue` },
    opsgenie: given.opsgenie && { ...given.opsgenie, apiUrl: `${http.url}/` },
  });
  const slackHook = { name: "slack-hook", verify: false, slack: { urlSecret: "slackUrl" } };
  return {
    ...example,
    receivers: [...example.receivers.map(local), slackHook],
    routes: [{ receiver: "slack-hook", matchers: ['alertname="Own"'] }],
    // The nights of a year that is over: the timing is there, and mutes nothing.
    muteTimings: example.muteTimings.map((one) => ({ ...one, intervals: [{ years: ["2020"] }] })),
    timing: { groupWait: "1s", groupInterval: "5s", repeatInterval: "1h" },
  };
}

const labels = (alertname: string, severity: string, more: object = {}): PostedAlert["labels"] => ({
  ...{ alertname, severity, federation: "demo" },
  ...more,
});

const OFFLINE: PostedAlert = {
  labels: labels("SuperNodeOffline", "critical", { host: "node<!channel>", run_id: "77" }),
  annotations: {
    summary: "SuperNode <b>x</b> [here](http://evil.example.org) is offline",
    description: "No heartbeat for 93 s & more. Likely: its host is down. <script>x</script>",
    runbook_url: "https://example.org/runbooks.md#supernodeoffline",
    dashboard: "http://10.0.0.10:3000/d/flower-monitoring-federation",
  },
};
const DOWN: PostedAlert = {
  labels: labels("TargetDown", "warning", { host: "supernode-1", site: "hospital-1", job: "node" }),
  annotations: { summary: "node on supernode-1 cannot be scraped" },
};

/** What the services got, as their paths, with the secret ones by name. */
const PATHS = {
  critical: ["/chat.postMessage", "/enqueue", "/teams", "/v2/alerts"],
  warning: ["/chat.postMessage", "/hospital-1", "/teams"],
};

const text = (request: SunkRequest | undefined): string => JSON.stringify(request?.body);
const about = (path: string, alertname: string): SunkRequest | undefined =>
  http.got(path).find((request) => text(request).includes(alertname));
const mailAbout = (words: string) => smtp.mails.find((mail) => mail.text.includes(words));

beforeAll(async () => {
  [http, smtp] = await Promise.all([startHttpSink(), startSmtpSink()]);
  server = await startAlertmanager(alerting(), {
    ...SECRETS,
    slackUrl: `${http.url}/slack`,
    teamsUrl: `${http.url}/teams`,
    hospital1Url: `${http.url}/hospital-1`,
    deadMansUrl: `${http.url}/dead-man`,
  });
  await server.post([
    OFFLINE,
    DOWN,
    { labels: labels("Disk", "info") },
    { labels: labels("Own", "warning") },
    { labels: labels("Watchdog", "none") },
    { labels: labels("Other", "none") },
  ]);
  await eventually(
    "everybody is told",
    30,
    () => Promise.resolve([...http.paths(), ...smtp.mails.map(({ to }) => to[0])]),
    (got) =>
      [...PATHS.critical, "/hospital-1", "/hook", "/slack", "/dead-man"].every((path) =>
        got.includes(path),
      ) && smtp.mails.length >= 2,
  );
});
afterAll(async () => {
  await server.stop();
  await Promise.all([http.stop(), smtp.stop()]);
});

describe("who is told", () => {
  test("critical: the pager, mail and Slack", () => {
    const told = http.paths().filter((path) => about(path, "SuperNode") !== undefined);
    expect(told).toEqual(PATHS.critical);
    expect(mailAbout("SuperNode")).toBeDefined();
  });

  test("warning of a site: mail, Slack and the site", () => {
    const told = http.paths().filter((path) => about(path, "supernode-1") !== undefined);
    expect(told).toEqual(PATHS.warning);
    expect(mailAbout("supernode-1")).toBeDefined();
  });

  test("any other severity: the default; a route of the user's own: its receiver alone", () => {
    const told = (name: string): string[] =>
      http.paths().filter((path) => about(path, name) !== undefined);
    expect(told("Disk")).toEqual(["/hook"]);
    expect(told("Own")).toEqual(["/slack"]);
  });

  test("Watchdog: the dead man's switch, and no person; what else has severity none: nobody", () => {
    const told = (name: string): string[] =>
      http.paths().filter((path) => about(path, name) !== undefined);
    expect(told("Watchdog")).toEqual(["/dead-man"]);
    expect(told("Other")).toEqual([]);
    expect(mailAbout("Watchdog")).toBeUndefined();
  });
});

describe("in which words", () => {
  const silence =
    "http://alertmanager.example.org:9093/#/silences/new?filter=%7Balertname%3D%22SuperNodeOffline%22" +
    "%2Cfederation%3D%22demo%22%2Chost%3D%22node%3C%21channel%3E%22%2Crun_id%3D%2277%22%7D";
  const where = "host node??channel?, run 77, federation demo";

  test("mail has both parts, and markup of others is text", () => {
    const { text: mail = "", ...envelope } = mailAbout("SuperNode") ?? {};
    expect(envelope).toEqual({
      from: "monitoring@example.org",
      to: ["on-call@example.org", "team@example.org"],
      login: `monitoring:${SECRETS.smtpPassword}`,
      tls: true,
    });
    const [head = "", plain = "", html = ""] = mail.split(/^--\w+\r?$/m);
    expect(head).toContain("Subject: [CRITICAL] SuperNode <b>x</b>");
    for (const words of [OFFLINE.annotations?.description, where, silence, "Severity: critical"]) {
      expect(plain).toContain(words);
    }
    expect(html).toContain("No heartbeat for 93 s &amp; more.");
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toMatch(/<script|<b>x/);
    expect(html).toContain(`<a href="${OFFLINE.annotations?.runbook_url}">Runbook</a>`);
    expect(html).toContain(`<a href="${OFFLINE.annotations?.dashboard}">Dashboard</a>`);
    expect(html).toContain(`<a href="${silence}">Silence</a>`);
  });

  test("Slack gets a coloured attachment in which no name can call a channel", () => {
    const request = about("/chat.postMessage", "SuperNode");
    expect(request?.headers.authorization).toBe(`Bearer ${SECRETS.slackToken}`);
    const body = request?.body as { channel: string; attachments: Record<string, string>[] };
    expect(body.channel).toBe("#federation");
    const [attachment] = body.attachments;
    expect(attachment).toMatchObject({
      color: "danger",
      title:
        "[CRITICAL] SuperNode &lt;b&gt;x&lt;/b&gt; [here](http://evil.example.org) is offline (demo)",
      title_link: OFFLINE.annotations?.dashboard,
    });
    expect(attachment?.["text"]).toContain("No heartbeat for 93 s &amp; more.");
    expect(attachment?.["text"]).toContain(`critical | ${where} | since `);
    expect(attachment?.["text"]).toContain(`<${OFFLINE.annotations?.runbook_url}|Runbook>`);
    expect(attachment?.["text"]).toContain(`<${silence}|Silence>`);
    expect(attachment?.["text"]).not.toContain("<!channel>");
  });

  test("Teams gets a card in which no name can hide a link", () => {
    const card = text(about("/teams", "SuperNode"));
    expect(card).toContain("application/vnd.microsoft.card.adaptive");
    expect(card).toContain("\\\\[here\\\\](http://evil.example.org)");
    expect(card).toContain(`[Runbook](${OFFLINE.annotations?.runbook_url})`);
    expect(card).toContain(where);
  });

  test("PagerDuty gets an event with severity, place and links", () => {
    expect(about("/enqueue", "SuperNode")?.body).toMatchObject({
      routing_key: SECRETS.pagerdutyKey,
      event_action: "trigger",
      client_url: OFFLINE.annotations?.dashboard,
      links: [
        { href: OFFLINE.annotations?.runbook_url, text: "Runbook" },
        { href: OFFLINE.annotations?.dashboard, text: "Dashboard" },
      ],
      payload: {
        severity: "critical",
        class: "SuperNodeOffline",
        component: "node<!channel>",
        group: "demo",
        custom_details: {
          firing: expect.stringContaining("No heartbeat for 93 s & more.") as unknown,
          resolved: null,
        },
      },
    });
  });

  test("Opsgenie gets an alert with priority and description", () => {
    const request = about("/v2/alerts", "SuperNode");
    expect(request?.headers.authorization).toBe(`GenieKey ${SECRETS.opsgenieKey}`);
    expect(request?.body).toMatchObject({
      priority: "P1",
      entity: "node<!channel>",
      description: expect.stringContaining(silence) as unknown,
    });
  });

  test("a webhook gets Alertmanager's own payload", () => {
    expect(about("/hospital-1", "supernode-1")?.body).toMatchObject({
      version: "4",
      status: "firing",
      alerts: [{ labels: DOWN.labels, annotations: DOWN.annotations }],
    });
  });
});

test("the dead man's switch hears of Watchdog every minute", async () => {
  const pings = (): number => http.got("/dead-man").length;
  const since = Date.now();
  await eventually(
    "a second ping",
    75,
    () => Promise.resolve(pings()),
    (count) => count >= 2,
  );
  // The first one came before this test.
  expect(Date.now() - since).toBeLessThan(62_000);
  expect(pings()).toBe(2);
});

test("no secret is in Alertmanager's API", async () => {
  const status = await (await fetch(`${server.url}/api/v2/status`)).text();
  expect(status).toContain("slackToken");
  for (const secret of Object.values(SECRETS)) expect(status).not.toContain(secret);
});
