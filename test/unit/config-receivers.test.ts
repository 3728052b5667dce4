import { describe, expect, it } from "vitest";
import { exampleAlerting, exampleCase, SECRETS } from "../support/alerting-example";
import type { Case, Expected } from "./config-fixture";
import { errorOf, expectFaults, junk, parse } from "./config-fixture";

const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const AT = "alerting.receivers[0]";

const MAIL = { to: "a@example.org", from: "b@example.org", smarthost: "mail.example.org:587" };

/** A stack whose only receiver is this one. */
const receiver = (parts: Record<string, unknown>, secrets: Record<string, string> = {}): Case => ({
  edit: (raw) => {
    raw.alerting!.receivers = junk([{ name: "ops", ...parts }]);
    Object.assign(raw, secrets);
  },
  secret: ["grafanaAdminPassword", ...Object.keys(secrets)],
});

const wrong: [claim: string, given: Case, ...faults: Expected[]][] = [
  [
    "a receiver without a kind is refused",
    receiver({}),
    [AT, "nothing is sent to", "webhook, email, slack, pagerduty, opsgenie, teams"],
  ],
  [
    "an unknown kind gets a suggestion",
    receiver({ webhook: { url: "http://a/" }, pagerdooty: {} }),
    [`${AT}.pagerdooty`, "did you mean pagerduty?"],
  ],
  [
    "verify is true or false",
    receiver({ webhook: { url: "http://a/" }, verify: "yes" }),
    [`${AT}.verify`, 'got "yes"', "true or false"],
  ],
  [
    "mail needs addresses and a server",
    receiver({ email: { to: "on-call", from: "Ops <a@b.org>", smarthost: "mail.example.org" } }),
    [`${AT}.email.to`, 'got "on-call"', "mail address"],
    [`${AT}.email.from`, "one mail address"],
    [`${AT}.email.smarthost`, "host:port"],
  ],
  [
    "Alertmanager's templates have no place in an address",
    receiver({ email: { ...MAIL, to: "{{ .x }}@example.org" } }),
    [`${AT}.email.to`, "mail address"],
  ],
  [
    "a mail server on loopback would be the container itself",
    receiver({ email: { ...MAIL, smarthost: "127.0.0.1:25" } }),
    [`${AT}.email.smarthost`, "the monitoring VM can reach"],
  ],
  [
    "a login needs both of its parts",
    receiver({ email: { ...MAIL, username: "ops" } }),
    [`${AT}.email.passwordSecret`, "got nothing", "write both"],
  ],
  [
    "a password never travels without TLS",
    receiver(
      { email: { ...MAIL, username: "ops", passwordSecret: "smtp", requireTls: false } },
      { smtp: "hunter2hunter2" },
    ),
    [`${AT}.email.requireTls`, "false beside a login", "can be read on the way"],
  ],
  [
    "a CA file that is missing is named with its absolute path",
    receiver({ email: { ...MAIL, caFile: "ca.pem" } }),
    [`${AT}.email.caFile`, "/project/ca.pem (no such file)"],
  ],
  [
    "a private key in the place of the CA is refused",
    {
      ...receiver({ email: { ...MAIL, caFile: "ca.pem" } }),
      files: { "/project/ca.pem": `${CA}-----BEGIN PRIVATE KEY-----\n` },
    },
    [`${AT}.email.caFile`, "no private key"],
  ],
  [
    "Slack has a webhook or a token",
    receiver({ slack: { channel: "#a" } }),
    [`${AT}.slack`, "neither urlSecret nor tokenSecret", "exactly one"],
  ],
  [
    "a Slack token needs a channel, and its key the secret",
    receiver({ slack: { tokenSecret: "slackToken" } }),
    ["slackToken", "got nothing", "the token of a Slack app"],
    [`${AT}.slack.channel`, "got nothing", "a Slack channel"],
  ],
  [
    "a webhook's URL is whole",
    receiver(
      { slack: { urlSecret: "slackUrl", apiUrl: "https://slack-gov.com/api/chat.postMessage" } },
      { slackUrl: "https://hooks.slack.com/x" },
    ),
    [`${AT}.slack.apiUrl`, "beside urlSecret"],
  ],
  [
    "an API's address has no credentials",
    receiver(
      { pagerduty: { routingKeySecret: "pd", apiUrl: "https://events.example.org/?key=a" } },
      { pd: "0123456789" },
    ),
    [`${AT}.pagerduty.apiUrl`, "not shown", "without credentials"],
  ],
  [
    "a key pasted in the place of its name is refused and not shown",
    receiver({ opsgenie: { apiKeySecret: "0123-4567-89ab" } }),
    [`${AT}.opsgenie.apiKeySecret`, "not shown", "not the secret itself"],
  ],
  [
    "Teams takes no URL in plain",
    receiver({ teams: { url: "https://example.webhook.office.com/webhookb2/0123" } }),
    [`${AT}.teams.urlSecret`, "got nothing"],
    [`${AT}.teams.url`, "an unknown key"],
  ],
  [
    "a secret that is several lines is refused and not shown",
    receiver({ pagerduty: { routingKeySecret: "pd" } }, { pd: "one\ntwo" }),
    ["pd", "line breaks", "not shown"],
  ],
  [
    "a secret URL that Alertmanager would read as a template is refused",
    receiver({ teams: { urlSecret: "teamsUrl" } }, { teamsUrl: "https://a.example.org/{{x" }),
    ["teamsUrl", "no URL"],
  ],
  [
    "a dead man's switch has one URL",
    { edit: (raw) => (raw.alerting!.deadMansSwitch = junk({})) },
    ["alerting.deadMansSwitch", "neither url nor urlSecret"],
  ],
  [
    "a dead man's switch whose URL is the password is a secret",
    { edit: (raw) => (raw.alerting!.deadMansSwitch = junk({ url: "https://a.org/?token=b" })) },
    ["alerting.deadMansSwitch.url", "not shown", "urlSecret"],
  ],
];

