/** The shape of a receiver, kind by kind, and the rules for what only receivers have. Pure. */
import { httpUrl, plainWebhookUrl, secretName } from "./webhooks";
import { field, keys, text } from "./fields";
import * as values from "./values";

const ADDRESS = String.raw`[^\s@,;:<>(){}"\\]+@[^\s@,;:<>(){}"\\]+`;

const mailAddress = values.matching(
  new RegExp(`^${ADDRESS}$`),
  "one mail address",
  "write the address alone, such as monitoring@example.org",
);

const mailAddresses = values.matching(
  new RegExp(`^${ADDRESS}(, *${ADDRESS})*$`),
  "one mail address or more, with commas between",
  "write the addresses alone, such as on-call@example.org, team@example.org",
);

const smarthost = values.ruled(values.STRING, (value) => {
  const parts = typeof value === "string" ? values.splitHostPort(value) : undefined;
  if (parts === undefined) {
    return {
      allowed: "host:port of a mail server, IPv6 in brackets",
      fix: "write the server that takes your mail, such as smtp.example.org:587",
    };
  }
  return values.address(parts.host);
});

const slackChannel = values.matching(
  /^[#@]?[^\s#@,{}<>]{1,80}$/u,
  "a Slack channel: its name with # or its id",
  'write it in quotes, such as "#federation": # alone begins a comment',
);

/** An API's address: the key that opens it stands elsewhere. */
const apiUrl = values.ruled(values.STRING, (value) => {
  const url = httpUrl(value);
  const plain = url !== undefined && url.username + url.password + url.search + url.hash === "";
  if (plain && !(value as string).includes("{{")) return undefined;
  return {
    allowed: "an http:// or https:// URL without credentials, query and #",
    fix: "write the address of your region's API, or leave the key out for the public one",
  };
});

export const urlTarget = keys({
  url: text(plainWebhookUrl).optional(),
  urlSecret: text(secretName).optional(),
});

export const receiver = keys({
  name: text(values.receiverName),
  verify: field<boolean>(values.flag).optional(),
  webhook: urlTarget.optional(),
  email: keys({
    to: text(mailAddresses),
    from: text(mailAddress),
    smarthost: text(smarthost),
    username: text(values.text).optional(),
    passwordSecret: text(secretName).optional(),
    requireTls: field<boolean>(values.flag).optional(),
    caFile: text(values.path).optional(),
  }).optional(),
  slack: keys({
    channel: text(slackChannel).optional(),
    urlSecret: text(secretName).optional(),
    tokenSecret: text(secretName).optional(),
    apiUrl: text(apiUrl).optional(),
  }).optional(),
  pagerduty: keys({
    routingKeySecret: text(secretName),
    apiUrl: text(apiUrl).optional(),
  }).optional(),
  opsgenie: keys({
    apiKeySecret: text(secretName),
    apiUrl: text(apiUrl).optional(),
  }).optional(),
  teams: keys({ urlSecret: text(secretName) }).optional(),
});

/** Kinds of one receiver, in the order in which reports list them. */
export const KINDS = ["webhook", "email", "slack", "pagerduty", "opsgenie", "teams"] as const;
export type Kind = (typeof KINDS)[number];
