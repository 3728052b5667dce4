/** Receivers: read one by one, and what two of their keys have to do with each other. */
import type { ConfigPath, Faults } from "./faults";
import type { ConfigIo } from "./files";
import { certificates } from "./files";
import { member } from "./hosts";
import type { Kind } from "./receiver-shapes";
import { KINDS, receiver as shape, urlTarget } from "./receiver-shapes";
import type { EmailConfig, ReceiverConfig, SlackConfig, UrlTarget } from "./alerting-schema";
import { read } from "./shapes";
import { receiverName } from "./values";

const SLACK_API = "https://slack.com/api/chat.postMessage";

/** @returns those that are right, or undefined when there is no list of them. */
export function readReceivers(
  raw: unknown,
  io: ConfigIo,
  faults: Faults,
): ReceiverConfig[] | undefined {
  const path = ["alerting", "receivers"];
  if (!Array.isArray(raw) || raw.length === 0) {
    faults.value(
      path,
      raw,
      "a list of one receiver or more",
      "add one: an alert without receiver reaches nobody",
    );
    return undefined;
  }
  const seen = new Set<string>();
  return (raw as unknown[]).flatMap((entry, index) => {
    const receiver = readReceiver(entry, [...path, index], io, faults);
    const name = member(entry, "name");
    if (typeof name === "string" && seen.has(name)) {
      faults.value(
        [...path, index, "name"],
        name,
        "a name that no other receiver has",
        "rename one of the two",
      );
    } else if (typeof name === "string") seen.add(name);
    return receiver === undefined ? [] : [receiver];
  });
}

/** Names that routes may use: also those of receivers that have a fault elsewhere. */
export function receiverNames(raw: unknown): string[] {
  const entries: unknown[] = Array.isArray(raw) ? raw : [];
  const names = entries.map((entry) => member(entry, "name"));
  return names.filter((name): name is string => receiverName(name) === undefined);
}

/** Without one right receiver there is nothing to compare with, and that fault is reported. */
export function checkReceiver(
  name: string,
  path: ConfigPath,
  names: string[],
  faults: Faults,
): void {
  if (names.length === 0 || names.includes(name)) return;
  faults.value(
    path,
    name,
    names.join(" or "),
    "name a receiver of alerting.receivers, or add this one there",
  );
}

/** The dead man's switch; absent is a right answer. */
export function readUrlTarget(
  raw: unknown,
  path: ConfigPath,
  faults: Faults,
): UrlTarget | undefined {
  if (raw === undefined) return undefined;
  const target = read(urlTarget, raw, path, faults);
  exactlyOne(raw, path, ["url", "urlSecret"], URL_FIX, faults);
  return target && oneUrl(target);
}

const URL_FIX =
  "write url where the URL holds no secret, else urlSecret with the name of a secret config key";

function readReceiver(
  entry: unknown,
  path: ConfigPath,
  io: ConfigIo,
  faults: Faults,
): ReceiverConfig | undefined {
  const given = read(shape, entry, path, faults);
  const has = (kind: Kind): boolean => member(entry, kind) !== undefined;
  if (typeof entry === "object" && entry !== null && !KINDS.some(has)) {
    const kinds = KINDS.join(", ");
    faults.text(path, "a receiver that nothing is sent to", `one or more of ${kinds}`, "add one");
  }
  exactlyOne(member(entry, "webhook"), [...path, "webhook"], ["url", "urlSecret"], URL_FIX, faults);
  checkSlack(member(entry, "slack"), [...path, "slack"], faults);
  checkEmail(member(entry, "email"), [...path, "email"], faults);
  const caFile = given?.email?.caFile;
  const at = [...path, "email", "caFile"];
  const ca = caFile === undefined ? undefined : certificates(caFile, at, io, faults);
  if (given === undefined) return undefined;
  const { name, verify, webhook, email, slack, pagerduty, opsgenie, teams } = given;
  return {
    name,
    verify: verify ?? false,
    webhook: webhook && oneUrl(webhook),
    email: email && mail(email, ca),
    slack: slack && slackTarget(slack),
    pagerduty,
    opsgenie,
    teams,
  };
}

type Given<K extends Kind> = NonNullable<ReturnType<typeof shape.parse>[K]>;

function oneUrl({ url, urlSecret }: Given<"webhook">): UrlTarget | undefined {
  if (url !== undefined) return { url };
  return urlSecret === undefined ? undefined : { urlSecret };
}

function mail(given: Given<"email">, ca: string | undefined): EmailConfig {
  const { to, from, smarthost, username, passwordSecret, requireTls } = given;
  return { to, from, smarthost, username, passwordSecret, requireTls: requireTls ?? true, ca };
}

function slackTarget(given: Given<"slack">): SlackConfig | undefined {
  const { channel, urlSecret, tokenSecret, apiUrl } = given;
  if (urlSecret !== undefined) return { urlSecret, channel };
  if (tokenSecret === undefined || channel === undefined) return undefined;
  return { tokenSecret, channel, apiUrl: apiUrl ?? SLACK_API };
}

function checkSlack(slack: unknown, path: ConfigPath, faults: Faults): void {
  const fix =
    "write urlSecret for an incoming webhook, or tokenSecret for an app's token, with the name of a secret config key";
  exactlyOne(slack, path, ["urlSecret", "tokenSecret"], fix, faults);
  const has = (key: string): boolean => member(slack, key) !== undefined;
  if (has("tokenSecret") && !has("channel")) {
    const why = "write the channel: a token, unlike a webhook, has none of its own";
    faults.text([...path, "channel"], "nothing", "a Slack channel", why);
  }
  if (has("urlSecret") && has("apiUrl")) {
    const why = "remove it: a webhook's URL is whole; apiUrl is where a token is used";
    faults.text([...path, "apiUrl"], "an address beside urlSecret", "nothing", why);
  }
}

function checkEmail(email: unknown, path: ConfigPath, faults: Faults): void {
  const [username, password] = [member(email, "username"), member(email, "passwordSecret")];
  if ((username === undefined) !== (password === undefined)) {
    const missing = username === undefined ? "username" : "passwordSecret";
    const fix = "write both, or none where the server takes mail without a login";
    faults.text([...path, missing], "nothing", "username and passwordSecret together", fix);
  }
  if (member(email, "requireTls") === false && password !== undefined) {
    const fix = "remove requireTls, or the login: without TLS the password can be read on the way";
    faults.text([...path, "requireTls"], "false beside a login", "true", fix);
  }
}

function exactlyOne(
  map: unknown,
  path: ConfigPath,
  [first, second]: readonly [string, string],
  fix: string,
  faults: Faults,
): void {
  if (typeof map !== "object" || map === null || Array.isArray(map)) return;
  const given = [first, second].filter((key) => member(map, key) !== undefined);
  if (given.length === 1) return;
  const got = given.length === 0 ? `neither ${first} nor ${second}` : `both ${first} and ${second}`;
  faults.text(path, got, `exactly one of ${first} and ${second}`, fix);
}