describe("wrong receivers", () => {
  it.each(wrong)("%s", (_claim, given, ...faults) => expectFaults(given, faults));

  it("no fault shows what was pasted in a receiver", () => {
    const token = "xoxb-0123456789abcdef";
    const places = ["channel", "urlSecret", "tokenSecret", "apiUrl", "url", "token"];
    for (const place of places) {
      const { message } = errorOf(receiver({ slack: { [place]: `${token} ` } }));
      expect(message).not.toContain(token);
    }
  });
});

describe("right receivers", () => {
  it("the complete example of docs/alerting.md is right, and has each kind", () => {
    const { receivers, deadMansSwitch } = exampleAlerting();
    const kinds = receivers.flatMap(({ name: _name, verify: _verify, ...rest }) =>
      Object.entries(rest).filter(([, part]) => part !== undefined),
    );
    expect(new Set(kinds.map(([kind]) => kind))).toEqual(
      new Set(["webhook", "email", "slack", "teams", "pagerduty", "opsgenie"]),
    );
    expect(deadMansSwitch).toEqual({ urlSecret: "deadMansUrl" });
    expect(receivers.filter(({ verify }) => verify).map(({ name }) => name)).toEqual([
      "mail",
      "chat",
      "pager",
    ]);
  });

  it("mail is sent with TLS unless it is switched off, its CA comes with its content", () => {
    const given = receiver({ email: { ...MAIL, caFile: "ca.pem" } });
    expect(parse({ ...given, files: { "/project/ca.pem": CA } }).alerting.receivers).toEqual([
      { name: "ops", verify: false, email: { ...MAIL, requireTls: true, ca: CA } },
    ]);
    const open = parse(receiver({ email: { ...MAIL, requireTls: false } })).alerting;
    expect(open.receivers[0]?.email?.requireTls).toBe(false);
  });

  it("a Slack token goes to Slack's own API unless another is named", () => {
    const { receivers } = exampleAlerting();
    expect(receivers.find(({ name }) => name === "chat")?.slack).toEqual({
      tokenSecret: "slackToken",
      channel: "#federation",
      apiUrl: "https://slack.com/api/chat.postMessage",
    });
  });

  it("no secret is in the config, only the names of their keys", () => {
    const text = JSON.stringify(parse(exampleCase()));
    for (const [key, value] of Object.entries(SECRETS)) {
      expect(text).toContain(key);
      expect(text).not.toContain(value);
    }
  });

  it("one secret may serve two receivers", () => {
    const email = { ...MAIL, username: "ops", passwordSecret: "smtp" };
    const given: Case = {
      edit: (raw) => {
        raw.alerting!.receivers = junk(["a", "b"].map((name) => ({ name, email })));
        raw.alerting!.defaultReceiver = junk("a");
        Object.assign(raw, { smtp: "hunter2hunter2" });
      },
      secret: ["grafanaAdminPassword", "smtp"],
    };
    expect(parse(given).alerting.receivers).toHaveLength(2);
  });
});
